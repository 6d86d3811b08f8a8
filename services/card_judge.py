"""What each row of a file asks for: a new card, a change, nothing; or what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.coreutils import string_to_ascii

from kpum.org.export_cells import BadCell
from services.card_cells import shown
from services.card_columns import CODE, COLUMN, COLUMNS, LIST, SLUG, UNIT, Entry, Row
from services.card_context import Context
from services.card_files import RawCard
from services.card_held import HeldCard
from services.card_rules import faults_of_cell, faults_of_entry, settled, settled_entry
from services.codes import validate_code

_KEYS = (CODE, UNIT)
_LONGEST_SLUG = 250


class Fate(Enum):
    """What becomes of a row, in the order in which a report counts."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    BAD = "bad"


@dataclass
class JudgedCard:
    """A row, what it says, and what it asks for.

    Attributes:
        row: what was read of it, by column.
        changes: the columns that change, with what the card will hold.
        held: the card that there is.
        slug: the address that a new card gets.
    """

    raw: RawCard
    row: Row
    fate: Fate = Fate.UNCHANGED
    changes: Row = field(default_factory=dict)
    held: HeldCard | None = None
    slug: str = ""

    @property
    def title(self) -> str:
        """Return what a person calls the card."""
        return self.row.get("title") or (self.held.title if self.held else "")


def read_rows(raws: Sequence[RawCard]) -> list[JudgedCard]:
    """Return the rows with their cells read; what cannot be read is noted with the row."""
    return [JudgedCard(raw, dict(_cells(raw)) | dict(_lists(raw))) for raw in raws]


def _cells(raw: RawCard) -> Iterator[tuple[str, Any]]:
    for column in COLUMNS:
        if column.name in raw.cells:
            try:
                yield column.name, column.kind.read(raw.cells[column.name])
            except BadCell as error:
                raw.note(column.name, str(error))


def _lists(raw: RawCard) -> Iterator[tuple[str, list[Entry]]]:
    for name, entries in raw.lists.items():
        read = []
        for given in entries:
            entry = LIST[name].empty_entry()
            for part, kind in LIST[name].parts.items():
                try:
                    entry[part] = (
                        kind.read(given.cells[part]) if part in given.cells else kind.empty
                    )
                except BadCell as error:
                    raw.faults.append(given.fault(part, str(error)))
            read.append(entry)
        yield name, read


def judge(cards: Sequence[JudgedCard], context: Context) -> None:
    """Say of each row what becomes of it.

    A row that names a card which is new in this file falls with that card's row.
    """
    _judge_doubles(cards)
    for card in cards:
        _judge_key(card, context)
        if not card.raw.faults:
            _compare(card, context)
    _settle_news(cards, context)
    for card in cards:
        _judge_changes(card, context)
    _drop_what_leans_on_bad(cards, context)
    for card in cards:
        if card.raw.faults:
            card.fate = Fate.BAD


def _judge_doubles(cards: Sequence[JudgedCard]) -> None:
    """Note, with each row of a code that stands twice, where else it stands: neither is to be trusted."""
    rows: dict[str, list[JudgedCard]] = {}
    for card in cards:
        rows.setdefault(card.row.get(CODE, ""), []).append(card)
    for code, doubled in rows.items():
        for card in doubled if code and len(doubled) > 1 else ():
            other = next(one for one in doubled if one is not card)
            message = _("The code %(code)s stands at line %(line)s, too.")
            card.raw.note(CODE, message % {"code": shown(code), "line": other.raw.line})


def _judge_key(card: JudgedCard, context: Context) -> None:
    code, unit = card.row.get(CODE, ""), card.row.get(UNIT, "")
    for name in _KEYS:
        if not card.row.get(name) and not _noted(card, name):
            card.raw.note(name, _("The cell is empty: it says which card is meant."))
    if not code or not unit:
        return
    held = context.held.get(code, [])
    card.held = held[0] if held else None
    if len(held) > 1:
        card.raw.note(CODE, _("Several cards bear the code %(code)s.") % {"code": shown(code)})
    elif card.held and card.held.unit != unit:
        message = _(
            "The card lies with %(unit)s. Move it in the portal first, or correct the cell."
        )
        card.raw.note(UNIT, message % {"unit": card.held.unit})
    elif not card.held:
        _judge_new_key(card, code, unit, context)


def _judge_new_key(card: JudgedCard, code: str, unit: str, context: Context) -> None:
    try:
        validate_code(code)
    except ValidationError as error:
        card.raw.note(CODE, " ".join(error.messages))
    if unit not in context.units:
        card.raw.note(UNIT, _("There is no unit %(unit)s.") % {"unit": shown(unit)})
    elif unit not in context.folders:
        message = _("The unit %(unit)s has no folder in the catalogue: have one made first.")
        card.raw.note(UNIT, message % {"unit": unit})


def _noted(card: JudgedCard, name: str) -> bool:
    return any(fault.column == name for fault in card.raw.faults)


def _compare(card: JudgedCard, context: Context) -> None:
    if card.held is None:
        card.fate = Fate.NEW
        card.changes = {name: value for name, value in card.row.items() if name not in _KEYS}
        return
    # What is public already asks for nothing, whatever newer draft lies above it.
    if card.held.public is not None and not _differences(card.row, card.held.public, context):
        return
    card.changes = _differences(card.row, card.held.draft, context)
    if card.changes:
        card.fate = Fate.CHANGED


def _differences(row: Row, held: Row, context: Context) -> Row:
    """Return what the card would hold otherwise; an empty address asks for none."""
    return {
        name: value
        for name, value in row.items()
        if value != held[name]
        and (value or name != SLUG)
        and _as_settled(name, value, context) != held[name]
    }


def _as_settled(name: str, value: Any, context: Context) -> Any:
    try:
        return settled(name, value, context)
    except BadCell:
        return value


def _settle_news(cards: Sequence[JudgedCard], context: Context) -> None:
    """Give new cards their addresses, and let rows name each other's new cards."""
    for card in cards:
        if card.fate is not Fate.NEW:
            continue
        context.cards.setdefault(card.row[CODE], [0])
        taken = context.slugs[context.folders[card.row[UNIT]].pk]
        wished = card.changes.pop(SLUG, "")
        if wished in taken:
            card.raw.note(SLUG, _("The address “%(slug)s” is taken.") % {"slug": shown(wished)})
        card.slug = wished or _free_slug(card, taken)
        taken.add(card.slug)


def _free_slug(card: JudgedCard, taken: set[str]) -> str:
    plain = slugify(string_to_ascii(card.title)) or slugify(string_to_ascii(card.row[CODE]))
    base, slug, number = plain[:_LONGEST_SLUG], plain[:_LONGEST_SLUG], 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _judge_changes(card: JudgedCard, context: Context) -> None:
    if card.fate not in {Fate.NEW, Fate.CHANGED}:
        return
    if card.held is not None and card.held.barred:
        card.raw.note(CODE, card.held.barred)
    if card.held is not None and SLUG in card.changes:
        card.raw.note(SLUG, _("The address of a card changes in the portal, not by a file."))
    if card.fate is Fate.NEW:
        card.changes.setdefault("title", "")
        for message in faults_of_cell(SLUG, card.slug, context):
            card.raw.note(SLUG, message)
    for name in [name for name in card.changes if name != SLUG]:
        if name in COLUMN:
            _judge_cell(card, name, context)
        else:
            _judge_list(card, name, context)
    _judge_period(card)


def _judge_cell(card: JudgedCard, name: str, context: Context) -> None:
    try:
        card.changes[name] = settled(name, card.changes[name], context)
        faults = list(faults_of_cell(name, card.changes[name], context))
    except BadCell as error:
        faults = [str(error)]
    for message in faults:
        card.raw.note(name, message)


def _judge_list(card: JudgedCard, name: str, context: Context) -> None:
    entries = []
    for order, entry in enumerate(card.changes[name]):
        given = card.raw.lists[name][order]
        try:
            entries.append(settled_entry(name, entry, context))
        except BadCell as error:
            part = "file" if name == "forms" else "text"
            card.raw.faults.append(given.fault(part, str(error)))
            continue
        for part, message in faults_of_entry(name, entries[-1], card.row, context):
            card.raw.faults.append(given.fault(part, message))
        if name == "body" and entry["kind"] == "step" and not _follows_steps(card, order):
            message = _("A “step” goes on with “steps”: the first of them is called “steps”.")
            card.raw.faults.append(given.fault("kind", message))
    card.changes[name] = entries


def _follows_steps(card: JudgedCard, order: int) -> bool:
    before = card.row["body"][order - 1]["kind"] if order else ""
    return before in {"steps", "step"}


def _judge_period(card: JudgedCard) -> None:
    if not {"valid_from", "valid_to"} & card.changes.keys():
        return
    held = card.held.draft if card.held else {}
    begin, end = (card.row.get(name, held.get(name)) for name in ("valid_from", "valid_to"))
    if begin and end and end <= begin:
        name = "valid_to" if "valid_to" in card.changes else "valid_from"
        card.raw.note(name, _("The end must come after the beginning."))


def _drop_what_leans_on_bad(cards: Sequence[JudgedCard], context: Context) -> None:
    """Note the fault of every row that names a card which a bad row would have brought."""
    waiting = [card for card in cards if card.fate is Fate.NEW and card.raw.faults]
    while waiting:
        lost = {card.row[CODE] for card in waiting}
        waiting = []
        for card in cards:
            had_faults = bool(card.raw.faults)
            for order, entry in enumerate(card.changes.get("relations", ())):
                if entry["card"] in lost:
                    message = _("The row of the card %(code)s is bad.") % {"code": entry["card"]}
                    card.raw.faults.append(
                        card.raw.lists["relations"][order].fault("card", message)
                    )
            if card.raw.faults and not had_faults and card.fate is Fate.NEW:
                waiting.append(card)
