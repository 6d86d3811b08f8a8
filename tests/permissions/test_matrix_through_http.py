"""One cell of each equivalence class of the matrix, on the admin's real addresses, as the person logged in.

The classes: how far the role reaches (unit, branch site, portal, nowhere) × where the page lies
(own, sub, other, portal) × what stands between (the role lacks the right; the mandate has not
begun, or has ended; a substitute inside and outside his period; a superuser without a mandate). Each is
asked by an act that writes: deleting a draft, withdrawing a public page, locking, adding a file; and by
the readings that ask for a role over the portal: the audit trail, and the list of mandates taken away.
"""

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.documents import get_document_model
from wagtail.models import Page

from kpum.org.enums import Role
from tests.permissions.world import BEGIN, END, SECOND, SUB_BEGIN, SUB_END
from tests.worlds import undone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media_of_the_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


REASON = {"reason": "obsolete", "explanation": "Już nie obowiązuje."}


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def deletes(client, spot):
    client.post(f"/admin/pages/{spot.draft.pk}/delete/")
    return not Page.objects.filter(pk=spot.draft.pk).exists()


def withdraws(client, spot):
    client.post(f"/admin/pages/{spot.public.pk}/unpublish/", REASON)
    return not Page.objects.get(pk=spot.public.pk).live


def locks(client, spot):
    client.post(f"/admin/pages/{spot.draft.pk}/lock/")
    return Page.objects.get(pk=spot.draft.pk).locked


def opens_history(client, spot):
    return client.get(f"/admin/pages/{spot.draft.pk}/history/").status_code == 200


def finds(client, spot):
    """Find the draft in the explorer, among its neighbours."""
    return spot.draft.draft_title in client.get(f"/admin/pages/{spot.folder.pk}/").content.decode()


def uploads(client, spot):
    """Add a file to the collection of the place's unit."""
    collection = spot.unit.file_collection.collection
    file = SimpleUploadedFile("wniosek.txt", b"tekst")
    facts = {"title": "Wniosek", "file": file, "collection": collection.pk}
    client.post("/admin/documents/add/", facts)
    return get_document_model().objects.filter(collection=collection).exists()


def reads_the_trail(client, _spot):
    return client.get("/admin/audit-trail/?export=csv").status_code == 200


def takes_mandates_away(client, _spot):
    return client.get("/admin/mandates/?export=csv").status_code == 200


def takes_the_register_away(client, _spot):
    return client.get("/admin/interfaces/register.json").status_code == 200


EVERYWHERE = {"own", "sub", "other", "portal"}
CLASSES = [
    (Role.UNIT_OPERATOR, deletes, {"own", "sub"}),
    (Role.UNIT_OPERATOR, withdraws, set()),
    (Role.UNIT_OPERATOR, locks, set()),
    (Role.UNIT_COORDINATOR, locks, {"own", "sub"}),
    (Role.UNIT_HEAD, opens_history, {"own", "sub"}),
    (Role.BRANCH_COORDINATOR, deletes, {"own", "sub"}),
    (Role.BRANCH_COORDINATOR, withdraws, set()),
    (Role.EDITOR_IN_CHIEF, withdraws, EVERYWHERE),
    (Role.EDITOR_IN_CHIEF, deletes, EVERYWHERE),
    (Role.PORTAL_EDITOR, deletes, EVERYWHERE),
    (Role.PORTAL_EDITOR, withdraws, set()),
    (Role.INTERNAL_AUDITOR, finds, EVERYWHERE),
    (Role.UNIT_OPERATOR, finds, {"own", "sub"}),
    (Role.MPI_EDITOR, finds, set()),
    (Role.INTERNAL_AUDITOR, deletes, set()),
    (Role.MPI_EDITOR, opens_history, set()),
    (Role.MPI_EDITOR, deletes, set()),
    (Role.UNIT_OPERATOR, uploads, {"own", "sub"}),
    (Role.UNIT_HEAD, uploads, set()),
    (Role.PORTAL_EDITOR, uploads, EVERYWHERE),
    (Role.INTERNAL_AUDITOR, reads_the_trail, EVERYWHERE),
    (Role.UNIT_HEAD, reads_the_trail, set()),
    (Role.CITY_HALL_DIRECTOR, takes_mandates_away, EVERYWHERE),
    (Role.UNIT_HEAD, takes_mandates_away, set()),
    (Role.INTERFACE_REGISTRAR, takes_the_register_away, EVERYWHERE),
    (Role.UNIT_HEAD, takes_the_register_away, set()),
]


@pytest.mark.parametrize(("role", "act", "places"), CLASSES)
def test_the_admin_allows_an_act_exactly_where_the_matrix_does(world, role, act, places):
    allowed = set()
    for place in EVERYWHERE:
        with undone(), time_machine.travel(BEGIN, tick=False):
            world.give(world.person, role)
            if act(client_of(world.person), world.spot(role.value, place)):
                allowed.add(place)

    assert allowed == places


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [(BEGIN - SECOND, False), (BEGIN, True), (END - SECOND, True), (END, False)],
)
def test_the_admin_opens_and_shuts_with_the_mandate_to_the_second(world, moment, allowed):
    with undone(), time_machine.travel(moment, tick=False):
        world.give(world.person, Role.EDITOR_IN_CHIEF)
        assert withdraws(client_of(world.person), world.spots["own"]) is allowed


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [(SUB_BEGIN - SECOND, False), (SUB_BEGIN, True), (SUB_END - SECOND, True), (SUB_END, False)],
)
def test_the_admin_opens_and_shuts_with_a_substitutes_period(world, moment, allowed):
    with undone(), time_machine.travel(moment, tick=False):
        world.substitute(Role.EDITOR_IN_CHIEF)
        assert withdraws(client_of(world.person), world.spots["own"]) is allowed


def test_a_session_that_stays_open_loses_its_rights_with_the_mandate(world):
    with undone(), time_machine.travel(END - SECOND, tick=False) as clock:
        world.give(world.person, Role.UNIT_OPERATOR)
        client = client_of(world.person)
        assert opens_history(client, world.spots["own"])
        clock.shift(SECOND)
        assert not deletes(client, world.spots["own"])


@pytest.mark.parametrize(
    ("act", "allowed"),
    [
        (withdraws, False),
        (deletes, False),
        (locks, True),
        (uploads, True),
        (reads_the_trail, False),
        (takes_mandates_away, False),
        (takes_the_register_away, False),
    ],
)
def test_a_superuser_without_a_mandate_runs_the_admin_but_not_the_door(world, act, allowed):
    superuser = get_user_model().objects.get(username="administrator")
    with undone(), time_machine.travel(BEGIN, tick=False):
        assert act(client_of(superuser), world.spots["own"]) is allowed
