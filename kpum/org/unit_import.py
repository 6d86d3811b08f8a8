"""Import of units from INTEGRATOR: what the export says becomes so as a whole, or not at all (I-23)."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import transaction

from kpum.audit.actions import record, subject_of
from kpum.core import clock
from kpum.org import registry
from kpum.org.errors import TooManyClosures
from kpum.org.models import FormerName, Unit
from kpum.org.unit_diff import Added, Change, Closed, Moved, compare
from kpum.org.unit_export import read_export
from kpum.org.unit_facts import UnitFacts
from kpum.outbox.actions import enqueue

#: The mandate every import acts under; the audit trail names it.
SYSTEM_MANDATE = "system: integrator"
#: The share of open units, in per cent, that a complete import may close by lacking them.
ABSENT_PERCENT = 10
#: Facts that the tree or another table holds.
_ELSEWHERE = frozenset({"parent_code", "former_names"})

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ImportReport:
    """What an import changed, or, on a dry run, would change."""

    changes: tuple[Change, ...]
    unchanged: int


@transaction.atomic
def import_units(
    *,
    data: bytes,
    origin: str,
    complete: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Make the register of units say what the export says, in one transaction.

    Args:
        data: the export as it came.
        origin: where it came from, for the audit trail (a file's name).
        complete: close the open units that the export lacks; their last day is yesterday.
        dry_run: find out everything, write nothing.
        progress: called with the number of changed units done and of all of them.

    Raises:
        BadExport: the file has faults; the error lists all of them.
        TooManyClosures: a complete export lacks more than ``ABSENT_PERCENT`` of the open units.
    """
    held = _held_units()
    facts = _facts_of(held)
    today = clock.today()
    still_open = {code for code, unit in facts.items() if not _ended(unit, today)}
    wanted = read_export(
        data,
        present={code: unit.parent_code for code, unit in facts.items()},
        closable=still_open if complete else frozenset(),
    )
    changes = compare(wanted, facts, absent_end=today - timedelta(days=1) if complete else None)
    _refuse_mass_closing(changes, len(still_open))
    if not dry_run:
        _write(changes, held, progress)
        _tell(changes, {"file": origin, "sha256": hashlib.sha256(data).hexdigest()})
    changed = {change.unit.code for change in changes}
    return ImportReport(tuple(changes), len(facts.keys() - changed))


def _held_units() -> dict[str, Unit]:
    # The tops are locked before the tree is read: a second import waits here and then reads what
    # the first one left. Mandates may be granted meanwhile (no_key).
    list(Unit.get_root_nodes().select_for_update(no_key=True))
    return {unit.code: unit for unit in Unit.objects.prefetch_related("former_names")}


def _facts_of(held: Mapping[str, Unit]) -> dict[str, UnitFacts]:
    code_at = {unit.path: unit.code for unit in held.values()}
    plain = [field.name for field in fields(UnitFacts) if field.name not in _ELSEWHERE]
    return {
        unit.code: UnitFacts(
            parent_code=code_at.get(unit.path[: -Unit.steplen], ""),
            former_names=tuple(sorted(former.name for former in unit.former_names.all())),
            **{name: getattr(unit, name) for name in plain},
        )
        for unit in held.values()
    }


def _ended(unit: UnitFacts, today: date) -> bool:
    return unit.valid_to is not None and unit.valid_to < today


def _refuse_mass_closing(changes: Iterable[Change], still_open: int) -> None:
    absent = sum(isinstance(change, Closed) and change.absent for change in changes)
    if absent * 100 > still_open * ABSENT_PERCENT:
        raise TooManyClosures(closing=absent, existing=still_open, percent=ABSENT_PERCENT)


def _write(changes: list[Change], held: Mapping[str, Unit], progress: Progress | None) -> None:
    """Make the changes, a unit at a time: halves of a unit's dates could contradict each other."""
    by_unit = [list(group) for _code, group in groupby(changes, key=attrgetter("unit.code"))]
    for done, of_unit in enumerate(by_unit, start=1):
        _write_unit(of_unit, held)
        if progress:
            progress(done, len(by_unit))


def _write_unit(changes: list[Change], held: Mapping[str, Unit]) -> None:
    wanted = changes[0].unit
    if isinstance(changes[0], Added):
        _add(wanted)
        return
    unit = held[wanted.code]
    differing = {name for change in changes for name in change.differences}
    if plain := differing - _ELSEWHERE:
        for name in plain:
            setattr(unit, name, getattr(wanted, name))
        # Only these columns: the row's place in the tree has moved on since it was read.
        unit.save(update_fields=plain)
    if "former_names" in differing:
        unit.former_names.exclude(name__in=wanted.former_names).delete()
        _add_former_names(
            unit, set(wanted.former_names) - {f.name for f in unit.former_names.all()}
        )
    if any(isinstance(change, Moved) for change in changes):
        _move(wanted)


def _add(wanted: UnitFacts) -> None:
    facts = {field.name: getattr(wanted, field.name) for field in fields(UnitFacts)}
    unit = Unit(**{name: value for name, value in facts.items() if name not in _ELSEWHERE})
    if wanted.parent_code:
        Unit.objects.get(code=wanted.parent_code).add_child(instance=unit)
    else:
        Unit.add_root(instance=unit)
    _add_former_names(unit, wanted.former_names)


def _add_former_names(unit: Unit, names: Iterable[str]) -> None:
    FormerName.objects.bulk_create([FormerName(unit=unit, name=name) for name in names])


def _move(wanted: UnitFacts) -> None:
    """Hang the unit elsewhere; every row is read afresh, treebeard moves paths behind our backs."""
    unit = Unit.objects.get(code=wanted.code)
    if wanted.parent_code:
        unit.move(Unit.objects.get(code=wanted.parent_code), "sorted-child")
    else:
        unit.move(Unit.get_first_root_node(), "sorted-sibling")


def _tell(changes: list[Change], source: dict[str, str]) -> None:
    """Audit row and event for every change, then the projectors, once for every changed unit."""
    codes = {change.unit.code for change in changes}
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    for change in changes:
        unit = units[change.unit.code]
        action, subject = f"unit.{change.kind.value}", subject_of(unit)
        data = {
            "code": unit.code,
            "differences": {name: _plain(pair) for name, pair in change.differences.items()},
        }
        record(
            action=action,
            actor=None,
            subject=subject,
            label=unit.name,
            authority=SYSTEM_MANDATE,
            data=data | source,
        )
        enqueue(kind=action, subject=subject, payload={"document": str(unit.document_id), **data})
    for unit in units.values():
        registry.project_unit(unit)


def _plain(value: Any) -> Any:
    """Return the value as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(part) for part in value] if isinstance(value, tuple) else value
