"""How citizens reach a unit: only contact changes, by who answers for it, to something usable."""

import pytest
from django.core.exceptions import ValidationError

from kpum.audit.models import AuditEntry
from kpum.org.actions import grant_mandate, set_contact
from kpum.org.enums import Role
from kpum.org.errors import NotYoursToSay
from kpum.org.models import Mandate, Unit
from tests.org.screens import enter, errors, rows

LIST = "/admin/contacts/"
BOUNCED = 302
SENT = {
    "address": "ul. Powstania Warszawskiego 10",
    "phone": "12 616 91 11",
    "email": "sa@example.org",
    "ade_address": "",
    "opening_hours": "pn–pt 7.40–15.30",
}


def form_of(code):
    return f"{LIST}edit/{Unit.objects.get(code=code).pk}/"


def stored(code="SA"):
    return Unit.objects.filter(code=code).values().get()


@pytest.mark.parametrize(
    ("contact", "refusal"),
    [
        ({"name": "Inna nazwa"}, KeyError),
        ({"phone": "1", "code": "X"}, KeyError),
        ({"email": "to nie adres"}, ValidationError),
    ],
)
def test_anything_else_is_refused_and_the_unit_stays_as_it_was(city, contact, refusal):
    before = stored()

    with pytest.raises(refusal):
        set_contact(unit=Unit.objects.get(code="SA"), actor=city.chief, contact=contact)

    assert stored() == before
    assert not AuditEntry.objects.filter(action="unit.contact_changed").exists()


@pytest.mark.parametrize("part", ["operator", "coordinator", "editor", "administrator", "manager"])
def test_who_does_not_answer_for_the_contact_is_refused_by_the_action_and_by_the_screen(
    client, city, part
):
    before = stored()
    enter(client, city.person(part))

    with pytest.raises(NotYoursToSay):
        set_contact(unit=Unit.objects.get(code="SA"), actor=city.person(part), contact=SENT)
    assert client.get(LIST).status_code == BOUNCED
    assert client.post(form_of("SA"), SENT).status_code == 404
    assert stored() == before


def test_a_head_changes_his_units_contact_and_the_directory_follows_at_once(client, city):
    set_contact(
        unit=Unit.objects.get(code="SA"),
        actor=None,
        authority="system: tests",
        contact={"phone": "12 000 00 00", "address": SENT["address"]},
    )
    enter(client, city.head)

    response = client.post(form_of("SA"), SENT)

    assert response.status_code == BOUNCED
    assert "12 616 91 11" in client.get("/jednostki/sa/").content.decode()
    entry = AuditEntry.objects.latest("pk")
    assert entry.action == "unit.contact_changed"
    assert entry.authority.startswith("kierujący jednostką, SA")
    assert entry.before == "phone: 12 000 00 00; e-mail: –; opening hours: –"
    assert entry.after == (
        "phone: 12 616 91 11; e-mail: sa@example.org; opening hours: pn–pt 7.40–15.30"
    )


def test_what_was_sent_without_a_change_leaves_no_trace(client, city):
    enter(client, city.head)
    client.post(form_of("SA"), SENT)
    entries = AuditEntry.objects.count()

    client.post(form_of("SA"), SENT)

    assert AuditEntry.objects.count() == entries


def test_the_trail_says_yes_and_no_in_words(city):
    set_contact(unit=Unit.objects.get(code="SA"), actor=None, contact={"contact_is_demo": True})

    entry = AuditEntry.objects.latest("pk")
    assert (entry.before.split(": ")[1], entry.after.split(": ")[1]) == ("no", "yes")
    assert entry.authority == "system"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "to nie adres"}, "email"),
        ({"phone": "1" * 41}, "phone"),
        ({"address": "a\x00b"}, "address"),
    ],
)
def test_a_mistake_is_shown_at_its_field(client, city, changes, field):
    before = stored()
    enter(client, city.head)

    response = client.post(form_of("SA"), SENT | changes)

    assert list(errors(response)) == [field]
    assert stored() == before


@pytest.mark.django_db
def test_a_head_is_shown_his_units_and_cannot_write_to_another(client, city):
    zzm = stored("ZZM")
    enter(client, city.head)

    assert [unit.code for unit in rows(client, LIST)] == ["SA"]
    assert [unit.code for unit in rows(client, f"{LIST}?q=nic")] == []
    assert client.post(form_of("ZZM"), SENT).status_code == 404
    assert stored("ZZM") == zzm


def test_who_lost_the_mandate_while_the_form_was_open_is_refused(client, city):
    enter(client, city.head)
    assert client.get(form_of("SA")).status_code == 200
    Mandate.objects.filter(user=city.head).delete()
    grant_mandate(
        user=city.head, role=Role.UNIT_OPERATOR, unit=Unit.objects.get(code="SA"), basis="b"
    )

    assert client.post(form_of("SA"), SENT).status_code == 404
    assert stored()["phone"] == ""
