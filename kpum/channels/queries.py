"""Reading the feed and the lists: one query a page, whatever the size of the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, QuerySet

from kpum.channels.cursors import row_of
from kpum.channels.models import Chunk, FeedHead, Mention, PublishedDocument
from kpum.pages import channel_rules
from kpum.pages.channel_rules import Rule
from kpum.pages.models import Placement


def channels_taking(rules: Mapping[str, Rule], kind: str, unit_path: str | None) -> set[str]:
    """Return the channels whose rules take documents of this type and unit."""
    return {code for code, rule in rules.items() if rule.takes(kind, unit_path)}


def channels_of_pages(pages: Sequence[Any]) -> dict[int, set[str]]:
    """Return, for each public page, the channels that its text wants and whose rules allow it.

    Asked under the feed's lock, which a change of the rules takes too: neither misses the other.
    Two queries.
    """
    rules = channel_rules.rules()
    types = {page.pk: page._meta.label_lower for page in pages}
    sent: dict[int, set[str]] = {page.pk: set() for page in pages}
    wanted = Placement.objects.filter(page__in=types)
    for page_id, code, unit_path in wanted.values_list(
        "page", "channel", "page__stewardship__owner_unit__path"
    ):
        if code in rules and rules[code].takes(types[page_id], unit_path):
            sent[page_id].add(code)
    return sent


class Row(NamedTuple):
    """A row of the feed as it is sent: the document's bytes are never parsed."""

    sequence: int
    document_id: UUID
    locale: str
    kind: str
    etag: str
    gone_reason: str
    successor_id: UUID | None
    successor_locale: str
    successor_url: str
    changed_at: datetime
    body: str = ""

    @property
    def is_gone(self) -> bool:
        """Return whether this is a tombstone."""
        return bool(self.gone_reason)


_BODILESS = Row._fields[:-1]


@dataclass(frozen=True)
class FeedPage:
    """Rows after a cursor in their order, the next cursor, and whether more wait."""

    rows: list[Row]
    cursor: int
    more: bool


@dataclass(frozen=True)
class Filters:
    """What a list or a feed is narrowed to; empty texts narrow nothing."""

    kinds: tuple[str, ...] = ()
    locale: str = ""
    unit: str = ""
    code: str = ""
    mentions: tuple[tuple[str, str], ...] = field(default=())

    def __bool__(self) -> bool:
        return any((self.kinds, self.locale, self.unit, self.code, self.mentions))

    def narrow(self, rows: QuerySet[PublishedDocument]) -> QuerySet[PublishedDocument]:
        """Return those of the rows that fit."""
        if self.kinds:
            rows = rows.filter(kind__in=self.kinds)
        for name, value in (
            ("locale", self.locale),
            ("unit_code", self.unit),
            ("code", self.code),
        ):
            if value:
                rows = rows.filter(**{name: value})
        for kind, value in self.mentions:
            named = Mention.objects.filter(kind=kind, value=value)
            rows = rows.filter(pk__in=named.values("document"))
        return rows


NO_FILTERS = Filters()


def _after(channel: str, after: int, filters: Filters) -> QuerySet[PublishedDocument]:
    rows = PublishedDocument.objects.filter(channel=channel, sequence__gt=after)
    return filters.narrow(rows).order_by("sequence")


def changes_after(
    channel: str, after: int, limit: int, filters: Filters = NO_FILTERS, *, bodies: bool = True
) -> FeedPage:
    """Return what changed in a channel after a cursor (0: everything there is)."""
    fields = Row._fields if bodies else _BODILESS
    found = _after(channel, after, filters).values_list(*fields)[: limit + 1]
    return page_of([Row(*values) for values in found], after, limit)


def page_of(rows: list[Row], after: int, limit: int) -> FeedPage:
    """Return the page that begins with these rows, which are one more than the limit if more wait."""
    more = len(rows) > limit
    rows = rows[:limit]
    return FeedPage(rows, rows[-1].sequence if rows else after, more)


def epoch() -> str:
    """Return which life of the database the numbers belong to (ADR 0012); empty before the first."""
    return FeedHead.objects.values_list("epoch", flat=True).first() or ""


class Extent(NamedTuple):
    """What stands in the feed after a cursor, as one statement saw it.

    Attributes:
        epoch: which life of the database the numbers belong to.
        held: the changes after the cursor, up to and with an end.
        last: the channel's last number; 0 where it has none.
    """

    epoch: str
    held: int
    last: int


_ROWS = f"FROM {PublishedDocument._meta.db_table} WHERE channel = %s"
#: Plain SQL, as this is what followers ask all day: composing it would cost more than asking.
_EXTENT = (
    f"SELECT (SELECT epoch FROM {FeedHead._meta.db_table} WHERE id = 1),"  # noqa: S608 - names of tables are ours
    f" (SELECT count(*) {_ROWS} AND sequence > %s AND sequence <= %s),"
    f" (SELECT max(sequence) {_ROWS})"
)


def extent(channel: str, after: int, end: int) -> Extent:
    """Return what stands after a cursor up to another, without reading a document.

    A change never comes to stand between numbers that were given out, and one that moves on leaves
    its number for good: as long as the count is the same, so are the changes.
    """
    epoch, held, last = row_of(_EXTENT, [channel, after, end, channel]) or ("", 0, 0)
    return Extent(epoch or "", held, last or 0)


def last_sequence(channel: str) -> int:
    """Return the channel's last number; a cursor beyond it comes from another database."""
    rows = PublishedDocument.objects.filter(channel=channel)
    return rows.aggregate(last=Max("sequence"))["last"] or 0


_CHUNK = f" FROM {Chunk._meta.db_table} WHERE channel = %s AND after = %s"


def chunk_etag(channel: str, after: int) -> str | None:
    """Return the hash of the stored page that begins at a cursor."""
    found = row_of("SELECT etag" + _CHUNK, [channel, after])
    return found[0] if found else None


def chunk_from(channel: str, after: int) -> tuple[str, bytes] | None:
    """Return the stored page that begins at a cursor: (hash, compressed bytes)."""
    found = row_of("SELECT etag, body" + _CHUNK, [channel, after])
    return (found[0], bytes(found[1])) if found else None


def next_chunk_begins(channel: str, after: int) -> int | None:
    """Return where the first stored page after a cursor begins: a page made of rows ends there."""
    rows = Chunk.objects.filter(channel=channel, after__gt=after).order_by("after")
    return rows.values_list("after", flat=True).first()


def document(channel: str, document_id: UUID, locale: str) -> Row | None:
    """Return one document or its tombstone."""
    rows = PublishedDocument.objects.filter(channel=channel, document_id=document_id, locale=locale)
    values = rows.values_list(*Row._fields).first()
    return Row(*values) if values else None


_LIVE = (
    f" FROM {PublishedDocument._meta.db_table}"
    " WHERE channel = %s AND document_id = %s AND locale = %s AND gone_reason = ''"
)


def live_document(
    channel: str, document_id: UUID, locale: str, *, body: bool = True
) -> tuple[str, datetime, str] | None:
    """Return (hash, moment of change, text) of a live document; the text only when it is wanted."""
    key = PublishedDocument._meta.get_field("document_id").get_db_prep_value(
        document_id, connection
    )
    wanted = "SELECT etag, changed_at, " + ("body" if body else "''")
    found = row_of(wanted + _LIVE, [channel, key, locale])
    if found is None:
        return None
    etag, changed, text = found
    # Plain SQL gives SQLite's moments without the zone they are kept in.
    return etag, changed if changed.tzinfo else changed.replace(tzinfo=UTC), text


def live_documents(
    channel: str, after: int, limit: int, filters: Filters
) -> list[tuple[int, str, str]]:
    """Return (sequence, hash, text) of live documents after a sequence, one more than the limit.

    In the order of the feed: what changes between two pages comes again, and nothing is missed.
    """
    rows = _after(channel, after, filters).filter(gone_reason="")
    return list(rows.values_list("sequence", "etag", "body")[: limit + 1])


def document_at(channel: str, url: str) -> Row | None:
    """Return the document at a whole address: the live one, else the last that left it."""
    rows = PublishedDocument.objects.filter(channel=channel, url=url)
    found = rows.order_by("-sequence").values_list(*Row._fields)
    values = found.filter(gone_reason="").first() or found.first()
    return Row(*values) if values else None


def units_of(channel: str) -> list[tuple[int, str]]:
    """Return (number of its live documents, text) of each unit with documents in the channel."""
    live = PublishedDocument.objects.filter(channel=channel, gone_reason="")
    counts = dict(
        live.exclude(kind="unit").order_by().values_list("unit_code").annotate(count=Count("pk"))
    )
    units = live.filter(kind="unit", code__in=counts).order_by("code")
    return [(counts[code], body) for code, body in units.values_list("code", "body")]


def names_file(channel: str, media_id: UUID) -> bool:
    """Return whether a live document of the channel uses the file."""
    return Mention.objects.filter(
        kind=Mention.Kind.MEDIA,
        value=str(media_id),
        document__channel=channel,
        document__gone_reason="",
    ).exists()


def marks_of(channel: str) -> list[tuple[int, str, UUID, str, str]]:
    """Return (sequence, type, id, language, hash) of every row of a channel, from one statement."""
    rows = PublishedDocument.objects.filter(channel=channel).order_by()
    return list(rows.values_list("sequence", "kind", "document_id", "locale", "etag"))


def is_public(page: Any) -> bool:
    """Return whether citizens may read a page: live, and nothing above it restricted."""
    return bool(page.live) and not page.get_view_restrictions().exists()
