"""Answering the feed: pages from rows or from stored chunks, and lines without end."""

import hashlib
import re
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
#: The validator of a page: where it ends, how much it holds, and the rest.
_VALIDATOR = re.compile(r"\b([0-9]{1,18})-[0-9]{1,3}-[0-9a-f]{64}\b")


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
        short, epoch = _without_documents(request, reading, asked, limit)
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
    etag = _etag(_told(reading, epoch, asked), page.cursor, len(page.rows), more=page.more)
    if answers.is_known(request, etag):
        return answers.conditional(request, reading, etag, bytes)
    body = as_json(reading.channel, page, epoch, asked.after, ids_only=asked.ids_only)
    return answers.compressed(request, reading, etag, body)


def _without_documents(
    request: HttpRequest, reading: Reading, asked: Asked, limit: int
) -> tuple[HttpResponse | None, str]:
    """Return 304 if the client's page is still the one that begins here, or a page that holds nothing.

    Else none; and the epoch, as it was read before any document.
    """
    channel, after = reading.channel, asked.after
    # What the client holds compressed is most times a stored page: its hash stands in one row.
    if limit == LIMIT and answers.holds_packed(request):
        stored = queries.chunk_etag(channel, after)
        if stored is not None and answers.is_known(request, stored):
            return answers.conditional(request, reading, stored, bytes), ""
    end = max(after, _end_of_held(request))
    found = queries.extent(channel, after, end)
    if after > found.last:
        raise problems.cursor_ahead(after, found.last)
    more = found.last > end
    is_page = found.held <= limit and (found.held == limit or not more)
    if not is_page or (more and limit == LIMIT):
        # There is more to tell, or a stored page may stand here, with a hash of its own.
        return None, found.epoch
    etag = _etag(_told(reading, found.epoch, asked), end, found.held, more=more)
    if answers.is_known(request, etag):
        return answers.conditional(request, reading, etag, bytes), found.epoch
    if found.held:
        return None, found.epoch
    body = as_json(channel, FeedPage([], after, more=False), found.epoch, after)
    return answers.compressed(request, reading, etag, body), found.epoch


def _end_of_held(request: HttpRequest) -> int:
    """Return where the page ends that the client says it has; 0 where it has none."""
    held = _VALIDATOR.search(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return int(held[1]) if held else 0


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


def _told(reading: Reading, epoch: str, asked: Asked) -> str:
    """Return what a page is a page of."""
    return f"{reading.channel} {epoch} {asked.after} {asked.filters} {asked.ids_only}"


def _etag(told: str, cursor: int, count: int, *, more: bool) -> str:
    """Return a page's validator.

    A number stands for one state of one document, for good, and none comes to stand between numbers
    that were given out: where a page ends and how many it holds say all that its bytes say.
    """
    digest = hashlib.sha256(f"{told} {cursor} {count} {more}".encode()).hexdigest()
    return f"{cursor}-{count}-{digest}"


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
