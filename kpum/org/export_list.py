"""From the bytes of a JSON file, a list of objects, to the same rows as a table gives."""

import json
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from kpum.org.export_table import ExportReader, Row, clean

_BLANKS = " \t\r\n"


class _BadList(ValueError):
    """The text at ``place`` is not what a list of objects has there."""

    def __init__(self, place: int, message: str) -> None:
        self.place = place
        super().__init__(message)


class _Pairs(list[tuple[str, Any]]):
    """An object as it stands in the file, doubled names included."""


class ListReader(ExportReader):
    """Reads a list of objects once; a row's line is the one its object begins at."""

    def read(self, data: bytes) -> list[Row]:
        """Return the rows up to the first place that is no JSON. Names not asked for are ignored."""
        text = self._decode(data)
        illegible = self._illegible()
        rows: list[Row] = []
        try:
            for lines, item in self._items(text):
                if (row := self._row(lines, item, illegible)) is not None:
                    rows.append(row)
        except _BadList as error:
            self._note(_line_at(text, error.place), "", str(error))
        return rows

    def _items(self, text: str) -> Iterator[tuple[range, Any]]:
        """Yield each member of the list with the lines it stands on."""
        # Numbers stay as they are written: an identifier may begin with noughts.
        decoder = json.JSONDecoder(object_pairs_hook=_Pairs, parse_int=str, parse_float=str)
        place = _after(text, 0, "[")
        if text[place : place + 1] == "]":
            _expect_end(text, place + 1)
            return
        line, counted = 1, 0
        while True:
            item, end = _decoded(decoder, text, place)
            line += text.count("\n", counted, place)
            counted = end
            last = line + text.count("\n", place, end)
            yield range(line, last + 1), item
            line = last
            place = _skip(text, end)
            if text[place : place + 1] == "]":
                _expect_end(text, place + 1)
                return
            place = _after(text, place, ",")

    def _row(self, lines: range, item: Any, illegible: set[int]) -> Row | None:
        if not isinstance(item, _Pairs):
            self._note(lines.start, "", _("Here stands something that is no object in braces."))
            return None
        names = [name for name, _value in item]
        values = dict(item)
        cells: dict[str, str] = {}
        faulty: set[str] = set()
        for column in self.columns:
            cells[column] = ""
            if column not in values:
                message = _("The column is missing.")
            elif names.count(column) > 1:
                message = _("The column stands more than once.")
            elif values[column] is not None and not isinstance(values[column], str):
                message = _("The value is neither text nor a number.")
            else:
                cells[column] = clean(values[column] or "")
                continue
            self._note(lines.start, column, message)
            faulty.add(column)
        row = self._judged(lines, cells, illegible)
        return Row(row.line, cells, row.unread | faulty)


def _decoded(decoder: json.JSONDecoder, text: str, place: int) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, place)
    except json.JSONDecodeError as error:
        raise _BadList(error.pos, _("This is no JSON: %(why)s.") % {"why": error.msg}) from error
    except RecursionError as error:
        message = _("This is no JSON: %(why)s.") % {"why": _("too many brackets in one another")}
        raise _BadList(place, message) from error


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BLANKS:
        place += 1
    return place


def _after(text: str, place: int, mark: str) -> int:
    """Return the place of what follows the mark.

    Raises:
        _BadList: something else stands there.
    """
    place = _skip(text, place)
    if text[place : place + 1] != mark:
        raise _BadList(
            place, _("Expected “%(mark)s”: the file is a list of objects.") % {"mark": mark}
        )
    return _skip(text, place + 1)


def _expect_end(text: str, place: int) -> None:
    if (place := _skip(text, place)) < len(text):
        raise _BadList(place, _("The list has ended, yet the file goes on."))


def _line_at(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
