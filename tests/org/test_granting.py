"""Who may give, end and hand over mandates, where, and what can be held by one person only."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from kpum.audit.models import AuditEntry
from kpum.org import queries
from kpum.org.actions import (
    change_mandate_end,
    end_mandate,
    grant_mandate,
    issue_order,
    name_substitute,
    take_back_mandate,
)
from kpum.org.enums import APPOINTED_BY_HEAD, Duty, Role, Scope
from kpum.org.errors import NotYoursToGrant, SingleRoleTaken
from kpum.org.models import InternalOrder, Mandate, Unit

UNIT_ROLES = [role for role in Role if role.scope is Scope.UNIT]
HEADS_UNIT_ROLES = [Role.UNIT_COORDINATOR, Role.UNIT_OPERATOR]
SECOND = timedelta(seconds=1)
#: Everybody of the cast who neither grants nor leads SA.
OTHERS = ["operator", "coordinator", "manager", "editor", "stranger", "other_coordinator"]


@pytest.fixture
def anna(city):
    return get_user_model().objects.create_user("anna", first_name="Anna", last_name="Nowak")


@pytest.fixture
def section(city):
    """A unit below SA."""
    unit = Unit.objects.get(code="SA")
    return unit.add_child(code="SA-01", name="Referat", kind="cell")


def unit(code):
    return Unit.objects.get(code=code)


def grant(user, role, granted_by=None, **facts):
    return grant_mandate(user=user, role=role, granted_by=granted_by, basis="7/2026", **facts)


def give_role(city, role):
    """Return a person with the portal-wide role."""
    person = get_user_model().objects.create_user(role.value)
    grant(person, role)
    return person


# --- who gives what ---


@pytest.mark.parametrize("part", ["chief", "administrator", "system_admin"])
def test_who_holds_the_right_to_grant_gives_any_role_anywhere(city, anna, part):
    person = give_role(city, Role.SYSTEM_ADMIN) if part == "system_admin" else city.person(part)

    for role in UNIT_ROLES:
        assert grant(anna, role, granted_by=person, unit=unit("ZZM")).granted_by == person
    assert grant(anna, Role.PORTAL_EDITOR, granted_by=person).pk


@pytest.mark.parametrize("part", ["chief", "administrator", "head", "system_admin"])
def test_nobody_gives_himself_a_mandate(city, part):
    person = give_role(city, Role.SYSTEM_ADMIN) if part == "system_admin" else city.person(part)

    with pytest.raises(NotYoursToGrant, match="to himself"):
        grant(person, Role.UNIT_COORDINATOR, granted_by=person, unit=unit("SA"))


@pytest.mark.parametrize("part", OTHERS)
def test_nobody_else_gives_or_ends_a_mandate(city, anna, part):
    mandate = city.second_operator.mandates.get()

    for role in UNIT_ROLES:
        with pytest.raises(NotYoursToGrant):
            grant(anna, role, granted_by=city.person(part), unit=unit("SA"))
    with pytest.raises(NotYoursToGrant):
        end_mandate(mandate=mandate, actor=city.person(part), reason="x")
    with pytest.raises(NotYoursToGrant):
        change_mandate_end(mandate=mandate, valid_to=None, actor=city.person(part), reason="x")
    assert AuditEntry.objects.filter(subject=f"mandate:{mandate.pk}").count() == 1


def test_a_blocked_superuser_gives_nothing(city, anna):
    administrator = city.administrator
    administrator.is_active = False

    with pytest.raises(NotYoursToGrant):
        grant(anna, Role.PORTAL_EDITOR, granted_by=administrator)


@pytest.mark.parametrize("role", UNIT_ROLES)
@pytest.mark.parametrize("code", ["SA", "SA-01", "ZZM", "UMK"])
def test_a_head_appoints_coordinators_and_operators_in_the_unit_and_below(
    city, anna, section, role, code
):
    allowed = role in HEADS_UNIT_ROLES and code in {"SA", "SA-01"}

    if allowed:
        mandate = grant(anna, role, granted_by=city.head, unit=unit(code))
        assert (
            "kierujący jednostką, SA"
            in AuditEntry.objects.get(subject=f"mandate:{mandate.pk}").authority
        )
    else:
        with pytest.raises(NotYoursToGrant):
            grant(anna, role, granted_by=city.head, unit=unit(code))


@pytest.mark.parametrize("role", [Role.BRANCH_COORDINATOR, Role.BRANCH_OPERATOR])
def test_a_head_appoints_for_a_branch_site_of_the_unit_and_no_other(city, anna, role):
    assert grant(anna, role, granted_by=city.head, branch=city.folder).branch_id == city.folder.pk

    with pytest.raises(NotYoursToGrant):
        grant(anna, role, granted_by=city.head, branch=city.other_folder)


def test_a_head_gives_no_role_over_the_portal(city, anna):
    for role in (role for role in Role if role.scope is Scope.PORTAL):
        assert role not in APPOINTED_BY_HEAD
        with pytest.raises(NotYoursToGrant):
            grant(anna, role, granted_by=city.head)


def test_a_heads_right_to_appoint_ends_with_the_mandate_that_second(city, anna):
    moment = timezone.now() + timedelta(days=1)
    Mandate.objects.filter(user=city.head).update(valid_to=moment)

    with time_machine.travel(moment - SECOND, tick=False) as clock:
        grant(anna, Role.UNIT_OPERATOR, granted_by=city.head, unit=unit("SA"))
        clock.shift(SECOND)
        with pytest.raises(NotYoursToGrant):
            grant(anna, Role.UNIT_OPERATOR, granted_by=city.head, unit=unit("SA"))


def test_a_heads_substitute_appoints_in_the_heads_name(city, anna):
    now = timezone.now()
    name_substitute(
        mandate=city.head.mandates.get(),
        substitute=city.stranger,
        reason="urlop",
        valid_from=now,
        valid_to=now + timedelta(days=1),
        named_by=city.head,
    )

    mandate = grant(anna, Role.UNIT_OPERATOR, granted_by=city.stranger, unit=unit("SA"))

    entry = AuditEntry.objects.get(subject=f"mandate:{mandate.pk}")
    assert (entry.actor_name, entry.acting_for) == ("Tadeusz Obcy", "Irena Dębska")


def test_a_head_ends_an_appointment_and_names_substitutes_in_the_unit_only(city):
    now = timezone.now()
    period = {"reason": "urlop", "valid_from": now, "valid_to": now + timedelta(days=1)}
    name_substitute(
        mandate=city.coordinator.mandates.get(),
        substitute=city.second_operator,
        named_by=city.head,
        **period,
    )
    end_mandate(mandate=city.operator.mandates.get(), actor=city.head, reason="odwołanie")
    assert queries.powers_of(city.operator) == []

    elsewhere = city.stranger.mandates.get()
    with pytest.raises(NotYoursToGrant):
        end_mandate(mandate=elsewhere, actor=city.head, reason="odwołanie")
    with pytest.raises(NotYoursToGrant):
        name_substitute(mandate=elsewhere, substitute=city.operator, named_by=city.head, **period)


# --- another end, and taking back ---


def test_a_mandates_end_is_moved_with_before_and_after_in_the_trail(city):
    mandate = city.operator.mandates.get()
    end = timezone.now() + timedelta(days=30)

    change_mandate_end(mandate=mandate, valid_to=end, actor=city.head, reason="zmiana 1/2026")

    mandate.refresh_from_db()
    assert mandate.valid_to == end
    entry = AuditEntry.objects.get(action="mandate.changed")
    assert entry.before.endswith("– …")
    assert entry.after.endswith(f"{end:%Y-%m-%d %H:%M:%S%z}")
    assert entry.authority.startswith("zmiana 1/2026; kierujący jednostką, SA")


def test_nobody_lengthens_his_own_mandate(city):
    with pytest.raises(NotYoursToGrant, match="himself"):
        change_mandate_end(
            mandate=city.chief.mandates.get(), valid_to=None, actor=city.chief, reason="x"
        )


def test_an_end_is_moved_neither_into_the_past_nor_after_it_has_come(city):
    mandate = city.operator.mandates.get()
    with pytest.raises(ValidationError, match="past"):
        change_mandate_end(
            mandate=mandate, valid_to=timezone.now() - SECOND, actor=None, reason="x"
        )
    end_mandate(mandate=mandate, actor=None, reason="x")
    with pytest.raises(ValidationError, match="ended already"):
        change_mandate_end(mandate=mandate, valid_to=None, actor=None, reason="x")


def test_a_mandate_that_has_begun_is_not_taken_back(city, anna):
    later = timezone.now() + timedelta(days=1)
    mandate = grant(anna, Role.UNIT_OPERATOR, unit=unit("SA"), valid_from=later)

    with time_machine.travel(later + SECOND, tick=False), pytest.raises(ValidationError):
        take_back_mandate(mandate=mandate, actor=None, reason="x")
    with pytest.raises(NotYoursToGrant):
        take_back_mandate(mandate=mandate, actor=city.coordinator, reason="x")
    take_back_mandate(mandate=mandate, actor=city.head, reason="x")

    assert not anna.mandates.exists()


# --- one person's roles ---


def test_a_second_chief_editor_is_refused(city, anna):
    with pytest.raises(SingleRoleTaken, match="Jadwiga Naczelna"):
        grant(anna, Role.EDITOR_IN_CHIEF, granted_by=city.administrator)

    assert Mandate.objects.filter(role=Role.EDITOR_IN_CHIEF).count() == 1


def test_handing_over_ends_the_old_chief_editors_mandate_at_the_same_second(city, anna):
    grant(anna, Role.EDITOR_IN_CHIEF, granted_by=city.administrator, replacing=True)

    old, new = Mandate.objects.filter(role=Role.EDITOR_IN_CHIEF).order_by("pk")
    assert old.valid_to == new.valid_from
    with time_machine.travel(new.valid_from, tick=False):
        assert list(queries.holders(Role.EDITOR_IN_CHIEF)) == [anna]
    assert AuditEntry.objects.get(action="mandate.ended").authority.startswith("handed over")


def test_handing_over_later_leaves_the_old_one_until_then(city, anna):
    later = timezone.now() + timedelta(days=7)
    grant(anna, Role.EDITOR_IN_CHIEF, valid_from=later, replacing=True)

    for moment, who in ((later - SECOND, city.chief), (later, anna)):
        with time_machine.travel(moment, tick=False):
            assert list(queries.holders(Role.EDITOR_IN_CHIEF)) == [who]


@pytest.mark.parametrize("part", ["chief", "administrator"])
def test_the_chief_editors_mandate_does_not_end_without_a_successor(city, part):
    mandate = city.chief.mandates.get()

    with pytest.raises(SingleRoleTaken, match="appoint the next one"):
        end_mandate(mandate=mandate, actor=city.person(part), reason="x")

    assert list(queries.holders(Role.EDITOR_IN_CHIEF)) == [city.chief]


def test_the_chief_editors_end_is_not_moved_by_a_person_either(city):
    with pytest.raises(SingleRoleTaken):
        change_mandate_end(
            mandate=city.chief.mandates.get(),
            valid_to=timezone.now() + SECOND,
            actor=city.administrator,
            reason="x",
        )


def test_a_branch_site_has_one_coordinator_and_as_many_operators_as_it_needs(city, anna):
    first = grant(city.operator, Role.BRANCH_COORDINATOR, branch=city.folder)
    with pytest.raises(SingleRoleTaken):
        grant(anna, Role.BRANCH_COORDINATOR, granted_by=city.head, branch=city.folder)
    grant(anna, Role.BRANCH_COORDINATOR, branch=city.other_folder)
    for person in (anna, city.stranger):
        grant(person, Role.BRANCH_OPERATOR, branch=city.folder)

    end_mandate(mandate=first, actor=city.head, reason="odwołanie")

    assert grant(anna, Role.BRANCH_COORDINATOR, granted_by=city.head, branch=city.folder).pk


def test_a_single_role_is_not_lengthened_into_anothers_time(city, anna):
    later = timezone.now() + timedelta(days=7)
    first = grant(city.operator, Role.BRANCH_COORDINATOR, branch=city.folder, valid_to=later)
    grant(anna, Role.BRANCH_COORDINATOR, branch=city.folder, valid_from=later)

    with pytest.raises(SingleRoleTaken, match="Anna Nowak"):
        change_mandate_end(mandate=first, valid_to=None, actor=city.head, reason="x")


@pytest.mark.only_on("postgresql")
def test_of_two_chief_editors_granted_at_the_same_time_one_wins(committed_city):
    city = committed_city
    end_mandate(mandate=city.chief.mandates.get(), actor=None, reason="x")
    start = threading.Barrier(2)
    answers = []

    def appoint(part):
        try:
            start.wait()
            grant(city.person(part), Role.EDITOR_IN_CHIEF)
            answers.append("granted")
        except SingleRoleTaken:
            answers.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=appoint, args=(part,)) for part in ("operator", "stranger")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["granted", "refused"]
    assert queries.holders(Role.EDITOR_IN_CHIEF).count() == 1


# --- internal orders ---


def order(code="SA", **facts):
    today = timezone.localdate()
    usual = {"number": "1/2026", "subject": "Kto odpowiada", "issued_on": today}
    return InternalOrder(unit=unit(code), **(usual | {"valid_from": today} | facts))


def test_a_head_issues_an_order_that_names_people_and_their_duties(city):
    duties = [
        (city.operator, Duty.PREPARES, "karty usług"),
        (city.coordinator, Duty.PUBLISHES, ""),
    ]

    issued = issue_order(order=order(), duties=duties, issued_by=city.head)

    assert [(row.person, row.duty) for row in issued.duties.order_by("pk")] == [
        (city.operator, "prepares"),
        (city.coordinator, "publishes"),
    ]
    entry = AuditEntry.objects.get(action="order.issued")
    assert "Halina Wrona" in entry.after
    assert "kierujący jednostką, SA" in entry.authority


def test_a_corrected_order_says_what_it_said_before(city):
    issued = issue_order(
        order=order(), duties=[(city.operator, Duty.PREPARES, "")], issued_by=city.head
    )

    issue_order(order=issued, duties=[(city.stranger, Duty.PREPARES, "")], issued_by=city.head)

    entry = AuditEntry.objects.filter(action="order.issued").last()
    assert "Halina Wrona" in entry.before
    assert "Tadeusz Obcy" in entry.after
    assert "Halina Wrona" not in entry.after


@pytest.mark.parametrize("part", [*OTHERS, "administrator"])
def test_nobody_but_the_head_or_the_chief_editor_issues_an_order(city, part):
    with pytest.raises(NotYoursToGrant):
        issue_order(order=order(), duties=[], issued_by=city.person(part))
    with pytest.raises(NotYoursToGrant):
        issue_order(order=order("ZZM"), duties=[], issued_by=city.head)

    assert issue_order(order=order(), duties=[], issued_by=city.chief).pk


def test_an_order_that_is_wrong_is_refused_whole(city):
    issue_order(order=order(), duties=[], issued_by=city.head)
    twice = [(city.operator, Duty.PREPARES, ""), (city.operator, Duty.PREPARES, "")]

    for wrong, duties in (
        (order(), []),
        (order(number="2/2026", valid_to=timezone.localdate() - timedelta(days=1)), []),
        (order(number="3/2026"), twice),
    ):
        with pytest.raises(ValidationError):
            issue_order(order=wrong, duties=duties, issued_by=city.head)

    assert InternalOrder.objects.count() == 1
    assert AuditEntry.objects.filter(action="order.issued").count() == 1
