"""Reading an INTEGRATOR export of units: bytes in, facts out, or all problems of the file at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from django.utils.translation import gettext as _

from kpum.org.errors import BadExport, Problem
from kpum.org.export_cells import BadCell
from kpum.org.export_table import Row, TableReader
from kpum.org.unit_cells import READERS
from kpum.org.unit_facts import UnitFacts
from kpum.org.unit_tree import cycles, levels

COLUMNS = tuple(READERS)
#: How deep the stored tree goes: 255 characters of path, four to a level.
MAX_LEVEL = 63


def read_export(
    data: bytes, *, present: Mapping[str, str], closable: Set[str] = frozenset()
) -> list[UnitFacts]:
    """Return the units of an export, in the order of its lines.

    Args:
        data: the file: UTF-8, with or without a byte order mark.
        present: code → parent's code of every unit there is already.
        closable: the codes that a complete import closes where the file lacks them.

    Raises:
        BadExport: the file has faults; the error holds all of them.
    """
    reader = TableReader(COLUMNS)
    rows = reader.read(data)
    units: list[UnitFacts] = []
    problems = [*reader.problems, *_place_problems(rows, present, closable)]
    for row in rows:
        _read_row(row, units, problems)
    if problems:
        raise BadExport(sorted(problems, key=_reading_order))
    return units


def _read_row(row: Row, units: list[UnitFacts], problems: list[Problem]) -> None:
    values: dict[str, Any] = {}
    for column in (column for column in COLUMNS if column not in row.unread):
        try:
            values[column] = READERS[column](row.cells[column])
        except BadCell as error:
            problems.append(Problem(row.line, column, str(error)))
    begin, end = values.get("valid_from"), values.get("valid_to")
    if begin and end and end < begin:
        problems.append(Problem(row.line, "valid_to", _("The unit ends before it begins.")))
    if len(values) == len(READERS):
        units.append(UnitFacts(**values))


def _place_problems(
    rows: Sequence[Row], present: Mapping[str, str], closable: Set[str]
) -> Iterator[Problem]:
    """Yield what is wrong with the units' places in the tree that the import would leave."""
    # A garbled code may still be somebody's parent: one fault shall not breed others.
    codes = {row.cells["code"] for row in rows}
    firsts: dict[str, Row] = {}
    for row in rows:
        code = row.cells["code"]
        if not code or "code" in row.unread:
            continue
        first = firsts.setdefault(code, row)
        if first is not row:
            message = _("The code %(code)s stands already at line %(line)s.")
            yield Problem(row.line, "code", message % {"code": code, "line": first.line})
    yield from _parent_problems(rows, present.keys() | codes, closable - codes)
    parents = {**present, **{code: row.cells["parent_code"] for code, row in firsts.items()}}
    yield from _cycle_problems(firsts, parents)
    yield from _level_problems(firsts, parents)


def _parent_problems(rows: Iterable[Row], known: Set[str], closing: Set[str]) -> Iterator[Problem]:
    for row in rows:
        parent = row.cells["parent_code"]
        if not parent or "parent_code" in row.unread:
            continue
        if parent not in known:
            message = _("There is no unit %(code)s, in the file or in the portal.")
        elif parent in closing and not row.cells["valid_to"]:
            message = _("A complete import would close the parent %(code)s: the file lacks it.")
        else:
            continue
        yield Problem(row.line, "parent_code", message % {"code": parent})


def _cycle_problems(firsts: Mapping[str, Row], parents: Mapping[str, str]) -> Iterator[Problem]:
    for members in cycles(parents):
        chain = " → ".join([*members, members[0]])
        for code in firsts.keys() & members:
            message = _("The unit would stand under itself: %(chain)s.") % {"chain": chain}
            yield Problem(firsts[code].line, "parent_code", message)


def _level_problems(firsts: Mapping[str, Row], parents: Mapping[str, str]) -> Iterator[Problem]:
    for code, level in levels(parents).items():
        if level > MAX_LEVEL and code in firsts:
            message = _("The unit would stand %(level)s levels deep; at most %(limit)s fit.")
            yield Problem(
                firsts[code].line, "parent_code", message % {"level": level, "limit": MAX_LEVEL}
            )


def _reading_order(problem: Problem) -> tuple[int, int, str]:
    column = problem.column
    return problem.line, COLUMNS.index(column) if column in COLUMNS else -1, problem.message
