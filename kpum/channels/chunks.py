"""Stored pages of the feed: a full copy of a channel is mostly handing out compressed bytes.

A stored page begins where another ends, so a copy that begins at 0 meets one after another. Where
rows have left, a page holds less; two neighbours that fit into one become one.
"""

import gzip
import hashlib
from typing import NamedTuple

from django.db import transaction

from kpum.channels import queries
from kpum.channels.feed import LIMIT, as_json
from kpum.channels.models import Chunk
from kpum.channels.queries import FeedPage, Row
from kpum.channels.writing import Feed, delete_quietly
from kpum.pages.channel_rules import channel_codes

#: Better compression than that costs the worker more than it saves the network.
_LEVEL = 6


class Range(NamedTuple):
    """A stored page, or one that is wanted: the numbers it spans and how many rows it holds."""

    pk: int
    after: int
    last: int
    held: int


class Plan(NamedTuple):
    """A page to store: its range, its rows, and the stored pages that it takes in."""

    after: int
    last: int
    rows: list[Row]
    absorbed: list[int]


def build_chunks() -> int:
    """Store every page that is missing, each in a transaction of its own; return how many."""
    return sum(_build_all(channel) for channel in sorted(channel_codes()))


def _build_all(channel: str) -> int:
    built = 0
    # Looked at without the lock first: most times there is nothing to do.
    while _plan(channel) is not None:
        with transaction.atomic(), Feed():
            plan = _plan(channel)
            if plan is not None:
                _store(channel, plan)
                built += 1
    return built


def _plan(channel: str) -> Plan | None:
    """Return the first page that is missing; None when none is."""
    kept = Chunk.objects.filter(channel=channel).order_by("after")
    ranges = [Range(*values) for values in kept.values_list("pk", "after", "last", "count")]
    position, before = 0, None
    for number, own in enumerate(ranges):
        if own.after != position:
            return _fill(channel, position, before, ranges[number:])
        position, before = own.last, own
    rows = queries.changes_after(channel, position, LIMIT)
    # The last page of a channel is still being written: it is never stored.
    return Plan(position, rows.cursor, rows.rows, []) if rows.more else None


def _fill(channel: str, position: int, before: Range | None, following: list[Range]) -> Plan:
    """Return a page for a gap, joined with the pages beside it when they fit into one."""
    until = following[0].after
    rows = _rows_within(channel, position, until)
    if len(rows) > LIMIT:
        return Plan(position, rows[LIMIT - 1].sequence, rows[:LIMIT], [])
    count, absorbed = len(rows), []
    if before is not None and before.held + count <= LIMIT:
        position, count = before.after, count + before.held
        absorbed.append(before.pk)
    for own in following:
        if own.after != until or count + own.held > LIMIT:
            break
        until, count = own.last, count + own.held
        absorbed.append(own.pk)
    return Plan(position, until, _rows_within(channel, position, until), absorbed)


def _rows_within(channel: str, after: int, until: int) -> list[Row]:
    """Return the rows of a range, one more than a page holds if there are so many."""
    found = queries.changes_after(channel, after, LIMIT + 1)
    return [row for row in found.rows if row.sequence <= until]


def _store(channel: str, plan: Plan) -> None:
    body = as_json(channel, FeedPage(plan.rows, plan.last, more=True), queries.epoch(), plan.after)
    if plan.absorbed:
        delete_quietly(Chunk.objects.filter(pk__in=plan.absorbed))
    Chunk.objects.create(
        channel=channel,
        after=plan.after,
        last=plan.last,
        count=len(plan.rows),
        etag=hashlib.sha256(body).hexdigest(),
        body=gzip.compress(body, compresslevel=_LEVEL, mtime=0),
    )


def forget_all_chunks() -> None:
    """Delete every stored page: rows were changed past the feed's own writing."""
    with transaction.atomic(), Feed():
        delete_quietly(Chunk.objects.all())
