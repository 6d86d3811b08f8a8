"""Files of cards, whatever their form: rows as they came, their faults, and the limits of both."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpum.org.errors import ImportRefused
from services.card_columns import CODE, LIST, NAMES, REASON, UNIT

#: A thousand cards in full are about seven megabytes.
MAX_BYTES = 25 * 1024 * 1024
MAX_CARDS = 5_000
_LONGEST_REASON = 2_000


class FileForm(Enum):
    """The forms of a file of cards, by the ending of its name."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True, order=True)
class Fault:
    """One fault of a file, where a person finds it: the sheet of a workbook, the row, the column."""

    line: int
    sheet: str
    column: str
    message: str

    def __str__(self) -> str:
        place = f"{self.sheet} {self.line}".strip()
        told = ": ".join(filter(None, (place, self.column, self.message)))
        return told.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class RawEntry:
    """An entry of a list as it came; ``prefix`` stands before its columns in the words of a fault."""

    line: int
    sheet: str
    prefix: str
    cells: dict[str, Any]

    def fault(self, part: str, message: str) -> Fault:
        """Return the fault of one of its cells."""
        return Fault(self.line, self.sheet, f"{self.prefix}{part}", message)


@dataclass
class RawCard:
    """A card's row as it came: what is not named in it stays as it is."""

    line: int
    sheet: str = ""
    cells: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[RawEntry]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def note(self, column: str, message: str) -> None:
        """Keep a fault of one of its cells."""
        self.faults.append(Fault(self.line, self.sheet, column, message))

    @property
    def code(self) -> str:
        """Return the code as it stands in the row, whatever it is worth."""
        return str(self.cells.get(CODE) or "").strip()

    def as_given(self) -> dict[str, Any]:
        """Return the row for a file of rejected rows, with the reasons."""
        told = dict(self.cells)
        for name, entries in self.lists.items():
            told[name] = [entry.cells for entry in entries]
        reasons = "; ".join(str(fault) for fault in sorted(self.faults))
        return told | {REASON: reasons[:_LONGEST_REASON]}


@dataclass(frozen=True)
class CardFile:
    """A file that was read: the columns that it has, and its rows."""

    names: tuple[str, ...]
    cards: list[RawCard]


class BadFile(ImportRefused):
    """The file has faults; all of them are in ``faults``. Nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__(
            ngettext(
                "The file has %(count)s fault; nothing was written.",
                "The file has %(count)s faults; nothing was written.",
                len(self.faults),
            )
            % {"count": len(self.faults)}
        )


def unreadable(message: str, *, line: int = 1, sheet: str = "", column: str = "") -> BadFile:
    """Return the error of a file of which no row can be judged."""
    return BadFile([Fault(line, sheet, column, message)])


def in_order(names: Sequence[str]) -> tuple[str, ...]:
    """Return known columns in the order of the shape."""
    return tuple(name for name in NAMES if name in names)


def judge_header(given: Sequence[str], *, line: int = 1, sheet: str = "") -> None:
    """Raise unless the header names the key, and nothing twice or unknown.

    Raises:
        BadFile: it does not; the error names each column.
    """
    faults = [
        Fault(line, sheet, name, _("The column is missing."))
        for name in (CODE, UNIT)
        if name not in given
    ]
    for name in dict.fromkeys(given):
        if name and name not in NAMES and name != REASON:
            faults.append(Fault(line, sheet, name[:60], _("There is no such column.")))
        if name and given.count(name) > 1:
            faults.append(Fault(line, sheet, name[:60], _("The column stands more than once.")))
    if faults:
        raise BadFile(faults)


def refuse_crowd(number: int) -> None:
    """Raise when a file holds more cards than one import takes.

    Raises:
        BadFile: it does.
    """
    if number > MAX_CARDS:
        raise unreadable(
            _("The file holds more than %(limit)s cards: divide it.") % {"limit": MAX_CARDS}
        )


def as_words(value: Any) -> str:
    """Return a value as a cell of a table holds it."""
    if isinstance(value, bool):
        return "tak" if value else "nie"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def raw_entries(items: Any, name: str, card: RawCard) -> list[RawEntry] | None:
    """Return the entries of a list that JSON gives; None, with the faults noted, when it gives none.

    Where an entry has one part only, the part may stand for it.
    """
    faults = len(card.faults)
    if not isinstance(items, list):
        card.note(name, _("Here a list is wanted, in brackets."))
        return None
    parts = tuple(LIST[name].parts)
    entries = []
    for order, item in enumerate(items, start=1):
        cells = {parts[0]: item} if len(parts) == 1 and isinstance(item, str) else item
        place = f"{name}[{order}]"
        if not isinstance(cells, dict):
            card.note(place, _("Here stands something that is no object in braces."))
            continue
        entries.append(RawEntry(card.line, card.sheet, f"{place}.", cells))
        for part in cells.keys() - set(parts):
            card.note(f"{place}.{part[:60]}", _("There is no such column."))
    return entries if len(card.faults) == faults else None
