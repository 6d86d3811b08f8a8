"""Cards as a workbook for clerks: a sheet of cards, and a sheet for each part that repeats."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from kpum.core.errors import KpumError
from services.card_columns import CODE, COLUMN, LIST, REASON, UNIT, heading_of
from services.card_files import (
    CardFile,
    RawCard,
    RawEntry,
    as_words,
    in_order,
    judge_header,
    refuse_crowd,
    unreadable,
)

#: The sheet of the cards; the other sheets are named as the lists are.
CARDS = "cards"
MAX_UNPACKED = 250 * 1024 * 1024
MAX_PARTS = 500
MAX_ROWS = 200_000
#: The words for people stand above the ids; nothing says how many rows of words a clerk adds.
_HEADER_WITHIN = 6
_WIDEST = 80
_LONGEST_CELL = 32_767
_MARK = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: What no XML holds; workbooks spell it by its number.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_FORMULA = frozenset("=+-@\t")
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, InvalidFileException, KeyError,
    IndexError, NotImplementedError, ParseError, RuntimeError, TypeError, ValueError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class _Formula:
    """A cell that computes: what it comes to, only a spreadsheet knows."""

    def __str__(self) -> str:
        return _("a formula")


class TooLongForCell(KpumError):
    """A text is longer than a cell of a workbook; names card and column."""


def write(rows: Iterable[dict[str, Any]], names: Sequence[str]) -> bytes:
    """Return the workbook; every text is a text, whatever it begins with.

    Raises:
        TooLongForCell: a text fits into no cell.
    """
    held = list(rows)
    plain = [name for name in names if name in COLUMN]
    if any(REASON in row for row in held):
        plain.append(REASON)
    # All texts are judged before the first is written: a workbook that was begun must be ended.
    sheets = [(CARDS, "", plain, [_line(row, CARDS, plain, row) for row in held])]
    for name in names:
        if name in LIST:
            parts = list(LIST[name].parts)
            lines = [
                [row.get(CODE), *_line(row, name, parts, entry)]
                for row in held
                for entry in row.get(name) or ()
            ]
            sheets.append((name, f"{name}.", [CODE, *parts], lines))
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write_sheet(book, *sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _line(
    row: dict[str, Any], title: str, columns: Sequence[str], cells: dict[str, Any]
) -> list[Any]:
    return [
        _content(cells.get(column), f"{row.get(CODE)}, {title}, {column}") for column in columns
    ]


def _content(value: Any, place: str) -> str | int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    marked = _MARK.sub(r"_x005F_x\1_", as_words(value))
    text = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", marked)
    if len(text) > _LONGEST_CELL:
        raise TooLongForCell(
            _("%(place)s: the text fits into no cell of a workbook. Choose JSON.")
            % {"place": place}
        )
    return text


def _write_sheet(
    book: Any, title: str, prefix: str, columns: Sequence[str], lines: Iterable[Sequence[Any]]
) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B3"
    for order, column in enumerate(columns, start=1):
        width = 14 if column in {CODE, UNIT} else 32
        sheet.column_dimensions[get_column_letter(order)].width = width
    with translation.override("pl"):
        headings = [heading_of(f"{prefix}{column}") for column in columns]
    sheet.append([_headed(sheet, text, Font(bold=True)) for text in headings])
    sheet.append([_headed(sheet, text, Font(italic=True, color="666666")) for text in columns])
    for line in lines:
        sheet.append([_cell(sheet, content) for content in line])


def _headed(sheet: Any, text: str, font: Font) -> Any:
    cell = WriteOnlyCell(sheet, text)
    cell.font, cell.alignment = font, Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(sheet: Any, content: str | int) -> Any:
    if isinstance(content, int) or not content:
        return content if isinstance(content, int) else None
    cell = WriteOnlyCell(sheet, content)
    # Text that begins like a formula is text: the type says so here, the mark in the spreadsheet.
    cell.data_type, cell.number_format = "s", "@"
    cell.quotePrefix = content[:1] in _FORMULA
    return cell


def read(data: bytes) -> CardFile:
    """Return the rows of a workbook.

    Raises:
        BadFile: no row can be judged: it is no workbook, holds macros, is larger than it seems,
            or a sheet's header is wrong.
    """
    _refuse_dangers(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        return _cards(book)
    except _BROKEN as error:
        raise unreadable(_("The workbook cannot be read.")) from error


def _refuse_dangers(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or size > MAX_UNPACKED:
                raise unreadable(_("The workbook is much larger than it seems: it is refused."))
            if any("vbaproject" in part.filename.lower() for part in parts):
                raise unreadable(_("The workbook holds macros. Save it as .xlsx, without them."))
            if any(_declares(package.read(part)) for part in parts):
                raise unreadable(_("The workbook cannot be read."))
    except _BROKEN as error:
        raise unreadable(_("The file is no workbook of the form .xlsx.")) from error


def _declares(part: bytes) -> bool:
    """Return whether a part defines entities of XML, or is spelt so that one could not see it."""
    head = part[:4096]
    return b"<!DOCTYPE" in head or b"<!ENTITY" in head or head[:2] in {b"\xff\xfe", b"\xfe\xff"}


def _cards(book: Any) -> CardFile:
    sheets = {sheet.title.strip(): sheet for sheet in book.worksheets}
    if CARDS not in sheets:
        raise unreadable(_("The sheet is missing."), sheet=CARDS)
    for title, sheet in sheets.items():
        if title != CARDS and title not in LIST and any(_rows(sheet)):
            raise unreadable(_("There is no such sheet."), sheet=title[:60])
    header, rows = _table(sheets[CARDS], CARDS)
    judge_header(header, sheet=CARDS)
    cards = []
    for line, values in rows:
        cards.append(_card(line, header, values))
        refuse_crowd(len(cards))
    lists = [name for name in LIST if name in sheets]
    for name in lists:
        _add_entries(cards, name, sheets[name])
    return CardFile(in_order([*header, *lists]), cards)


def _rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows that hold anything, with their numbers."""
    sheet.reset_dimensions()
    for line, cells in enumerate(sheet.iter_rows(max_col=_WIDEST), start=1):
        if line > MAX_ROWS:
            raise unreadable(_("The sheet has too many rows."), line=line, sheet=sheet.title)
        values = [_value(cell) for cell in cells]
        if any(value != "" for value in values):
            yield line, values


def _value(cell: Any) -> Any:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type in {"f", "e"}:
        return _Formula()
    if isinstance(value, str):
        return _MARK.sub(lambda mark: chr(int(mark[1], 16)), value)
    if isinstance(value, datetime) and value.time() == time(0):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _table(sheet: Any, title: str) -> tuple[list[str], Iterator[tuple[int, list[Any]]]]:
    """Return the ids of the columns, and what stands below them."""
    rows = _rows(sheet)
    for line, values in rows:
        if line > _HEADER_WITHIN:
            break
        if CODE in values:
            return [str(value).strip() for value in values], rows
    raise unreadable(_("No row holds the names of the columns."), sheet=title)


def _card(line: int, header: Sequence[str], values: Sequence[Any]) -> RawCard:
    card = RawCard(line, CARDS)
    for order, value in enumerate(values):
        name = header[order] if order < len(header) else ""
        if not name and value != "":
            card.note(get_column_letter(order + 1), _("The column has no name."))
        elif isinstance(value, _Formula):
            card.note(name, _("Here stands a formula: put in its place what it comes to."))
        if name and name != REASON:
            card.cells[name] = str(value) if isinstance(value, _Formula) else value
    for name in header:
        if name and name != REASON:
            card.cells.setdefault(name, "")
    for name in [name for name in card.cells if name in LIST]:
        card.note(name, _("Such entries stand in a sheet of their own."))
    return card


def _add_entries(cards: list[RawCard], name: str, sheet: Any) -> None:
    """Give the cards what stands in the sheet of a list, in the order of its rows."""
    header, rows = _table(sheet, name)
    _judge_list_header(header, name)
    known = {card.code: card for card in reversed(cards) if card.sheet == CARDS}
    for card in cards:
        card.lists[name] = []
    for line, values in rows:
        cells = {key: value for key, value in zip(header, values, strict=False) if key}
        code = str(cells.pop(CODE, "")).strip()
        card = known.get(code) or _orphan(code, line, name, cards)
        entry = RawEntry(line, name, "", cells)
        card.lists.setdefault(name, []).append(entry)
        for part, value in cells.items():
            if isinstance(value, _Formula):
                message = _("Here stands a formula: put in its place what it comes to.")
                card.faults.append(entry.fault(part, message))
                cells[part] = str(value)


def _orphan(code: str, line: int, name: str, cards: list[RawCard]) -> RawCard:
    card = RawCard(line, name, {CODE: code})
    card.note(CODE, _("The sheet “cards” has no card of this code."))
    cards.append(card)
    return card


def _judge_list_header(header: Sequence[str], name: str) -> None:
    wanted = {CODE, *LIST[name].parts}
    for column in filter(None, header):
        if column not in wanted:
            raise unreadable(_("There is no such column."), sheet=name, column=column[:60])
        if header.count(column) > 1:
            message = _("The column stands more than once.")
            raise unreadable(message, sheet=name, column=column)
