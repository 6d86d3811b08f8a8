"""Cards as a list of JSON objects, named as in the channels' document of a card."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from services.card_columns import COLUMN, LIST, NAMES, REASON
from services.card_files import (
    CardFile,
    RawCard,
    in_order,
    raw_entries,
    refuse_crowd,
    unreadable,
)

_BLANKS = " \t\r\n"
#: Objects in a card's object: ``appeal`` holds what a table has as ``appeal.days``.
_NESTED = frozenset(name.split(".")[0] for name in COLUMN if "." in name)


class _Doubled(ValueError):
    """An object names one thing twice."""


def write(rows: Iterable[dict[str, Any]], _names: Sequence[str]) -> bytes:
    """Return the list, an object a card with whatever its row has."""
    cards = [_nested(row) for row in rows]
    text = json.dumps(cards, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "replace")


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in row.items():
        outer, _dot, inner = name.partition(".")
        if inner and isinstance(told.get(outer, {}), dict):
            told.setdefault(outer, {})[inner] = value
        elif name in LIST and len(LIST[name].parts) == 1 and isinstance(value, list):
            told[name] = [_bare(entry) for entry in value]
        else:
            told[name] = value
    return told


def _bare(entry: Any) -> Any:
    """Return the only part of an entry; an entry that is otherwise stays as it came."""
    return next(iter(entry.values())) if isinstance(entry, dict) and len(entry) == 1 else entry


def read(data: bytes) -> CardFile:
    """Return the rows of a list of objects; a row's line is the one its object begins at.

    Raises:
        BadFile: the file is no list of objects.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise unreadable(_("The file is not UTF-8 text."), line=line) from error
    cards, named = [], set()
    for line, item in _items(text):
        if not isinstance(item, dict):
            raise unreadable(_("Here stands something that is no object in braces."), line=line)
        card = _card(line, item)
        named |= card.cells.keys() | card.lists.keys()
        cards.append(card)
        refuse_crowd(len(cards))
    return CardFile(in_order(tuple(named)), cards)


def _card(line: int, item: dict[str, Any]) -> RawCard:
    card = RawCard(line)
    for name, value in item.items():
        if name in _NESTED and isinstance(value, dict):
            for inner, part in value.items():
                _take(card, f"{name}.{inner}", part)
        elif name != REASON:
            _take(card, name, value)
    return card


def _take(card: RawCard, name: str, value: Any) -> None:
    if name not in NAMES:
        card.note(name[:60], _("There is no such column."))
    elif name not in LIST:
        card.cells[name] = value
    elif (entries := raw_entries(value, name, card)) is not None:
        card.lists[name] = entries
    if name not in card.lists:
        # What cannot be judged is kept as it came, for the file of rejected rows.
        card.cells[name] = value


def _items(text: str) -> Iterator[tuple[int, Any]]:
    decoder = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)
    place, line, counted = _after(text, 0, "["), 1, 0
    if text[place : place + 1] == "]":
        _expect_end(text, place + 1)
        return
    while True:
        line += text.count("\n", counted, place)
        counted = place
        item, end = _decoded(decoder, text, place)
        yield line, item
        place = _skip(text, end)
        if text[place : place + 1] == "]":
            _expect_end(text, place + 1)
            return
        place = _after(text, place, ",")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Doubled(_("one name stands twice in an object"))
    return found


def _no_number(name: str) -> Any:
    raise ValueError(_("%(name)s is no number") % {"name": name})


def _decoded(decoder: json.JSONDecoder, text: str, place: int) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, place)
    except RecursionError as error:
        why = _("too many brackets in one another")
        raise _no_json(text, place, why) from error
    except ValueError as error:
        where = getattr(error, "pos", place)
        raise _no_json(text, where, getattr(error, "msg", str(error))) from error


def _no_json(text: str, place: int, why: str) -> Exception:
    return unreadable(
        _("This is no JSON: %(why)s.") % {"why": why}, line=text.count("\n", 0, place) + 1
    )


def _skip(text: str, place: int) -> int:
    while place < len(text) and text[place] in _BLANKS:
        place += 1
    return place


def _after(text: str, place: int, mark: str) -> int:
    place = _skip(text, place)
    if text[place : place + 1] != mark:
        message = _("Expected “%(mark)s”: the file is a list of objects.") % {"mark": mark}
        raise unreadable(message, line=text.count("\n", 0, place) + 1)
    return _skip(text, place + 1)


def _expect_end(text: str, place: int) -> None:
    if _skip(text, place) < len(text):
        message = _("The list has ended, yet the file goes on.")
        raise unreadable(message, line=text.count("\n", 0, place) + 1)
