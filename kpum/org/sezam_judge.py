"""What is wrong with the lines of a SEZAM export against the people, units and roles of the portal."""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kpum.org.enums import Scope
from kpum.org.errors import Problem
from kpum.org.sezam_diff import (
    Change,
    MandateEndChanged,
    MandateEnded,
    MandateGranted,
    MandateTakenBack,
    facts_of,
)
from kpum.org.sezam_export import OF_A_PERSON
from kpum.org.sezam_facts import Reach, SezamLine, Span
from kpum.org.sezam_held import Held, reach_of_mandate, span_of


def judge(lines: Iterable[SezamLine], held: Held, now: datetime) -> Iterator[Problem]:
    """Yield what the portal cannot do with the lines, person by person and unit by unit."""
    owners = {row.user_id: sezam_id for sezam_id, row in held.authorisations.items()}
    judged: set[str] = set()
    for line in lines:
        lapsed = line.span.over_at(now)
        person = held.person_of(line)
        if line.sezam_id not in judged:
            judged.add(line.sezam_id)
            yield from _person_problems(line, person, held, owners)
        if not lapsed and person is not None and not person.is_active:
            message = _("%(person)s is blocked in the portal: unblock the account first.")
            yield Problem(line.line, "login", message % {"person": person})
        yield from _unit_problems(line, held, lapsed=lapsed)


def _person_problems(
    line: SezamLine, person: Any, held: Held, owners: dict[int, str]
) -> Iterator[Problem]:
    owner = held.people.get(line.login)
    if owner is not None and owner != person:
        message = _("The login %(login)s is already that of another person, %(person)s.")
        yield Problem(line.line, "login", message % {"login": line.login, "person": owner})
    elif person is not None and owners.get(person.pk, line.sezam_id) != line.sezam_id:
        message = _("The login %(login)s belongs to the person whom SEZAM calls %(sezam_id)s.")
        told = {"login": line.login, "sezam_id": owners[person.pk]}
        yield Problem(line.line, "login", message % told)
    yield from _field_problems(line, person)


def _field_problems(line: SezamLine, person: Any) -> Iterator[Problem]:
    """Yield what the portal's own fields refuse: too long, no address, an unusual login."""
    model = get_user_model()
    candidate = copy(person) if person is not None else model()
    facts = facts_of(line)
    for name, value in facts.items():
        setattr(candidate, name, value)
    try:
        candidate.clean_fields(
            exclude={field.name for field in model._meta.get_fields()} - facts.keys()
        )
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            column = name if name in OF_A_PERSON else "login"
            yield from (Problem(line.line, column, message) for message in messages)


def _unit_problems(line: SezamLine, held: Held, *, lapsed: bool) -> Iterator[Problem]:
    if line.role.scope is not Scope.UNIT or not line.unit:
        return
    unit = held.units.get(line.unit)
    if unit is None:
        message = _("There is no unit %(code)s.") % {"code": line.unit}
        yield Problem(line.line, "unit", message)
    elif unit.is_closed and not lapsed:
        message = _("The unit %(code)s is closed since %(day)s.")
        yield Problem(line.line, "unit", message % {"code": line.unit, "day": unit.valid_to})


def single_role_problems(changes: Iterable[Change], held: Held) -> Iterator[Problem]:
    """Yield where two people would hold at one time a role that one person holds (K-08, K-20)."""
    changes = list(changes)
    altering = (MandateEnded, MandateTakenBack, MandateEndChanged)
    altered = {change.mandate.pk for change in changes if isinstance(change, altering)}
    taken: dict[Reach, list[tuple[Span, str]]] = {}
    for mandate in held.single:
        if mandate.pk not in altered:
            present = (span_of(mandate), str(mandate.user))
            taken.setdefault(reach_of_mandate(mandate), []).append(present)
    for reach, span, change in _wanted_single(changes):
        others = taken.setdefault(reach, [])
        if holder := next((other for held_in, other in others if held_in.overlaps(span)), None):
            message = _("In that time this role is held by %(person)s.") % {"person": holder}
            yield Problem(change.line or 0, "role", message)
        others.append((span, change.name))


def _wanted_single(changes: Iterable[Change]) -> Iterator[tuple[Reach, Span, Change]]:
    for change in changes:
        if isinstance(change, MandateGranted):
            reach = change.source.reach
        elif isinstance(change, MandateEndChanged):
            reach = reach_of_mandate(change.mandate)
        else:
            continue
        if reach[0].is_single:
            yield reach, change.span, change
