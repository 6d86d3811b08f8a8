"""A mandate is exact: it begins and ends at a second, reaches over a subtree, and nothing else counts."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError

from kpum.audit.models import AuditEntry
from kpum.org import queries
from kpum.org.actions import end_mandate, grant_mandate
from kpum.org.backends import ADMIN_ACCESS
from kpum.org.enums import Right, Role, Scope
from kpum.org.models import Mandate, Unit
from kpum.org.powers import Place, reach_of, rights_over
from kpum.org.unit_import import import_units
from tests.org.exports import export, row

pytestmark = pytest.mark.django_db

BEGIN = datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC)
END = datetime(2026, 4, 1, 8, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
#: Each moment near an edge, and whether the mandate is in force then.
MOMENTS = [
    (BEGIN - SECOND, False),
    (BEGIN, True),
    (BEGIN + SECOND, True),
    (END - SECOND, True),
    (END, False),
    (END + SECOND, False),
]


@pytest.fixture
def person():
    return get_user_model().objects.create_user("anna", first_name="Anna", last_name="Nowak")


@pytest.fixture
def units() -> dict[str, Unit]:
    rows = [row("UMK"), row("IT", "UMK"), row("IT-01", "IT"), row("DK", "UMK"), row("ZZM")]
    import_units(data=export(*rows), origin="units.csv")
    return {unit.code: unit for unit in Unit.objects.all()}


def grant(person, role=Role.UNIT_OPERATOR, unit=None, valid_from=BEGIN, valid_to=END) -> Mandate:
    return grant_mandate(
        user=person,
        role=role,
        unit=unit,
        basis="upoważnienie 7/2026",
        valid_from=valid_from,
        valid_to=valid_to,
    )


# --- time ---


@pytest.mark.parametrize(("moment", "in_force"), MOMENTS)
def test_a_mandate_is_in_force_from_its_first_second_to_just_before_its_end(
    person, units, moment, in_force
):
    mandate = grant(person, unit=units["IT"])

    with time_machine.travel(moment, tick=False):
        held = [power.wording for power in queries.powers_of(person)]
        assert held == ([mandate.wording] if in_force else [])
        holders = queries.holders(Role.UNIT_OPERATOR, place=Place.of_unit(units["IT"]))
        assert list(holders) == ([person] if in_force else [])


@pytest.mark.parametrize(("moment", "in_force"), MOMENTS)
def test_the_admin_opens_while_a_mandate_is_in_force_and_not_a_second_longer(
    person, units, moment, in_force
):
    grant(person, unit=units["IT"])

    with time_machine.travel(moment, tick=False):
        assert person.has_perm(ADMIN_ACCESS) is in_force


def test_a_right_ends_within_the_life_of_one_user_object(person, units):
    grant(person, unit=units["IT"])

    with time_machine.travel(END - SECOND, tick=False) as clock:
        assert person.has_perm(ADMIN_ACCESS)
        clock.shift(SECOND)
        assert not person.has_perm(ADMIN_ACCESS)


def test_a_mandate_without_an_end_stays_in_force(person, units):
    grant(person, unit=units["IT"], valid_to=None)

    with time_machine.travel(END + timedelta(days=36500), tick=False):
        assert queries.powers_of(person)


def test_ending_a_mandate_takes_effect_that_second(person, units):
    mandate = grant(person, unit=units["IT"])

    with time_machine.travel(BEGIN + SECOND, tick=False):
        end_mandate(mandate=mandate, actor=None, reason="odwołanie 1/2026")
        assert queries.powers_of(person) == []

    assert AuditEntry.objects.get(action="mandate.ended").authority == "odwołanie 1/2026; system"


@pytest.mark.parametrize("moment", [BEGIN - SECOND, BEGIN, END, END + SECOND])
def test_a_mandate_not_begun_or_already_ended_cannot_be_ended(person, units, moment):
    mandate = grant(person, unit=units["IT"])

    with time_machine.travel(moment, tick=False), pytest.raises(ValidationError):
        end_mandate(mandate=mandate, actor=None, reason="odwołanie")

    mandate.refresh_from_db()
    assert mandate.valid_to == END
    assert not AuditEntry.objects.filter(action="mandate.ended").exists()


def test_a_mandate_must_end_after_it_begins(person, units):
    with pytest.raises(ValidationError):
        grant(person, unit=units["IT"], valid_to=BEGIN)

    assert not AuditEntry.objects.filter(action="mandate.granted").exists()


# --- persons ---


@time_machine.travel(BEGIN, tick=False)
def test_a_blocked_person_has_nothing(person, units):
    grant(person, unit=units["IT"])
    person.is_active = False
    person.save()

    assert queries.powers_of(person) == []
    assert list(queries.holders(Role.UNIT_OPERATOR)) == []
    assert not person.has_perm(ADMIN_ACCESS)


@time_machine.travel(BEGIN, tick=False)
def test_a_person_blocked_meanwhile_has_nothing_though_the_object_at_hand_is_older(person, units):
    grant(person, unit=units["IT"])
    get_user_model().objects.filter(pk=person.pk).update(is_active=False)

    assert queries.powers_of(person) == []


@time_machine.travel(BEGIN, tick=False)
def test_nobody_and_a_stranger_have_nothing(person, units):
    grant(person, unit=units["IT"])
    stranger = get_user_model().objects.create_user("obcy")

    assert queries.powers_of(AnonymousUser()) == []
    assert queries.powers_of(None) == []
    assert queries.powers_of(stranger) == []
    assert not stranger.has_perm(ADMIN_ACCESS)


@time_machine.travel(BEGIN, tick=False)
def test_a_mandate_opens_the_admin_and_nothing_behind_it(person, units):
    grant(person, role=Role.EDITOR_IN_CHIEF)

    assert person.has_perm(ADMIN_ACCESS)
    assert not person.has_perm("wagtailcore.publish_page")
    assert not person.has_perm("kpum_org.change_unit")
    assert not person.has_perm(ADMIN_ACCESS, obj=units["IT"])


# --- reach ---


@time_machine.travel(BEGIN, tick=False)
@pytest.mark.parametrize(
    ("code", "reached"),
    [("IT", True), ("IT-01", True), ("UMK", False), ("DK", False), ("ZZM", False)],
)
def test_a_unit_role_reaches_over_its_unit_and_all_below(person, units, code, reached):
    grant(person, unit=units["IT"])

    powers = queries.powers_of(person)
    within = queries.units_in_reach(reach_of(powers, {Right.CHANGE}))

    assert bool(rights_over(powers, Place.of_unit(units[code]))) is reached
    assert Unit.objects.filter(within, code=code).exists() is reached
    assert bool(queries.holders(Role.UNIT_OPERATOR, place=Place.of_unit(units[code]))) is reached


@time_machine.travel(BEGIN, tick=False)
def test_a_portal_role_reaches_everywhere(person, units):
    grant(person, role=Role.PORTAL_EDITOR)
    powers = queries.powers_of(person)

    assert reach_of(powers, {Right.CHANGE}).whole_portal
    assert all(rights_over(powers, Place.of_unit(unit)) for unit in units.values())


@time_machine.travel(BEGIN, tick=False)
def test_a_role_without_the_right_reaches_nothing(person, units):
    grant(person, unit=units["IT"])

    within = queries.units_in_reach(reach_of(queries.powers_of(person), {Right.WITHDRAW}))

    assert not Unit.objects.filter(within).exists()


@time_machine.travel(BEGIN, tick=False)
def test_nested_mandates_are_one_condition(person, units):
    grant(person, unit=units["IT-01"])
    grant(person, unit=units["UMK"])
    grant(person, unit=units["IT"])

    reach = reach_of(queries.powers_of(person), {Right.CHANGE})

    within = Unit.objects.filter(queries.units_in_reach(reach))
    assert set(within.values_list("code", flat=True)) == {"UMK", "IT", "IT-01", "DK"}
    assert reach.unit_paths == (units["UMK"].path,)


@time_machine.travel(BEGIN, tick=False)
def test_reach_follows_a_unit_that_moves(person, units):
    grant(person, unit=units["IT"])
    import_units(data=export(row("IT", "ZZM"), row("DK", "IT")), origin="units.csv")

    within = queries.units_in_reach(reach_of(queries.powers_of(person), {Right.CHANGE}))

    codes = set(Unit.objects.filter(within).values_list("code", flat=True))
    assert codes == {"IT", "IT-01", "DK"}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_held_for_what_it_reaches_over(person, units, role):
    wrong = units["IT"] if role.scope is not Scope.UNIT else None

    with pytest.raises(ValidationError):
        grant(person, role=role, unit=wrong)


def test_a_grant_is_in_the_audit_trail_with_its_basis(person, units):
    grant(person, unit=units["IT"])

    entry = AuditEntry.objects.get(action="mandate.granted")
    assert entry.authority == "upoważnienie 7/2026; system"
    assert entry.data == {"role": "unit_operator", "unit": "IT", "user": str(person.pk)}
