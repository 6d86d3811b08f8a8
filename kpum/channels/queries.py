"""Reading the feed: one query a page, whatever the size of the table."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kpum.channels.models import FeedHead, PublishedDocument
from kpum.pages.enums import Channel


@dataclass(frozen=True)
class FeedPage:
    """Rows after a cursor in their order, the next cursor, and whether more wait."""

    rows: list[PublishedDocument]
    cursor: int
    more: bool


def changes_after(channel: Channel, after: int, limit: int) -> FeedPage:
    """Return what changed in a channel after a cursor (0: everything there is)."""
    rows = list(
        PublishedDocument.objects.filter(channel=channel, sequence__gt=after).order_by("sequence")[
            : limit + 1
        ]
    )
    more = len(rows) > limit
    rows = rows[:limit]
    return FeedPage(rows, rows[-1].sequence if rows else after, more)


def head_of_the_feed() -> tuple[int, str]:
    """Return the last number given out and the epoch it belongs to (ADR 0012).

    A cursor beyond the number, or of another epoch, comes from another life of the database.
    """
    return FeedHead.objects.values_list("last", "epoch").first() or (0, "")


def document(channel: Channel, document_id: UUID, locale: str) -> PublishedDocument | None:
    """Return one document or its tombstone."""
    rows = PublishedDocument.objects.filter(channel=channel, document_id=document_id, locale=locale)
    return rows.first()


def is_public(page: Any) -> bool:
    """Return whether citizens may read a page: live, and nothing above it restricted."""
    return bool(page.live) and not page.get_view_restrictions().exists()


def channels_of_units() -> frozenset[str]:
    """Return the channels that hold the documents of units: all of them."""
    return frozenset(Channel.values)
