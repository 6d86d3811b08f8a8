"""From the bytes of a file to rows of clean text, with every fault of the file's form noted."""

import csv
import io
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from kpum.org.errors import Problem

#: A file that holds it lost a letter before it came to us.
_LOST = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Attributes:
        line: the line it begins at; a quoted cell may run over several.
        cells: the text by column.
        unread: the columns whose cells are garbled; their fault is noted, the rest can be judged.
    """

    line: int
    cells: dict[str, str]
    unread: frozenset[str]


class _Record(NamedTuple):
    first_line: int
    last_line: int
    cells: list[str]


class ExportReader:
    """What readers of every form share; ``problems`` holds what is wrong with the file's form."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns = columns
        self.problems: list[Problem] = []

    def _decode(self, data: bytes) -> str:
        for number, line in enumerate(data.splitlines(), start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                place = _("byte %(position)s") % {"position": error.start + 1}
                message = _("Byte 0x%(byte)s is not UTF-8. Save the file as UTF-8.")
                self._note(number, place, message % {"byte": f"{line[error.start]:02X}"})
        return data.decode("utf-8", errors="replace").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")

    def _illegible(self) -> set[int]:
        """Return the lines of which a byte could not be decoded."""
        return {problem.line for problem in self.problems}

    def _judged(self, lines: range, cells: dict[str, str], illegible: set[int]) -> Row:
        """Return the row that stands on these lines, with the columns noted that are garbled."""
        noted = not illegible.isdisjoint(lines)
        garbled = {column: bad for column in self.columns if (bad := _garbage(cells[column]))}
        for column, bad in garbled.items():
            if not (noted and bad == _LOST):
                message = _("The text holds the character U+%(code)s, which is no letter.")
                self._note(lines.start, column, message % {"code": f"{ord(bad):04X}"})
        return Row(lines.start, cells, frozenset(garbled))

    def _note(self, line: int, column: str, message: str) -> None:
        self.problems.append(Problem(line, column, message))


class TableReader(ExportReader):
    """Reads a CSV table once."""

    def read(self, data: bytes) -> list[Row]:
        """Return the rows; none when the header is unusable. Columns not asked for are ignored."""
        text = self._decode(data)
        illegible = self._illegible()
        records = list(self._records(text))
        header = records[0] if records else _Record(1, 1, [])
        if header.first_line in illegible or not self._header_serves(header):
            return []
        return [
            self._row(record, header.cells, illegible)
            for record in records[1:]
            if any(record.cells)
        ]

    def _records(self, text: str) -> Iterator[_Record]:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._note(line, "", _("The row cannot be read: %(why)s.") % {"why": error})
            else:
                yield _Record(line, reader.line_num, [clean(cell) for cell in cells])

    def _header_serves(self, header: _Record) -> bool:
        before = len(self.problems)
        for column in self.columns:
            times = header.cells.count(column)
            if times == 0:
                self._note(header.first_line, column, _("The column is missing."))
            elif times > 1:
                self._note(header.first_line, column, _("The column stands more than once."))
        return len(self.problems) == before

    def _row(self, record: _Record, header: list[str], illegible: set[int]) -> Row:
        cells = dict.fromkeys(self.columns, "") | dict(zip(header, record.cells, strict=False))
        if not self._width_fits(record, header):
            # One cell too few or too many, and every cell may stand in its neighbour's column.
            return Row(record.first_line, cells, frozenset(self.columns))
        return self._judged(range(record.first_line, record.last_line + 1), cells, illegible)

    def _width_fits(self, record: _Record, header: list[str]) -> bool:
        given, wanted = len(record.cells), len(header)
        if given == wanted:
            return True
        column = header[given] if given < wanted else str(wanted + 1)
        message = _("The row has %(given)s cells, the header %(wanted)s.")
        self._note(record.first_line, column, message % {"given": given, "wanted": wanted})
        return False


def clean(cell: str) -> str:
    """Return the text composed (NFC) and single-spaced: exports carry hard spaces and line ends."""
    return " ".join(unicodedata.normalize("NFC", cell).split())


def _garbage(cell: str) -> str | None:
    # Control characters, and halves of a pair that JSON can spell and no database holds.
    bad = {"Cc", "Cs"}
    return next((c for c in cell if c == _LOST or unicodedata.category(c) in bad), None)
