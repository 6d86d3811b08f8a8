"""A simple search over published pages: every word first, then any word, diacritics or not."""

import re
from dataclasses import dataclass
from typing import Any

from wagtail.models import Page

PAGE_SIZE = 20
MAX_LENGTH = 100
_WORD = re.compile(r"\w[\w-]*")


@dataclass(frozen=True)
class Results:
    """What was found: the pages in order, and whether some match only part of the words."""

    pages: list[Any]
    widened: bool


def find(words: str) -> Results:
    """Return the published pages that match; an empty query finds nothing.

    Pages with every word come first; when they are few, pages with any of the words follow.
    """
    # Signs mean something to SQLite's and PostgreSQL's own query languages, but nothing here.
    words = " ".join(_WORD.findall(words[:MAX_LENGTH]))
    if not words:
        return Results([], widened=False)
    candidates = Page.objects.live().public()
    found = list(candidates.search(words, operator="and")[:PAGE_SIZE])
    if len(found) >= PAGE_SIZE:
        return Results(_specific(found), widened=False)
    seen = {page.pk for page in found}
    more = [p for p in candidates.search(words, operator="or")[:PAGE_SIZE] if p.pk not in seen]
    return Results(_specific([*found, *more][:PAGE_SIZE]), widened=bool(more))


def _specific(pages: list[Page]) -> list[Any]:
    by_id = Page.objects.specific().in_bulk([page.pk for page in pages])
    return [by_id[page.pk] for page in pages if page.pk in by_id]
