"""Every role, every action, every place, every time: what the table says, the actions do.

A cell is one attempt in a savepoint. Each mandate, and each substitute's period, is asked at its
first and its last second and at the two seconds next to them.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import transaction

from kpum.audit.models import AuditEntry
from kpum.org.enums import Role, Scope
from tests.permissions import table
from tests.permissions.attempts import ATTEMPTS
from tests.permissions.world import (
    BEGIN,
    END,
    PLACES,
    SECOND,
    SUB_BEGIN,
    SUB_END,
    World,
)
from tests.worlds import undone

pytestmark = pytest.mark.django_db
#: Asked of the portal, not of a place in it.
PLACELESS = {
    "grant portal role",
    "set branch policy",
    "see audit trail",
    "see all mandates",
    "export mandates",
    "issue regulation",
    "keep register",
    "issue key",
    "agree as chief editor",
    "agree as manager",
    "export register",
    "set channel",
    "keep dictionaries",
}
#: Wagtail's own acts: they leave their traces in Wagtail's log, or none because nothing is written.
UNRECORDED = {
    "see",
    "add",
    "edit",
    "lock",
    "unlock",
    "upload file",
    "see audit trail",
    "see all mandates",
    "export mandates",
    "read interface",
    "export register",
    "see handed over to BIP",
    "see handed over to MPI",
}
#: Who decides at a stage, for the cells that say "stand-by".
DECIDERS = {
    "decide at unit": Role.UNIT_COORDINATOR,
    "decide as chief": Role.EDITOR_IN_CHIEF,
}
EXPECTED = table.expected()
ROLES = [role.value for role in Role]
#: One person holds every role at once: what he is refused, each of them is refused. The long proof
#: asks each role by itself, too.
HELD = [pytest.param(list(Role), id="all roles")]
if "KPUM_PROVE" in os.environ:
    HELD += [pytest.param([role], id=role.value) for role in Role]


def done(
    world: World, person: Any, action: str, role: str, place: str = "own"
) -> AuditEntry | bool:
    """Return whether the attempt succeeded: as what the trail says of it, where it says anything."""
    with undone():
        last = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            # Refused inside an atomic block of its own, the attempt leaves the savepoint usable.
            with transaction.atomic():
                ATTEMPTS[action](world, person, world.spot(role, place))
        except PermissionDenied:
            return False
        mine = AuditEntry.objects.filter(pk__gt=last, actor_id=str(person.pk))
        return mine.order_by("pk").first() or True


def cells(world: World, person: Any, role: str) -> Iterator[tuple]:
    """Yield (action, place, cell, outcome) for the person in every place."""
    for action in ATTEMPTS:
        for place in ("portal",) if action in PLACELESS else PLACES:
            yield action, place, EXPECTED[role][action], done(world, person, action, role, place)


def faults(outcomes: Iterable[tuple]) -> list[str]:
    """Return every cell that is not as the table has it."""
    return [
        f"{action} in {place}: {'allowed' if outcome else 'refused'}"
        for action, place, cell, outcome in outcomes
        if bool(outcome) is not (cell.allows(place) and cell.mode != "own text")
    ]


def wrong(world: World, person: Any, role: str) -> list[str]:
    return faults(cells(world, person, role))


def leaks(world: World, person: Any) -> list[str]:
    """Return what the person was allowed to do, in the units and in the branch site."""
    return [
        f"{action} in {place}, as {role} counts it"
        for role in (table.NOBODY, Role.BRANCH_COORDINATOR.value)
        for action, place, _cell, outcome in cells(world, person, role)
        if outcome
    ]


def allowed(role: str) -> list[str]:
    """Return what the role may do in its own place."""
    return [
        action
        for action, cell in EXPECTED[role].items()
        if cell.allows("own") and cell.mode != "own text"
    ]


# --- the table itself ---


def test_the_table_has_a_row_for_every_role_and_an_attempt_for_every_action():
    for group in table.groups():
        assert list(group.rows) == [*ROLES, table.SUPERUSER, table.NOBODY], group.title
    assert sorted(ATTEMPTS) == sorted(table.actions())


@pytest.mark.parametrize("word", ["everywhere", "own", "portal (sometimes)", ""])
def test_a_word_the_legend_lacks_is_refused(word):
    with pytest.raises(ValueError, match="legend"):
        table.groups(f"\n## Texts\n| role | see |\n|---|---|\n| dpo | {word} |\n")


# --- a mandate of one's own ---


@pytest.mark.parametrize("role", ROLES)
def test_within_his_mandate_a_person_may_do_what_the_table_says_and_nothing_else(world, role):
    with undone(), time_machine.travel(BEGIN, tick=False):
        world.give(world.person, Role(role))
        assert wrong(world, world.person, role) == []


@pytest.mark.parametrize("role", ROLES)
def test_a_mandate_allows_its_acts_up_to_its_last_second(world, role):
    with undone(), time_machine.travel(END - SECOND, tick=False):
        world.give(world.person, Role(role))
        refused = [
            action for action in allowed(role) if not done(world, world.person, action, role)
        ]

    assert refused == []


@pytest.mark.parametrize("moment", [BEGIN - SECOND, END])
@pytest.mark.parametrize("held", HELD)
def test_a_second_outside_his_mandates_a_person_may_do_nothing(world, held, moment):
    with undone(), time_machine.travel(moment, tick=False):
        for role in held:
            world.give(world.person, role)
        assert leaks(world, world.person) == []


# --- substitution ---


@pytest.mark.parametrize("role", ROLES)
def test_within_his_period_a_substitute_may_do_what_the_role_may_and_is_recorded_so(world, role):
    with undone(), time_machine.travel(SUB_BEGIN, tick=False):
        world.substitute(Role(role))
        outcomes = list(cells(world, world.person, role))
    recorded = {
        (action, place): outcome.acting_for
        for action, place, _cell, outcome in outcomes
        if outcome and action not in UNRECORDED
    }

    assert faults(outcomes) == []
    assert all("Maria Nieobecna" in name for name in recorded.values()), recorded


@pytest.mark.parametrize("role", ROLES)
def test_a_substitute_acts_up_to_the_last_second_of_his_period(world, role):
    with undone(), time_machine.travel(SUB_END - SECOND, tick=False):
        world.substitute(Role(role))
        refused = [
            action for action in allowed(role) if not done(world, world.person, action, role)
        ]

    assert refused == []


@pytest.mark.parametrize("moment", [SUB_BEGIN - SECOND, SUB_END])
@pytest.mark.parametrize("held", HELD)
def test_a_second_outside_his_period_a_substitute_may_do_nothing(world, held, moment):
    with undone(), time_machine.travel(moment, tick=False):
        for role in held:
            world.substitute(role)
        assert leaks(world, world.person) == []


# --- without a mandate ---


def test_a_superuser_without_a_mandate_runs_the_system_and_decides_nothing(world):
    superuser = get_user_model().objects.get(username="administrator")
    with time_machine.travel(BEGIN, tick=False):
        assert wrong(world, superuser, table.SUPERUSER) == []


def test_a_person_without_a_mandate_may_do_nothing(world):
    with time_machine.travel(BEGIN, tick=False):
        assert wrong(world, world.person, table.NOBODY) == []


# --- the modes of the legend ---


def in_mode(mode: str) -> list[tuple[str, str]]:
    return [
        (role, action)
        for role in ROLES
        for action, cell in EXPECTED[role].items()
        if cell.mode == mode
    ]


@pytest.mark.parametrize(
    ("role", "action"), [pair for pair in in_mode("stand-by") if pair[1] in DECIDERS]
)
def test_a_stand_by_steps_back_where_the_role_itself_is_held_by_another(world, role, action):
    decider = DECIDERS[action]
    with undone(), time_machine.travel(BEGIN, tick=False):
        world.give(world.person, Role(role))
        assert done(world, world.person, action, role, "own")
        unit = world.spots["own"].unit if decider.scope is Scope.UNIT else None
        world.hold(world.incumbent, decider, unit)
        assert not done(world, world.person, action, role, "own")


@pytest.mark.parametrize(("role", "action"), in_mode("in name"))
def test_a_decision_in_anothers_name_is_recorded_so(world, role, action):
    with undone(), time_machine.travel(BEGIN, tick=False):
        world.give(world.person, Role(role))
        world.hold(world.incumbent, Role.SERVICE_PORTFOLIO_MANAGER, None)
        entry = done(world, world.person, action, role, "own")

    assert entry.acting_for == str(world.incumbent)


@pytest.mark.parametrize(("role", "action"), in_mode("own text"))
def test_what_a_person_submitted_he_may_take_back(world, role, action):
    with undone(), time_machine.travel(BEGIN, tick=False):
        world.give(world.person, Role(role))
        for place in ("own", "sub"):
            state = world.spot(role, place).waiting["unit"].workflow_state
            type(state).objects.filter(pk=state.pk).update(requested_by=world.person)
            assert done(world, world.person, action, role, place)


def test_a_branchs_people_do_not_reach_its_units_other_pages(world):
    own = world.spots["own"]
    for role in (Role.BRANCH_COORDINATOR, Role.BRANCH_OPERATOR):
        with undone(), time_machine.travel(BEGIN, tick=False):
            world.give(world.person, role)
            reached = [
                action
                for action in ATTEMPTS
                if action != "upload file"
                # The attempts look for the unit's own spot, not for the branch's.
                and done(world, world.person, action, "no mandate", "own")
            ]
        assert reached == [], (role, own.unit)
