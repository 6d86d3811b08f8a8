"""Withdrawing, moving and deleting in the admin: each asks first, goes through the door, and says so."""

import pytest
from django.contrib.messages import get_messages
from django.db.models import ProtectedError
from wagtail.models import Page

from kpum.audit.models import AuditEntry
from kpum.core.errors import KpumError
from kpum.pages import actions as door
from tests.factories.pages import publish

REASON = {"reason": "obsolete", "explanation": "Tej sprawy już nie załatwisz."}


def told(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request)).strip()


def admin(page, act):
    return f"/admin/pages/{page.pk}/{act}/"


def mover(page, target):
    return f"/admin/pages/{page.pk}/move/{target.pk}/confirm/"


@pytest.fixture
def chief(client, city):
    client.force_login(city.chief)
    return client


@pytest.fixture
def card(city):
    return publish(city.new_card("SA-14", "Zameldowanie"))


@pytest.mark.parametrize(
    "answer",
    [{}, {"reason": "obsolete"}, {"explanation": "Bo tak."}, REASON | {"reason": "kaprys"}],
)
def test_a_page_is_not_withdrawn_without_a_reason_for_citizens(chief, card, answer):
    response = chief.post(admin(card, "unpublish"), answer)

    assert "mieszkańcy" in told(response)
    assert answer.get("explanation", "") in response.content.decode()
    assert chief.get(card.get_url()).status_code == 200


def test_the_dialog_asks_for_the_reason(chief, card):
    text = chief.get(admin(card, "unpublish")).content.decode()

    assert 'name="reason"' in text
    assert 'name="explanation"' in text


def test_a_withdrawn_page_is_gone_and_says_why(chief, city, card):
    response = chief.post(admin(card, "unpublish"), REASON)

    gone = chief.get(card.get_url())
    assert response.url == f"/admin/pages/{city.folder.pk}/"
    assert "Zameldowanie" in told(response)
    assert gone.status_code == 410
    assert REASON["explanation"] in gone.content.decode()


def test_a_page_moves_with_its_address_and_its_unit(chief, city, card):
    asked = chief.get(mover(card, city.other_folder))
    response = chief.post(mover(card, city.other_folder))

    moved = Page.objects.get(pk=card.pk).specific
    assert asked.status_code == 200
    assert response.url == f"/admin/pages/{city.other_folder.pk}/"
    assert "Zameldowanie" in told(response)
    assert moved.owner_unit.code == "ZZM"
    assert chief.get("/uslugi/zzm/zameldowanie/").status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_is_not_moved_where_it_may_not_lie(chief, city, card, method):
    response = getattr(chief, method)(mover(card, city.new_card("SA-15", "Inna")))

    assert response.status_code == 302
    assert Page.objects.get(pk=card.pk).get_parent().pk == city.folder.pk


def test_deleting_asks_first_and_then_deletes(chief, city, card):
    asked = chief.get(admin(card, "delete"))
    response = chief.post(admin(card, "delete"))

    assert asked.status_code == 200
    assert response.url == f"/admin/pages/{city.folder.pk}/"
    assert "Zameldowanie" in told(response)
    assert not Page.objects.filter(pk=card.pk).exists()
    assert AuditEntry.objects.get(action="page.deleted").actor_name == "Jadwiga Naczelna"


def test_a_large_subtree_is_deleted_only_when_the_portals_name_is_typed(
    chief, city, card, settings
):
    settings.WAGTAILADMIN_UNSAFE_PAGE_DELETION_LIMIT = 2
    # Wagtail asks for the site's name once the number of pages is named in the form.
    asked = chief.post(admin(city.folder, "delete"), {"confirm_site_name": "coś innego"})
    assert asked.status_code == 200
    assert Page.objects.filter(pk=card.pk).exists()

    chief.post(admin(city.folder, "delete"), {"confirm_site_name": settings.WAGTAIL_SITE_NAME})

    assert not Page.objects.filter(pk__in=[card.pk, city.folder.pk]).exists()


@pytest.mark.parametrize(
    ("act", "address", "body"),
    [
        ("withdraw", lambda card, city: admin(card, "unpublish"), REASON),
        ("move", lambda card, city: mover(card, city.other_folder), {}),
        ("delete", lambda card, city: admin(card, "delete"), {}),
    ],
)
def test_a_refusal_at_the_door_is_shown_to_the_person(
    chief, city, card, monkeypatch, act, address, body
):
    def refuse(**_values):
        raise KpumError("Ktoś był szybszy.")

    monkeypatch.setattr(door, act, refuse)
    response = chief.post(address(card, city), body)

    assert response.status_code == 302
    assert told(response) == "Ktoś był szybszy."


def test_a_page_that_others_need_is_not_deleted(chief, card, monkeypatch):
    def refuse(**_values):
        raise ProtectedError("używana", set())

    monkeypatch.setattr(door, "delete", refuse)
    response = chief.post(admin(card, "delete"))

    assert "Zameldowanie" in told(response)
    assert Page.objects.filter(pk=card.pk).exists()


@pytest.mark.parametrize("act", ["publish", "unpublish", "move", "delete"])
def test_no_bulk_action_changes_what_is_public(chief, city, card, act):
    hidden = city.new_card("SA-15", "Wymeldowanie")

    address = f"/admin/bulk/wagtailcore/page/{act}/?id={card.pk}&id={hidden.pk}&next=/admin/"
    chief.post(address, {"chooser": str(city.other_folder.pk)})

    pages = [Page.objects.get(pk=page.pk) for page in (card, hidden)]
    assert [page.live for page in pages] == [True, False]
    assert {page.get_parent().pk for page in pages} == {city.folder.pk}


def test_a_refused_bulk_action_says_that_pages_are_changed_one_by_one(chief, card):
    response = chief.post(f"/admin/bulk/wagtailcore/page/delete/?id={card.pk}&next=/admin/")

    assert response.url == "/admin/"
    assert "pojedynczo" in told(response)


@pytest.fixture
def hosts_page(city):
    """A page of the host's own, of no type of ours, in the care of its superuser."""
    root = Page.objects.get(depth=1)
    return root.add_child(instance=Page(title="Strona gospodarza", slug="gospodarz"))


@pytest.fixture
def host(client, city):
    client.force_login(city.administrator)
    return client


def test_a_hosts_own_page_is_unpublished_moved_and_deleted_as_in_wagtail(host, city, hosts_page):
    root = Page.objects.get(depth=1)
    other = root.add_child(instance=Page(title="Druga", slug="druga"))

    host.post(mover(hosts_page, other))
    moved = Page.objects.get(pk=hosts_page.pk).get_parent().pk
    host.post(admin(hosts_page, "unpublish"))
    live = Page.objects.get(pk=hosts_page.pk).live
    host.post(admin(hosts_page, "delete"))

    assert (moved, live) == (other.pk, False)
    assert not Page.objects.filter(pk=hosts_page.pk).exists()


def test_a_hosts_own_pages_may_be_changed_in_bulk(host, hosts_page):
    host.post(f"/admin/bulk/wagtailcore/page/unpublish/?id={hosts_page.pk}&next=/admin/")

    assert not Page.objects.get(pk=hosts_page.pk).live
