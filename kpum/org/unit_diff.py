"""What an import would change: facts wanted against facts held, as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import Enum
from typing import Any, ClassVar

from kpum.org.unit_facts import UnitFacts
from kpum.org.unit_tree import levels


class ChangeKind(Enum):
    """The kinds of change, in the order a report tells them."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True)
class Change:
    """One change of one unit.

    Attributes:
        unit: the facts as they shall be.
    """

    kind: ClassVar[ChangeKind]
    unit: UnitFacts

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """Return what changes, by the name of the fact: the old value and the new one."""
        return {}


@dataclass(frozen=True)
class Added(Change):
    """A unit that we did not have."""

    kind = ChangeKind.ADDED


@dataclass(frozen=True)
class Changed(Change):
    """Facts other than the place and the closing."""

    kind = ChangeKind.CHANGED
    fields: dict[str, tuple[Any, Any]]

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        return self.fields


@dataclass(frozen=True)
class Moved(Change):
    """Another parent; an empty code is the top."""

    kind = ChangeKind.MOVED
    old_parent: str

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        return {"parent_code": (self.old_parent, self.unit.parent_code)}


@dataclass(frozen=True)
class Closed(Change):
    """The unit got a last day, by the export's word or (``absent``) by its silence."""

    kind = ChangeKind.CLOSED
    old_last_day: date | None
    absent: bool = False

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        return {"valid_to": (self.old_last_day, self.unit.valid_to)}


@dataclass(frozen=True)
class Reopened(Change):
    """The last day was taken back."""

    kind = ChangeKind.REOPENED
    old_last_day: date

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        return {"valid_to": (self.old_last_day, None)}


_TOLD_BY_OTHERS = frozenset({"code", "parent_code", "valid_to"})
_PLAIN_FACTS = tuple(f.name for f in fields(UnitFacts) if f.name not in _TOLD_BY_OTHERS)


def compare(
    wanted: Iterable[UnitFacts],
    present: Mapping[str, UnitFacts],
    *,
    absent_end: date | None = None,
) -> list[Change]:
    """Return the changes, parents before children, so that they can be made in this order.

    Args:
        wanted: the units of an export whose tree was found sound.
        present: code → facts of every unit there is.
        absent_end: the last day of open units that ``wanted`` lacks; None leaves them alone.
    """
    news = {unit.code: unit for unit in wanted}
    everybody = {**present, **news}
    changes: list[Change] = []
    for code in levels({code: unit.parent_code for code, unit in everybody.items()}):
        if code not in news:
            changes += _closing(present[code], absent_end)
        elif code in present:
            changes += _changes(present[code], news[code])
        else:
            changes.append(Added(news[code]))
    return changes


def _changes(old: UnitFacts, new: UnitFacts) -> list[Change]:
    differing = {
        name: (getattr(old, name), getattr(new, name))
        for name in _PLAIN_FACTS
        if getattr(old, name) != getattr(new, name)
    }
    changes: list[Change] = []
    if old.parent_code != new.parent_code:
        changes.append(Moved(new, old.parent_code))
    if old.valid_to is None and new.valid_to is not None:
        changes.append(Closed(new, None))
    elif old.valid_to is not None and new.valid_to is None:
        changes.append(Reopened(new, old.valid_to))
    elif old.valid_to != new.valid_to:
        differing["valid_to"] = (old.valid_to, new.valid_to)
    if differing:
        changes.append(Changed(new, differing))
    return changes


def _closing(old: UnitFacts, absent_end: date | None) -> list[Change]:
    if absent_end is None:
        return []
    last_day = max(absent_end, old.valid_from or absent_end)
    if old.valid_to is not None and old.valid_to <= last_day:
        return []
    return [Closed(replace(old, valid_to=last_day), old.valid_to, absent=True)]
