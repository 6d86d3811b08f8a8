"""Reading the feed: one query a page, whatever the size of the table."""

from dataclasses import dataclass
from uuid import UUID

from kpum.channels.models import FeedHead, PublishedDocument


@dataclass(frozen=True)
class FeedPage:
    """Rows after a cursor in their order, the next cursor, and whether more wait."""

    rows: list[PublishedDocument]
    cursor: int
    more: bool


def changes_after(channel: str, after: int, limit: int) -> FeedPage:
    """Return what changed in a channel after a cursor (0: everything there is)."""
    rows = list(
        PublishedDocument.objects.filter(channel=channel, sequence__gt=after).order_by("sequence")[
            : limit + 1
        ]
    )
    more = len(rows) > limit
    rows = rows[:limit]
    return FeedPage(rows, rows[-1].sequence if rows else after, more)


def last_sequence() -> int:
    """Return the last number given out; a cursor beyond it comes from another database."""
    return FeedHead.objects.values_list("last", flat=True).first() or 0


def document(channel: str, document_id: UUID, locale: str) -> PublishedDocument | None:
    """Return one document or its tombstone."""
    rows = PublishedDocument.objects.filter(channel=channel, document_id=document_id, locale=locale)
    return rows.first()
