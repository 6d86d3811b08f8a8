"""The screens of mandates: everybody sees his own, a head appoints in his unit, nobody himself."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.org.actions import end_mandate, grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Authorisation, Mandate, Unit
from tests.org.screens import enter, errors, mandate_of, newcomer, rows, unit

pytestmark = pytest.mark.django_db

LIST = "/admin/mandates/"
NEW = "/admin/mandates/new/"
BOUNCED = 302


def appointment(city, **changes):
    """Return what a head sends to appoint the second operator coordinator of his unit."""
    return {
        "user": city.second_operator.pk,
        "role": Role.UNIT_COORDINATOR.value,
        "unit": unit("SA").pk,
        "branch": "",
        "basis": "upoważnienie 8/2026",
        "valid_from": "",
        "valid_to": "",
    } | changes


# --- who sees what ---


@pytest.mark.parametrize(
    ("part", "seen"),
    [
        ("operator", {"operator"}),
        ("coordinator", {"coordinator"}),
        ("stranger", {"stranger"}),
        ("manager", {"manager"}),
        ("head", {"operator", "second_operator", "coordinator", "head"}),
    ],
)
def test_a_person_sees_his_own_mandate_and_a_head_those_of_his_unit(client, city, part, seen):
    enter(client, city.person(part))

    assert {row.user.username for row in rows(client, LIST)} == seen


@pytest.mark.parametrize("part", ["chief", "editor", "administrator", "auditor", "sysadmin"])
def test_who_oversees_or_grants_sees_every_mandate(
    client, city, auditor, system_administrator, part
):
    enter(client, city.person(part))

    assert len(rows(client, LIST)) == Mandate.objects.count()


def test_who_holds_no_mandate_does_not_get_in(client, city):
    enter(client, newcomer())

    assert client.get(LIST).status_code == BOUNCED


def test_a_head_sees_the_branch_sites_of_his_unit_and_no_other(client, city, branch, other_branch):
    for site in (branch, other_branch):
        grant_mandate(
            user=newcomer(f"z-{site.pk}"), role=Role.BRANCH_OPERATOR, branch=site, basis="b"
        )
    enter(client, city.head)

    assert {row.branch_id for row in rows(client, LIST)} == {None, branch.pk}


# --- narrowing ---


def test_the_list_shows_what_is_in_force_unless_asked_for_more(client, city):
    now = clock.now()
    grant_mandate(
        user=newcomer("przyszly"), role=Role.DPO, basis="b", valid_from=now + timedelta(days=1)
    )
    end_mandate(mandate=mandate_of(city.second_operator), actor=None, reason="odwołanie")
    Authorisation.objects.create(
        user=city.stranger, sezam_id="S1", number="1", valid_from=now - timedelta(days=9),
        valid_to=now - timedelta(days=1),
    )  # fmt: skip
    enter(client, city.chief)

    def found(query):
        return {row.user.username for row in rows(client, LIST + query)}

    present = {"operator", "coordinator", "head", "press_head", "other_head", "other_coordinator",
               "manager", "chief", "editor"}  # fmt: skip
    assert found("") == found("?standing=current") == present
    assert found("?standing=future") == {"przyszly"}
    assert found("?standing=past") == {"second_operator"}
    assert found("?standing=idle") == {"stranger"}
    assert found("?standing=any") == present | {"przyszly", "second_operator", "stranger"}


def test_the_list_can_be_narrowed_to_a_role_a_person_and_a_unit_with_its_subtree(
    client, city, branch
):
    grant_mandate(user=newcomer("z"), role=Role.BRANCH_OPERATOR, branch=branch, basis="b")
    enter(client, city.chief)

    def found(query):
        return {row.user.username for row in rows(client, LIST + query)}

    of_sa = {"operator", "second_operator", "coordinator", "head", "z"}
    assert found("?role=unit_head") == {"head", "press_head", "other_head"}
    assert found("?person=IRENA+bska") == found("?q=Irena+Dębska") == {"head"}
    assert found("?q=upoważnienie+head") == {"head"}
    assert found(f"?unit={unit('SA').pk}") == of_sa
    assert found(f"?unit={unit('UMK').pk}") == of_sa | {"press_head"}
    assert found(f"?unit={unit('ZZM').pk}") == {"stranger", "other_coordinator", "other_head"}


@pytest.mark.parametrize(
    "query",
    [
        "?unit=abc", "?unit=99999999999999999999999", "?role=king", "?standing=x", "?p=x",
        "?ordering=password", "?q=%00", "?person=%00", "?export=pdf", "?q=%20",
    ],
)  # fmt: skip
def test_odd_addresses_are_answered_calmly(client, city, query):
    enter(client, city.chief)

    response = client.get(LIST + query)

    assert response.status_code == 200


def test_a_filter_that_makes_no_sense_shows_nothing(client, city):
    enter(client, city.chief)

    assert rows(client, f"{LIST}?role=king") == []


@pytest.mark.parametrize(
    "ordering", ["person", "-person", "role", "reach", "-reach", "valid_from", "valid_to"]
)
def test_the_list_can_be_put_in_order(client, city, ordering):
    enter(client, city.chief)

    forwards = [row.pk for row in rows(client, f"{LIST}?ordering={ordering}")]

    assert sorted(forwards) == sorted(Mandate.objects.values_list("pk", flat=True))


def test_people_stand_by_their_last_name(client, city):
    enter(client, city.chief)

    names = [row.user.last_name for row in rows(client, f"{LIST}?ordering=-person")]

    assert names[0] == "Wrona"


# --- appointing ---


def test_a_head_appoints_a_coordinator_of_his_unit(client, city):
    enter(client, city.head)

    response = client.post(NEW, appointment(city))

    mandate = Mandate.objects.get(basis="upoważnienie 8/2026")
    assert response.status_code == 302
    assert (mandate.user, mandate.unit.code) == (city.second_operator, "SA")
    assert mandate.granted_by == city.head
    assert "kierujący jednostką, SA" in AuditEntry.objects.get(actor_name="Irena Dębska").authority


def test_a_head_appoints_the_operator_of_his_units_branch_site(client, city, branch):
    enter(client, city.head)

    client.post(NEW, appointment(city, role=Role.BRANCH_OPERATOR.value, unit="", branch=branch.pk))

    assert Mandate.objects.get(branch=branch).user == city.second_operator


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit": "ZZM"}, "unit"),
        ({"unit": "UMK"}, "unit"),
        ({"role": Role.PORTAL_EDITOR.value, "unit": ""}, "role"),
        ({"role": Role.UNIT_HEAD.value}, "role"),
        ({"user": "head"}, "user"),
        ({"unit": ""}, "unit"),
        ({"unit": "99999999999999999999999"}, "unit"),
        ({"role": "king"}, "role"),
        ({"basis": ""}, "basis"),
        ({"basis": "x" * 256}, "basis"),
        ({"basis": "a\x00b"}, "basis"),
        ({"valid_to": "2020-01-01 10:00"}, "valid_to"),
        ({"valid_from": "2020-01-01 10:00"}, "valid_from"),
        ({"valid_from": "wczoraj"}, "valid_from"),
        ({"valid_from": "2027-03-28 02:30"}, "valid_from"),
        ({"role": Role.BRANCH_OPERATOR.value}, "unit"),
    ],
)
def test_a_forged_or_mistaken_appointment_is_refused_at_its_field(client, city, changes, field):
    codes = {one.code: one.pk for one in Unit.objects.all()}
    if "unit" in changes:
        changes = changes | {"unit": codes.get(changes["unit"], changes["unit"])}
    if changes.get("user") == "head":
        changes = changes | {"user": city.head.pk}
    enter(client, city.head)
    before = Mandate.objects.count()

    response = client.post(NEW, appointment(city, **changes))

    assert list(errors(response)) == [field]
    assert Mandate.objects.count() == before


def test_a_head_cannot_appoint_to_another_units_branch_site(client, city, other_branch):
    enter(client, city.head)

    response = client.post(
        NEW, appointment(city, role=Role.BRANCH_OPERATOR.value, unit="", branch=other_branch.pk)
    )

    assert list(errors(response)) == ["branch"]
    assert not Mandate.objects.filter(branch=other_branch).exists()


@pytest.mark.parametrize("part", ["operator", "coordinator", "stranger", "manager", "editor"])
def test_who_appoints_nobody_is_shown_no_form_and_a_forged_one_is_refused(client, city, part):
    enter(client, city.person(part))
    before = Mandate.objects.count()

    shown = client.get(NEW)
    sent = client.post(NEW, appointment(city))

    assert (shown.status_code, sent.status_code) == (BOUNCED, BOUNCED)
    assert Mandate.objects.count() == before


def test_nobody_gives_a_mandate_to_himself(client, city, system_administrator):
    enter(client, system_administrator)

    response = client.post(NEW, appointment(city, user=system_administrator.pk))

    assert list(errors(response)) == ["user"]
    assert Mandate.objects.filter(user=system_administrator).count() == 1


def test_a_form_offers_only_what_the_person_may_give(client, city, branch, other_branch):
    enter(client, city.head)

    form = client.get(NEW).context["form"]

    assert [value for value, _label in form.fields["role"].choices if value] == [
        "unit_coordinator", "unit_operator", "branch_coordinator", "branch_operator",
    ]  # fmt: skip
    assert [one.code for one in form.fields["unit"].queryset] == ["SA"]
    assert list(form.fields["branch"].queryset) == [branch.page_ptr]
    assert city.head not in form.fields["user"].queryset


def test_the_system_administrator_is_offered_every_role_and_unit(
    client, city, system_administrator
):
    enter(client, system_administrator)

    form = client.get(NEW).context["form"]

    assert len(form.fields["role"].choices) == len(Role) + 1
    assert form.fields["unit"].queryset.count() == Unit.objects.count()


def test_a_second_chief_editor_is_refused_unless_he_replaces_the_first(
    client, city, system_administrator
):
    enter(client, system_administrator)
    succession = appointment(city, role=Role.EDITOR_IN_CHIEF.value, unit="")

    refused = client.post(NEW, succession)

    assert list(errors(refused)) == ["replacing"]
    assert "Jadwiga Naczelna" in errors(refused)["replacing"][0]

    client.post(NEW, succession | {"replacing": "on"})

    now = clock.now()
    chiefs = Mandate.objects.in_force(now).for_roles(Role.EDITOR_IN_CHIEF)
    assert [mandate.user for mandate in chiefs] == [city.second_operator]
    assert mandate_of(city.chief).valid_to <= now


def test_a_form_that_lay_open_for_a_while_still_means_now(client, city):
    sent = datetime(2027, 1, 5, 10, 20, 30, tzinfo=UTC)

    with time_machine.travel(sent, tick=False):
        enter(client, city.head)
        client.post(NEW, appointment(city, valid_from="2027-01-05 11:15"))

    assert Mandate.objects.get(basis="upoważnienie 8/2026").valid_from == sent


def test_a_successors_form_begins_with_what_stays_the_same(client, city, branch):
    enter(client, city.chief)

    form = client.get(f"{NEW}?role=unit_head&unit={unit('SA').pk}&replacing=on&user=1").context[
        "form"
    ]

    assert (form["role"].value(), form["unit"].value()) == ("unit_head", str(unit("SA").pk))
    assert form["replacing"].value()
    assert form["user"].value() is None


# --- ending ---


def end_of(mandate):
    return f"/admin/mandates/end/{mandate.pk}/"


def test_a_head_ends_a_mandate_of_his_unit_and_it_ends_at_the_next_request(client, city):
    mandate = mandate_of(city.operator)
    operator = enter(client.__class__(), city.operator)
    assert operator.get(LIST).status_code == 200
    enter(client, city.head)

    shown = client.get(end_of(mandate)).content.decode()
    response = client.post(end_of(mandate), {"reason": "zmiana zakresu"})

    assert "Halina Wrona" in shown
    assert response.status_code == 302
    assert operator.get(LIST).status_code == BOUNCED
    entry = AuditEntry.objects.get(action="mandate.ended")
    assert entry.authority.startswith("zmiana zakresu; kierujący jednostką, SA")


def test_looking_at_the_confirmation_ends_nothing(client, city):
    enter(client, city.head)

    client.get(end_of(mandate_of(city.operator)))
    answer = client.post(end_of(mandate_of(city.operator)), {"reason": ""})

    assert list(errors(answer)) == ["reason"]
    assert mandate_of(city.operator).valid_to is None


@pytest.mark.parametrize(
    ("part", "whose", "status"),
    [
        ("head", "stranger", 404),
        ("head", "head", BOUNCED),
        ("operator", "operator", BOUNCED),
        ("coordinator", "operator", 404),
        ("editor", "operator", BOUNCED),
        ("manager", "chief", 404),
    ],
)
def test_nobody_else_ends_a_mandate(client, city, part, whose, status):
    mandate = mandate_of(city.person(whose))
    enter(client, city.person(part))

    assert client.get(end_of(mandate)).status_code == status
    assert client.post(end_of(mandate), {"reason": "x"}).status_code == status
    assert mandate_of(city.person(whose)).valid_to is None


def test_the_portal_is_not_left_without_a_chief_editor(client, city, system_administrator):
    enter(client, system_administrator)

    response = client.post(end_of(mandate_of(city.chief)), {"reason": "x"})

    assert "chief editor" in errors(response)["__all__"][0]
    assert mandate_of(city.chief).valid_to is None


def test_what_has_ended_already_is_not_ended_again(client, city):
    mandate = mandate_of(city.operator)
    end_mandate(mandate=mandate, actor=None, reason="odwołanie")
    ended = mandate_of(city.operator).valid_to
    enter(client, city.head)

    response = client.post(end_of(mandate), {"reason": "x"})

    assert errors(response)["__all__"] == ["The mandate has ended already."]
    assert mandate_of(city.operator).valid_to == ended


def test_there_is_no_way_to_edit_or_delete_a_mandate(client, city):
    mandate = mandate_of(city.operator)
    enter(client, city.administrator)

    for way in ("edit", "delete", "history", "copy", "inspect", "usage"):
        assert client.post(f"{LIST}{way}/{mandate.pk}/").status_code == 404
    assert client.post(LIST).status_code == 405


def test_the_row_offers_what_the_person_may_do(client, city):
    mandate = mandate_of(city.operator)

    enter(client, city.head)
    heads = client.get(LIST).content.decode()
    enter(client, city.operator)
    own = client.get(LIST).content.decode()

    assert end_of(mandate) in heads
    assert end_of(mandate_of(city.head)) not in heads
    assert end_of(mandate) not in own
    assert f"/admin/substitutions/new/?mandate={mandate.pk}" in own
