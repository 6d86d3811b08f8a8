"""Officialese in a Polish text, each phrase with plain words for it.

The phrases are data: ``officialese.toml`` beside this module, in the language of ``patterns``.
"""

import tomllib
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from services.plain_polish.findings import Finding, Kind
from services.plain_polish.patterns import Endings, Pattern, compile_pattern


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase: how it is found, what to say instead, and the sentences that prove it."""

    find: str
    suggest: str
    example: str
    never: tuple[str, ...]
    pattern: Pattern


@cache
def entries() -> tuple[Entry, ...]:
    """Return all phrases of the data file, in its order.

    Raises:
        ValueError: a pattern is written wrongly.
    """
    data = tomllib.loads((files(__package__) / "officialese.toml").read_text(encoding="utf-8"))
    endings = {name: tuple(row.split(" ")) for name, row in data["endings"].items()}
    return tuple(_entry(row, endings) for row in data["entry"])


def find_officialese(text: str) -> tuple[Finding, ...]:
    """Return the phrases in any text, in order; of two that overlap the longer. Never raises."""
    lowered = text.lower()
    worth = [entry for entry in entries() if entry.pattern.may_be_in(lowered)]
    return tuple(_apart(finding for entry in worth for finding in find_entry(entry, text)))


def find_entry(entry: Entry, text: str) -> Iterator[Finding]:
    """Yield where one phrase is in the text."""
    for start, end in entry.pattern.places(text):
        yield Finding(Kind.OFFICIALESE, start, end, text[start:end], entry.suggest)


def _entry(row: dict[str, Any], endings: Endings) -> Entry:
    pattern = compile_pattern(row["find"], endings)
    return Entry(row["find"], row["suggest"], row["example"], tuple(row["never"]), pattern)


def _apart(found: Iterable[Finding]) -> list[Finding]:
    """Return the findings that do not overlap, in order of place; the longer were chosen first."""
    taken: list[Finding] = []
    for finding in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        place = bisect_left(taken, finding.start, key=lambda one: one.start)
        is_free_before = place == 0 or taken[place - 1].end <= finding.start
        if is_free_before and (place == len(taken) or finding.end <= taken[place].start):
            taken.insert(place, finding)
    return taken
