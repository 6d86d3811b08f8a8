"""Answering the feed: pages from rows or from stored chunks, and lines without end."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse

from kpum.channels import answers, problems, queries, schemas
from kpum.channels.answers import Reading
from kpum.channels.queries import FeedPage, Filters, Row

#: What a page holds unless told otherwise; stored pages are made for it.
LIMIT = 100
NDJSON = "application/x-ndjson"
#: What one statement reads while lines are streamed.
_BATCH = 200


@dataclass(frozen=True)
class Asked:
    """What of a channel's feed is asked for; without a limit, everything there is."""

    after: int = 0
    limit: int | None = None
    filters: Filters = queries.NO_FILTERS
    ids_only: bool = False

    @property
    def is_plain(self) -> bool:
        """Return whether whole documents of every kind are wanted."""
        return not (self.filters or self.ids_only)


def wants_lines(request: HttpRequest) -> bool:
    """Return whether the client asks for one change a line."""
    return NDJSON in request.META.get("HTTP_ACCEPT", "")


def answer(request: HttpRequest, reading: Reading, asked: Asked) -> HttpResponse:
    """Return a page of the feed.

    Raises:
        ApiProblem: the cursor comes from another history of the portal.
    """
    limit = asked.limit or LIMIT
    reading = replace(reading, cursor=asked.after)
    epoch = ""
    if asked.is_plain:
        short, epoch = _without_documents(request, reading, asked.after, limit)
        if short is not None:
            return short
    if asked.is_plain and limit == LIMIT:
        chunk = queries.chunk_from(reading.channel, asked.after)
        if chunk is not None:
            etag, packed = chunk
            return _packed_page(request, reading, etag, packed)
    page = queries.changes_after(
        reading.channel, asked.after, limit, asked.filters, bodies=not asked.ids_only
    )
    if not page.rows:
        _require_own_history(reading.channel, asked.after)
    if asked.is_plain and limit == LIMIT and page.more:
        page = _up_to_next_chunk(reading.channel, asked.after, page)
    # Read before the page or long before it: a follower that is told an old one asks again.
    epoch = epoch or queries.epoch()
    etag = _etag(reading.channel, page, epoch, ids_only=asked.ids_only)
    if answers.is_known(request, etag):
        return answers.conditional(request, reading, etag, bytes)
    body = as_json(reading.channel, page, epoch, asked.after, ids_only=asked.ids_only)
    return answers.compressed(request, reading, etag, body)


def _without_documents(
    request: HttpRequest, reading: Reading, after: int, limit: int
) -> tuple[HttpResponse | None, str]:
    """Return 304 if the client's page is still the one that begins here, or a page that holds nothing.

    Else none; and the epoch, as it was read before any document.
    """
    asks_again = "HTTP_IF_NONE_MATCH" in request.META
    # What the client holds compressed is most times a stored page: its hash stands in one row.
    if limit == LIMIT and asks_again and answers.holds_packed(request):
        stored = queries.chunk_etag(reading.channel, after)
        if stored is not None and answers.is_known(request, stored):
            return answers.conditional(request, reading, stored, bytes), ""
    # Who holds nothing is only told when there is nothing.
    asked = limit if asks_again else 0
    marks, epoch = queries.marks_after(reading.channel, after, asked)
    if marks and marks[0][0] == after:
        marks = marks[1:]
    elif after and not marks:
        raise problems.cursor_ahead(after, queries.last_sequence(reading.channel))
    more = len(marks) > asked
    if more and (limit == LIMIT or not asks_again):
        # A stored page may stand here: it has a hash of its own.
        return None, epoch
    marks = marks[:asked]
    cursor = marks[-1][0] if marks else after
    told = [f"{sequence} {mark}" for sequence, mark in marks]
    etag = _hash_of(f"{reading.channel} {epoch}", told, cursor, more=more, ids_only=False)
    if answers.is_known(request, etag):
        return answers.conditional(request, reading, etag, bytes), epoch
    if marks:
        return None, epoch
    body = as_json(reading.channel, FeedPage([], after, more=False), epoch, after)
    return answers.compressed(request, reading, etag, body), epoch


def _packed_page(request: HttpRequest, reading: Reading, etag: str, packed: bytes) -> HttpResponse:
    if answers.is_known(request, etag):
        return answers.conditional(request, reading, etag, bytes)
    return answers.compressed(request, reading, etag, b"", packed=packed)


def _require_own_history(channel: str, after: int) -> None:
    """Every cursor that was given out is a number of the channel, and no number is ever lost."""
    if after and after > (last := queries.last_sequence(channel)):
        raise problems.cursor_ahead(after, last)


def _up_to_next_chunk(channel: str, after: int, page: FeedPage) -> FeedPage:
    """End the page where a stored one begins, so that the next request finds that one."""
    begins = queries.next_chunk_begins(channel, after)
    if begins is None or begins >= page.cursor:
        return page
    rows = [row for row in page.rows if row.sequence <= begins]
    return FeedPage(rows, begins, more=True) if rows else page


def _etag(channel: str, page: FeedPage, epoch: str, *, ids_only: bool) -> str:
    told = [f"{row.sequence} {row.etag or row.gone_reason}" for row in page.rows]
    return _hash_of(f"{channel} {epoch}", told, page.cursor, more=page.more, ids_only=ids_only)


def _hash_of(feed: str, rows: list[str], cursor: int, *, more: bool, ids_only: bool) -> str:
    """Return the hash of a page: numbers and hashes of its rows say all that its bytes say."""
    told = f"{feed} {cursor} {more} {ids_only} " + " ".join(rows)
    return hashlib.sha256(told.encode()).hexdigest()


def as_json(
    channel: str, page: FeedPage, epoch: str, after: int, *, ids_only: bool = False
) -> bytes:
    """Return a page as it is sent."""
    more = "true" if page.more else "false"
    entries = ",".join(entry(row, ids_only=ids_only) for row in page.rows)
    return (
        f'{{"channel":"{channel}","epoch":"{epoch}","after":{after},"next":{page.cursor},"more":{more},'
        f'"changes":[{entries}]}}'
    ).encode()


def entry(row: Row, *, ids_only: bool = False) -> str:
    """Return a change as JSON; the stored document is put in as it is, not parsed again."""
    head = (
        f'"sequence":{row.sequence},"id":"{row.document_id}","locale":"{row.locale}",'
        f'"type":"{row.kind}"'
    )
    if row.is_gone:
        successor = successor_of(row)
        told = successor.model_dump_json() if successor else "null"
        return f'{{"status":"gone",{head},"reason":"{row.gone_reason}","successor":{told}}}'
    if ids_only:
        return f'{{"status":"live",{head},"etag":"{row.etag}"}}'
    return f'{{"status":"live",{head},"etag":"{row.etag}","document":{row.body}}}'


def successor_of(row: Row) -> schemas.Successor | None:
    """Return where a tombstone leads, if anywhere."""
    if row.successor_id is None:
        return None
    return schemas.Successor(
        id=row.successor_id, locale=row.successor_locale, url=row.successor_url
    )


def stream(request: HttpRequest, reading: Reading, asked: Asked) -> HttpResponse:
    """Return the feed as lines, read batch by batch: memory does not grow with the channel.

    Raises:
        ApiProblem: the cursor comes from another history of the portal.
    """
    reading = replace(reading, cursor=asked.after)
    until = queries.last_sequence(reading.channel)
    if asked.after > until:
        raise problems.cursor_ahead(asked.after, until)
    epoch = queries.epoch()
    told = f"lines {reading.channel} {epoch} {until} {asked}"
    etag = hashlib.sha256(told.encode()).hexdigest()
    if answers.is_known(request, etag):
        return answers.conditional(request, reading, etag, bytes)
    lines = _lines(reading.channel, asked, until, epoch)
    return answers.streamed(request, reading, etag, lines, content_type=NDJSON)


def _lines(channel: str, asked: Asked, until: int, epoch: str) -> Iterator[bytes]:
    """Yield batches of lines up to a number; what changes meanwhile moves beyond it and is told."""
    after, left, more = asked.after, asked.limit, asked.after < until
    while more and after < until and left != 0:
        size = _BATCH if left is None else min(_BATCH, left)
        page = queries.changes_after(channel, after, size, asked.filters, bodies=not asked.ids_only)
        after, more = page.cursor, page.more
        left = None if left is None else left - len(page.rows)
        yield "".join(entry(row, ids_only=asked.ids_only) + "\n" for row in page.rows).encode()
    end = "true" if more else "false"
    yield f'{{"epoch":"{epoch}","after":{asked.after},"next":{after},"more":{end}}}\n'.encode()
