"""What an import from SEZAM would change: its lines against what the portal holds, as values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar

from django.contrib.auth import get_user_model

from kpum.org.models import Authorisation, Mandate
from kpum.org.sezam_export import OF_A_PERSON
from kpum.org.sezam_facts import SezamLine, Span, widest
from kpum.org.sezam_held import Held, reach_of_mandate, span_of


class ChangeKind(Enum):
    """The kinds of change, in the order they are made and a report tells them."""

    PERSON_ADDED = "person added"
    PERSON_CHANGED = "person changed"
    AUTHORISATION = "authorisation"
    ENDED = "mandate ended"
    TAKEN_BACK = "mandate taken back"
    END_CHANGED = "mandate changed"
    GRANTED = "mandate granted"


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        sezam_id: whom it is about.
        name: the person's name, for a reader.
        line: the line that asks for it; None when the file's silence does.
    """

    kind: ClassVar[ChangeKind]
    sezam_id: str
    name: str
    line: int | None


@dataclass(frozen=True)
class PersonAdded(Change):
    """Somebody whom the portal did not know."""

    kind = ChangeKind.PERSON_ADDED
    facts: dict[str, str]


@dataclass(frozen=True)
class PersonChanged(Change):
    """Another name, login, address or function; old and new by the name of the fact."""

    kind = ChangeKind.PERSON_CHANGED
    user: Any
    differences: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class AuthorisationChanged(Change):
    """A first authorisation, or another number or period.

    Attributes:
        row: the authorisation as stored; None for a first one.
        old: its number and period before.
    """

    kind = ChangeKind.AUTHORISATION
    number: str
    span: Span
    row: Authorisation | None
    old: tuple[str, Span] | None
    user: Any


@dataclass(frozen=True)
class MandateEnded(Change):
    """A mandate in force ends this second: lapsed, withdrawn, replaced or missing."""

    kind = ChangeKind.ENDED
    mandate: Mandate


@dataclass(frozen=True)
class MandateTakenBack(Change):
    """A mandate that has not begun never will."""

    kind = ChangeKind.TAKEN_BACK
    mandate: Mandate


@dataclass(frozen=True)
class MandateEndChanged(Change):
    """A mandate ends at another second than before, always one to come."""

    kind = ChangeKind.END_CHANGED
    mandate: Mandate
    span: Span


@dataclass(frozen=True)
class MandateGranted(Change):
    """A new mandate; one that SEZAM dates back begins with the import, not before."""

    kind = ChangeKind.GRANTED
    span: Span
    source: SezamLine


def facts_of(line: SezamLine) -> dict[str, str]:
    """Return the person's facts by the user model's fields; what SEZAM leaves empty stays as it is."""
    model = get_user_model()
    fields = {field.name for field in model._meta.get_fields()} - {model.USERNAME_FIELD}
    facts = {
        name: getattr(line, name)
        for name in OF_A_PERSON
        if name in fields and getattr(line, name) != ""
    }
    return facts | {model.USERNAME_FIELD: line.login}


def compare(
    lines: Iterable[SezamLine], held: Held, *, now: datetime, complete: bool
) -> list[Change]:
    """Return the changes in the order in which they can be made.

    Args:
        lines: sound lines, whose branch sites are named by page id.
        held: what the portal holds.
        now: the one second of the import.
        complete: end what SEZAM once gave and the lines lack.
    """
    groups: dict[str, list[SezamLine]] = {}
    for line in lines:
        groups.setdefault(line.sezam_id, []).append(line)
    changes: list[Change] = []
    for group in groups.values():
        changes += _of_person(group, held, now, complete=complete)
    if complete:
        changes += _of_the_missing(held, set(groups), now)
    return sorted(changes, key=_writing_order)


def _writing_order(change: Change) -> tuple[int, bool]:
    # One person's role is made shorter before another's is made longer.
    return list(ChangeKind).index(change.kind), (
        isinstance(change, MandateEndChanged) and change.span.outlasts(span_of(change.mandate))
    )


def _of_person(
    group: list[SezamLine], held: Held, now: datetime, *, complete: bool
) -> Iterator[Change]:
    first = group[0]
    user = held.person_of(first)
    if user is None and all(line.span.over_at(now) for line in group):
        return  # Nobody to let in, and nobody to keep out.
    who = (first.sezam_id, first.name, first.line)
    if user is None:
        yield PersonAdded(*who, facts=facts_of(first))
    elif differences := _differences(user, facts_of(first)):
        yield PersonChanged(*who, user=user, differences=differences)
    mandates = held.mandates.get(user.pk, []) if user else []
    spoken = {line.reach for line in group}
    kept = [mandate for mandate in mandates if reach_of_mandate(mandate) not in spoken]
    for reach in dict.fromkeys(line.reach for line in group):
        yield from _of_reach(
            [line for line in group if line.reach == reach],
            [mandate for mandate in mandates if reach_of_mandate(mandate) == reach],
            now,
        )
    if complete:
        yield from (_closed(mandate, first.sezam_id, None, now) for mandate in kept)
        kept = []
    yield from _of_authorisation(group, kept, held.authorisations.get(first.sezam_id), user)


def _differences(user: Any, facts: dict[str, str]) -> dict[str, tuple[str, str]]:
    return {
        name: (str(getattr(user, name)), value)
        for name, value in facts.items()
        if getattr(user, name) != value
    }


def _of_authorisation(
    group: list[SezamLine], kept: list[Mandate], row: Authorisation | None, user: Any
) -> Iterator[Change]:
    """Yield the authorisation over all of the person's lines and what he keeps beside them."""
    span = widest([*(line.span for line in group), *(span_of(mandate) for mandate in kept)])
    last = max(group, key=_lasting)
    old = (row.number, span_of(row)) if row else None
    if old != (last.authorisation, span):
        who = (last.sezam_id, last.name, last.line)
        yield AuthorisationChanged(
            *who, number=last.authorisation, span=span, row=row, old=old, user=user
        )


def _lasting(line: SezamLine) -> tuple[bool, datetime, datetime]:
    return line.valid_to is None, line.valid_to or line.valid_from, line.valid_from


def _of_reach(lines: list[SezamLine], mandates: list[Mandate], now: datetime) -> Iterator[Change]:
    """Yield what the lines on one role in one place make of the mandates there."""
    by_number = {mandate.basis: mandate for mandate in mandates}
    for line in lines:
        mandate = by_number.pop(line.authorisation, None)
        yield from _of_line(line, mandate, now)
    # The file speaks of this role, but no longer by these numbers.
    for mandate in by_number.values():
        yield _closed(mandate, lines[0].sezam_id, lines[0].line, now)


def _of_line(line: SezamLine, mandate: Mandate | None, now: datetime) -> Iterator[Change]:
    who = (line.sezam_id, line.name, line.line)
    begin = max(line.valid_from, now)
    if mandate is not None and (line.span.over_at(now) or max(mandate.valid_from, now) != begin):
        yield _closed(mandate, line.sezam_id, line.line, now)
        mandate = None
    if line.span.over_at(now):
        return
    if mandate is None:
        yield MandateGranted(*who, span=Span(begin, line.valid_to), source=line)
    elif mandate.valid_to != line.valid_to:
        yield MandateEndChanged(*who, mandate=mandate, span=Span(mandate.valid_from, line.valid_to))


def _closed(mandate: Mandate, sezam_id: str, line: int | None, now: datetime) -> Change:
    begun = mandate.valid_from < now
    kind = MandateEnded if begun else MandateTakenBack
    return kind(sezam_id, str(mandate.user), line, mandate)


def _of_the_missing(held: Held, present: set[str], now: datetime) -> Iterator[Change]:
    for sezam_id, authorisation in held.authorisations.items():
        if sezam_id in present:
            continue
        for mandate in held.mandates.get(authorisation.user_id, []):
            yield _closed(mandate, sezam_id, None, now)
        span = span_of(authorisation)
        if not span.over_at(now):
            ended = Span(min(span.begin, now - timedelta(seconds=1)), now)
            yield AuthorisationChanged(
                sezam_id,
                str(authorisation.user),
                None,
                number=authorisation.number,
                span=ended,
                row=authorisation,
                old=(authorisation.number, span),
                user=authorisation.user,
            )
