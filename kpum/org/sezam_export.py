"""Reading a SEZAM export: bytes in, lines out, with every fault that the file shows by itself."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _

from kpum.org.enums import Scope
from kpum.org.errors import Problem
from kpum.org.export_cells import BadCell
from kpum.org.export_list import ListReader
from kpum.org.export_table import Row, TableReader
from kpum.org.sezam_cells import READERS
from kpum.org.sezam_facts import SezamLine

COLUMNS = tuple(READERS)
#: What every line of one person says alike.
OF_A_PERSON = ("login", "first_name", "last_name", "email", "function")


class ExportFormat(Enum):
    """The forms in which SEZAM hands out its export."""

    CSV = "csv"
    JSON = "json"


def read_export(data: bytes, form: ExportFormat) -> tuple[list[SezamLine], list[Problem]]:
    """Return the lines that can be read, and what is wrong with the file, unsorted.

    Args:
        data: the file: UTF-8, with or without a byte order mark.
        form: a table (CSV) or a list of objects (JSON), with the same names of columns.
    """
    reader = TableReader(COLUMNS) if form is ExportFormat.CSV else ListReader(COLUMNS)
    lines: list[SezamLine] = []
    problems: list[Problem] = []
    for row in reader.read(data):
        _read_row(row, lines, problems)
    return lines, [*reader.problems, *problems, *_contradictions(lines)]


def reading_order(problem: Problem) -> tuple[int, int, str]:
    """Return the key that sorts problems as a person reads the file."""
    column = problem.column
    return problem.line, COLUMNS.index(column) if column in COLUMNS else -1, problem.message


def _read_row(row: Row, lines: list[SezamLine], problems: list[Problem]) -> None:
    values: dict[str, Any] = {}
    for column in (column for column in COLUMNS if column not in row.unread):
        try:
            values[column] = READERS[column](row.cells[column])
        except BadCell as error:
            problems.append(Problem(row.line, column, str(error)))
    begin, end = values.get("valid_from"), values.get("valid_to")
    if begin and end and end <= begin:
        message = _("The authorisation ends before it begins.")
        problems.append(Problem(row.line, "valid_to", message))
        return
    if len(values) == len(READERS):
        problems += _reach_problems(row.line, values)
        lines.append(SezamLine(line=row.line, **values))


def _reach_problems(line: int, values: dict[str, Any]) -> Iterator[Problem]:
    scope = values["role"].scope
    for wanted, column, missing in (
        (Scope.UNIT, "unit", _("This role is held for a unit: name the unit.")),
        (Scope.BRANCH, "branch", _("This role is held for a branch site: name it.")),
    ):
        if scope is wanted and not values[column]:
            yield Problem(line, column, missing)
        if scope is not wanted and values[column]:
            yield Problem(line, column, _("This role does not reach so: leave it empty."))


def _contradictions(lines: Iterable[SezamLine]) -> Iterator[Problem]:
    """Yield where two lines say different things of one person, or give two people one login."""
    first_of: dict[str, SezamLine] = {}
    login_of: dict[str, SezamLine] = {}
    for line in lines:
        first = first_of.setdefault(line.sezam_id, line)
        for column in OF_A_PERSON:
            said, before = getattr(line, column), getattr(first, column)
            if said != before:
                message = _("“%(said)s”, but line %(line)s says “%(before)s” of the same person.")
                yield Problem(
                    line.line,
                    column,
                    message % {"said": said, "line": first.line, "before": before},
                )
        owner = login_of.setdefault(line.login, line)
        if owner.sezam_id != line.sezam_id:
            message = _("The login %(login)s stands already at line %(line)s, for another person.")
            yield Problem(line.line, "login", message % {"login": line.login, "line": owner.line})


def repetitions(lines: Iterable[SezamLine]) -> Iterator[Problem]:
    """Yield lines that give one role to one person twice in the same time, or by the same number."""
    groups: dict[tuple[str, ...], list[SezamLine]] = {}
    for line in lines:
        groups.setdefault((line.sezam_id, *line.reach), []).append(line)
    for group in groups.values():
        yield from _repeated(group)


def _repeated(group: Iterable[SezamLine]) -> Iterator[Problem]:
    by_number: dict[str, SezamLine] = {}
    latest: SezamLine | None = None
    for line in sorted(group, key=lambda line: (line.valid_from, line.line)):
        twin = by_number.setdefault(line.authorisation, line)
        if twin is not line:
            message = _("Line %(line)s gives this person the same role by the same number.")
            yield _at_the_later(line, twin, message)
        elif latest is not None and line.span.overlaps(latest.span):
            message = _("Line %(line)s gives this person the same role in the same time already.")
            yield _at_the_later(line, latest, message)
        if latest is None or line.span.outlasts(latest.span):
            latest = line


def _at_the_later(line: SezamLine, other: SezamLine, message: str) -> Problem:
    earlier, later = sorted((line.line, other.line))
    return Problem(later, "role", message % {"line": earlier})
