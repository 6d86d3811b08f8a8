"""Writing the feed: the head's lock, the numbers, and what goes with a row when it changes."""

from types import TracebackType
from typing import Self

from django.db import connection

from kpum.channels.documents import Built
from kpum.channels.models import Chunk, FeedHead, Mention, PublishedDocument
from kpum.core import clock
from kpum.pages.enums import GoneReason


class Feed:
    """The feed, open for writing: its head is locked until the transaction ends.

    ``with Feed() as feed`` inside a transaction; numbers and new rows are saved at the end of the
    block, none of them when it raises.
    """

    def __enter__(self) -> Self:
        self._head = FeedHead.objects.select_for_update().filter(pk=1).first() or _first_head()
        self._first = self._head.last
        self._new: list[PublishedDocument] = []
        self._mentions: list[tuple[PublishedDocument, frozenset[tuple[str, str]]]] = []
        return self

    def next(self) -> int:
        """Return the next sequence number."""
        self._head.last += 1
        return self._head.last

    def store(self, built: Built, channels: set[str], rows: list[PublishedDocument]) -> None:
        """Make the document stand in exactly these channels; what stands so already stays.

        Args:
            built: the document.
            channels: the codes of the channels it goes to.
            rows: what the read model holds of it now, in any channel.
        """
        present = {row.channel: row for row in rows}
        for code, row in present.items():
            if code not in channels:
                self._leave(row)
        for code in sorted(channels):
            row = present.get(code) or PublishedDocument(
                channel=code, document_id=built.document_id, locale=built.locale
            )
            facts = (built.unit_code, built.code, built.url)
            said = (row.unit_code, row.code, row.url)
            (row.unit_code, row.code, row.url) = facts
            if not row._state.adding and not row.is_gone and row.etag == built.etag:
                if said != facts:
                    self._describe(row, built)
                continue
            row.kind, row.body, row.etag, row.gone_reason = built.kind, built.body, built.etag, ""
            row.successor_id, row.successor_locale, row.successor_url = None, "", ""
            self._number(row)
            self._mentions.append((row, built.mentions))

    def _describe(self, row: PublishedDocument, built: Built) -> None:
        """Write what lists filter by beside bytes that stay: rows are older than their columns."""
        row.save(update_fields=["unit_code", "code", "url"])
        self._mentions.append((row, built.mentions))

    def _leave(self, row: PublishedDocument) -> None:
        """Leave a tombstone of what is public elsewhere, whatever an earlier one said."""
        if row.gone_reason != GoneReason.LEFT_CHANNEL:
            row.gone_reason = GoneReason.LEFT_CHANNEL.value
            row.successor_id, row.successor_locale, row.successor_url = None, "", ""
            self.entomb(row)

    def renumber(self, row: PublishedDocument) -> None:
        """Give the row a new number as it is."""
        self._number(row)

    def bury(self, row: PublishedDocument, reason: GoneReason) -> None:
        """Leave a tombstone; one that is there stays as it is."""
        if not row.is_gone:
            row.gone_reason = reason.value
            self.entomb(row)

    def entomb(self, row: PublishedDocument) -> None:
        """Save a tombstone that says something new: without text, hash and mentions."""
        row.body, row.etag = "", ""
        self._number(row)
        self._mentions.append((row, frozenset()))

    def _number(self, row: PublishedDocument) -> None:
        before, row.sequence, row.changed_at = row.sequence, self.next(), clock.now()
        if row._state.adding:
            self._new.append(row)
            return
        forget_chunk(row.channel, before)
        row.save()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if kind is None and self._mentions:
            PublishedDocument.objects.bulk_create(self._new)
            self._write_mentions()
        if kind is None and self._head.last != self._first:
            self._head.save(update_fields=["last"])

    def _write_mentions(self) -> None:
        new = {id(row) for row in self._new}
        rewritten = [row.pk for row, _named in self._mentions if id(row) not in new]
        if rewritten:
            delete_quietly(Mention.objects.filter(document__in=rewritten))
        Mention.objects.bulk_create(
            Mention(document=row, kind=kind, value=value)
            for row, named in self._mentions
            for kind, value in sorted(named)
        )


def _first_head() -> FeedHead:
    FeedHead.objects.get_or_create(pk=1)
    return FeedHead.objects.select_for_update().get(pk=1)


#: Ranges do not overlap: only the last one that begins before the number can hold it. Plain SQL, as
#: every row that changes asks: composing it costs more than asking.
_FORGET = (
    f"DELETE FROM {Chunk._meta.db_table} WHERE last >= %s AND id ="  # noqa: S608 - the name is ours
    f" (SELECT id FROM {Chunk._meta.db_table} WHERE channel = %s AND after < %s"
    " ORDER BY after DESC LIMIT 1)"
)


def forget_chunk(channel: str, sequence: int) -> None:
    """Delete the stored page of the feed whose range holds the number, under the head's lock."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [sequence, channel, sequence])


def delete_quietly(rows: object) -> None:
    """Delete rows that nothing hangs on in one statement, without reading them and without signals."""
    rows._raw_delete(rows.db)  # type: ignore[attr-defined]  # noqa: SLF001
