"""A substitute acts for the holder of a mandate: inside the period, while both may, and by name."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils import timezone

from kpum.audit.models import AuditEntry
from kpum.org import queries
from kpum.org.actions import end_mandate, end_substitution, grant_mandate, name_substitute
from kpum.org.enums import Right, Role, UnitKind
from kpum.org.errors import NotYoursToGrant
from kpum.org.models import Authorisation, Substitution, Unit
from kpum.org.powers import Place
from workflows import actions as path

pytestmark = pytest.mark.django_db
GIVEN = datetime(2026, 1, 1, 8, 0, 0, tzinfo=UTC)
BEGIN = datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC)
END = datetime(2026, 4, 1, 8, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def unit():
    return Unit.add_root(code="IT", name="Wydział Informatyki", kind=UnitKind.CELL)


@pytest.fixture
def holder():
    return get_user_model().objects.create_user("marek", first_name="Marek", last_name="Sowa")


@pytest.fixture
def substitute():
    return get_user_model().objects.create_user("halina", first_name="Halina", last_name="Wrona")


@pytest.fixture
def mandate(holder, unit):
    return grant_mandate(
        user=holder, role=Role.UNIT_COORDINATOR, unit=unit, basis="7/2026", valid_from=GIVEN
    )


def name(mandate, substitute, **changes):
    facts = {"reason": "urlop", "valid_from": BEGIN, "valid_to": END} | changes
    return name_substitute(mandate=mandate, substitute=substitute, **facts)


def acts(substitute, unit, moment):
    """Return whether the substitute may decide at that second, by every read that says so."""
    place = Place.of_unit(unit)
    with time_machine.travel(moment, tick=False):
        answers = {
            queries.may(substitute, place, Right.DECIDE),
            queries.ground_of(substitute, place, Right.DECIDE) is not None,
            substitute in queries.holders(Role.UNIT_COORDINATOR, place=place),
            substitute.has_perm("wagtailadmin.access_admin"),
        }
    (answer,) = answers
    return answer


# --- the period ---


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (BEGIN - SECOND, False),
        (BEGIN, True),
        (BEGIN + SECOND, True),
        (END - SECOND, True),
        (END, False),
        (END + SECOND, False),
    ],
)
def test_a_substitute_acts_from_the_first_second_to_just_before_the_end(
    mandate, substitute, unit, moment, may
):
    name(mandate, substitute)

    assert acts(substitute, unit, moment) is may


def test_the_holder_keeps_his_power_while_he_is_substituted(mandate, substitute, holder, unit):
    name(mandate, substitute)

    with time_machine.travel(BEGIN, tick=False):
        ground = queries.ground_of(holder, Place.of_unit(unit), Right.DECIDE)

    assert ground.acting_for == ""


def test_a_substitution_ends_with_the_mandate_it_hangs_on(mandate, substitute, unit):
    name(mandate, substitute)
    with time_machine.travel(BEGIN + SECOND, tick=False):
        end_mandate(mandate=mandate, actor=None, reason="odwołanie")

    assert acts(substitute, unit, BEGIN)
    assert not acts(substitute, unit, BEGIN + SECOND)


@pytest.mark.parametrize("blocked", ["holder", "substitute"])
def test_a_substitution_needs_both_people_active(request, mandate, substitute, unit, blocked):
    name(mandate, substitute)
    person = request.getfixturevalue(blocked)
    get_user_model().objects.filter(pk=person.pk).update(is_active=False)

    assert not acts(get_user_model().objects.get(pk=substitute.pk), unit, BEGIN)


@pytest.mark.parametrize("lapsed", ["holder", "substitute"])
def test_a_substitution_ends_when_the_authorisation_of_either_lapses(
    request, mandate, substitute, unit, lapsed
):
    name(mandate, substitute)
    Authorisation.objects.create(
        user=request.getfixturevalue(lapsed),
        sezam_id="S-1",
        number="7/2026",
        valid_from=GIVEN,
        valid_to=BEGIN + SECOND,
    )

    assert acts(substitute, unit, BEGIN)
    assert not acts(substitute, unit, BEGIN + SECOND)


def test_a_substitute_takes_the_whole_mandate_and_nothing_of_the_holders_others(
    mandate, substitute, holder, unit
):
    grant_mandate(user=holder, role=Role.PORTAL_EDITOR, basis="8/2026", valid_from=GIVEN)
    name(mandate, substitute)

    with time_machine.travel(BEGIN, tick=False):
        assert [power.role for power in queries.powers_of(substitute)] == [Role.UNIT_COORDINATOR]


def test_a_substitute_cannot_hand_on_what_he_substitutes(mandate, substitute):
    third = get_user_model().objects.create_user("adam")
    name(mandate, substitute)

    with time_machine.travel(BEGIN, tick=False), pytest.raises(NotYoursToGrant):
        name(mandate, third, named_by=substitute)


# --- the trail ---


def test_the_ground_names_the_holder_and_an_own_mandate_goes_first(mandate, substitute, unit):
    name(mandate, substitute)
    place = Place.of_unit(unit)

    with time_machine.travel(BEGIN, tick=False):
        ground = queries.ground_of(substitute, place, Right.DECIDE)
        assert ground.acting_for == "Marek Sowa"
        assert "Marek Sowa" in ground.wording
        grant_mandate(user=substitute, role=Role.UNIT_COORDINATOR, unit=unit, basis="9/2026")
        assert queries.ground_of(substitute, place, Right.DECIDE).acting_for == ""


def test_an_approval_by_a_substitute_is_recorded_as_acting_for_the_holder(city):
    coordinator = city.coordinator.mandates.get()
    now = timezone.now()
    name(coordinator, city.head, valid_from=now - SECOND, valid_to=now + timedelta(days=1))
    name(coordinator, city.stranger, valid_from=now - SECOND, valid_to=now + timedelta(days=1))
    path.submit(page=city.card, user=city.operator)

    path.approve(task_state=city.card.current_workflow_task_state, user=city.stranger)

    entry = AuditEntry.objects.get(action="page.approved")
    assert (entry.actor_name, entry.acting_for) == ("Tadeusz Obcy", "Marek Sowa")


def test_a_substitute_who_wrote_the_text_decides_nothing_on_it(city):
    now = timezone.now()
    name(
        city.coordinator.mandates.get(),
        city.operator,
        valid_from=now - SECOND,
        valid_to=now + timedelta(days=1),
    )
    path.submit(page=city.card, user=city.operator)

    with pytest.raises(path.NotYourDecision):
        path.approve(task_state=city.card.current_workflow_task_state, user=city.operator)


def test_naming_and_ending_a_substitute_are_in_the_trail(mandate, substitute, holder):
    with time_machine.travel(GIVEN, tick=False):
        substitution = name(mandate, substitute, named_by=holder)
    with time_machine.travel(BEGIN + SECOND, tick=False):
        end_substitution(substitution=substitution, actor=holder, reason="powrót")

    named, ended = AuditEntry.objects.filter(action__startswith="substitution").order_by("pk")
    assert (named.actor_name, named.data["reason"]) == ("Marek Sowa", "urlop")
    assert named.after == "2026-03-01 08:00:00+0000 – 2026-04-01 08:00:00+0000"
    assert ended.before == named.after
    assert ended.after == "2026-03-01 08:00:00+0000 – 2026-03-01 08:00:01+0000"
    assert ended.authority.startswith("powrót; koordynator jednostki, IT")


# --- the end before the end ---


def test_ending_a_substitution_takes_effect_that_second(mandate, substitute, unit):
    substitution = name(mandate, substitute)

    with time_machine.travel(BEGIN + SECOND, tick=False):
        end_substitution(substitution=substitution, actor=None, reason="powrót")

    assert acts(substitute, unit, BEGIN)
    assert not acts(substitute, unit, BEGIN + SECOND)


def test_a_substitution_that_has_not_begun_is_taken_back(mandate, substitute):
    substitution = name(mandate, substitute)

    with time_machine.travel(BEGIN - SECOND, tick=False):
        end_substitution(substitution=substitution, actor=None, reason="zmiana planów")

    assert not Substitution.objects.exists()
    assert AuditEntry.objects.get(action="substitution.ended").after == (
        "taken back before it began"
    )


def test_a_substitution_that_is_over_cannot_be_ended(mandate, substitute):
    substitution = name(mandate, substitute)

    with time_machine.travel(END, tick=False), pytest.raises(ValidationError):
        end_substitution(substitution=substitution, actor=None, reason="powrót")

    substitution.refresh_from_db()
    assert substitution.valid_to == END


# --- what is refused ---


def test_nobody_substitutes_himself_and_nobody_names_himself(mandate, holder, substitute):
    with time_machine.travel(BEGIN, tick=False):
        with pytest.raises(ValidationError, match="Nobody substitutes himself"):
            name(mandate, holder)
        with pytest.raises(NotYoursToGrant):
            name(mandate, substitute, named_by=substitute)


@pytest.mark.parametrize(
    "changes",
    [{"valid_to": None}, {"valid_to": BEGIN}, {"valid_to": BEGIN - SECOND}, {"reason": ""}],
)
def test_a_substitution_has_a_reason_and_an_end_after_its_beginning(mandate, substitute, changes):
    with pytest.raises(ValidationError):
        name(mandate, substitute, **changes)

    assert not Substitution.objects.exists()


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [(GIVEN - SECOND, False), (GIVEN, True), (END - SECOND, True), (END, False)],
)
def test_a_holder_names_his_substitute_only_while_he_holds(
    holder, substitute, unit, moment, allowed
):
    mandate = grant_mandate(
        user=holder,
        role=Role.UNIT_OPERATOR,
        unit=unit,
        basis="7/2026",
        valid_from=GIVEN,
        valid_to=END,
    )

    with time_machine.travel(moment, tick=False):
        if allowed:
            assert name(mandate, substitute, named_by=holder).pk
        else:
            with pytest.raises(NotYoursToGrant):
                name(mandate, substitute, named_by=holder)
