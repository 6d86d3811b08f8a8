"""Cards as a table of text: a row a card; what repeats is one cell of JSON (ADR 0017)."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from services.card_columns import LIST, REASON
from services.card_files import (
    MAX_BYTES,
    CardFile,
    RawCard,
    as_words,
    in_order,
    judge_header,
    raw_entries,
    refuse_crowd,
    unreadable,
)

_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
_DELIMITERS = (";", ",", "\t")
#: What spreadsheets take for the beginning of a formula, and the mark that says it is none.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_QUOTE = "'"

csv.field_size_limit(MAX_BYTES)


def guarded(text: str) -> str:
    """Return the text so that no spreadsheet computes it; ``unguarded`` takes the guard away."""
    rest = text.lstrip(_QUOTE)
    return _QUOTE + text if rest[:1] in _FORMULA and rest else text


def unguarded(text: str) -> str:
    """Return the text without the guard."""
    rest = text.lstrip(_QUOTE)
    return text[1:] if text != rest and rest[:1] in _FORMULA and rest else text


def write(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> bytes:
    """Return the table: UTF-8 with a mark, semicolons, every cell quoted: as Polish Excel opens it."""
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerow(names)
    for row in rows:
        table.writerow([guarded(_cell(name, row.get(name))) for name in names])
    return (_MARK + out.getvalue()).encode("utf-8", "replace")


def _cell(name: str, value: Any) -> str:
    if name in LIST and isinstance(value, list):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return as_words(value)


def read(data: bytes) -> CardFile:
    """Return the rows of a table.

    Raises:
        BadFile: no row can be judged: the encoding, the quotes or the header are wrong.
    """
    text = _decoded(data)
    records = _records(text, _delimiter(text))
    line, given = next(records, (1, []))
    header = [name.strip() for name in given]
    judge_header(header, line=line)
    cards = []
    for number, cells in records:
        if any(cell.strip() for cell in cells):
            cards.append(_card(number, header, cells))
            refuse_crowd(len(cards))
    return CardFile(in_order(header), cards)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        raise unreadable(_("The file is not UTF-8 text. Save it as “CSV UTF-8”."))
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError as error:
            message = _(
                "Byte 0x%(byte)s is not UTF-8; in Windows-1250 it would be “%(letter)s”."
                " Save the file as “CSV UTF-8”."
            )
            byte = line[error.start : error.start + 1]
            raise unreadable(
                message % {"byte": byte.hex().upper(), "letter": byte.decode("cp1250", "replace")},
                line=number,
            ) from error
    return data.decode("utf-8").removeprefix(_MARK)


def _delimiter(text: str) -> str:
    header = text.split("\n", 1)[0]
    return max(_DELIMITERS, key=header.count)


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = _("The row cannot be read: %(why)s.") % {"why": error}
            raise unreadable(message, line=line) from error


def _card(line: int, header: Sequence[str], cells: Sequence[str]) -> RawCard:
    card = RawCard(line)
    if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
        message = _("The row has %(given)s cells, the header %(wanted)s.")
        card.note("", message % {"given": len(cells), "wanted": len(header)})
    for name, cell in zip(header, cells, strict=False):
        if not name or name == REASON:
            continue
        card.cells[name] = unguarded(cell)
        if name in LIST and (entries := _entries(name, unguarded(cell), card)) is not None:
            card.lists[name] = entries
            del card.cells[name]
    return card


def _entries(name: str, cell: str, card: RawCard) -> Any:
    if not cell.strip():
        return []
    try:
        items = json.loads(cell)
    except (ValueError, RecursionError) as error:
        why = getattr(error, "msg", _("too many brackets in one another"))
        card.note(name, _("This is no JSON: %(why)s.") % {"why": why})
        return None
    # A cell with a fault stays as it came: the file of rejected rows gives it back.
    return raw_entries(items, name, card)
