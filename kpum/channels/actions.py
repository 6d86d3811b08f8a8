"""Keeping the read model in step with what is public, inside the transaction of the act."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django_tasks import task
from wagtail.models import Page

from kpum.channels import documents
from kpum.channels.models import FeedHead, PublishedDocument, RebuildMark
from kpum.core import clock
from kpum.org.models import Unit
from kpum.pages import channel_rules
from kpum.pages.enums import GoneReason, WithdrawalReason
from kpum.pages.models import Placement, PortalPage, Withdrawal
from kpum.pages.registry import RemovedPage
from kpum.portal.models import UnitDirectoryPage

BATCH = 100


class ReadModel:
    """The projector that the door calls (``kpum.pages.registry.Projector``)."""

    def pages_changed(self, page_ids: Sequence[int], gone_reason: GoneReason) -> None:
        """Store the documents of these pages as they are now, and a tombstone for each that left."""
        with feed() as head:
            pages = Page.objects.filter(pk__in=page_ids).order_by("path").specific()
            for page in pages:
                _project(head, page, gone_reason)
                if isinstance(page, UnitDirectoryPage):
                    mark_subtree(page.pk)

    def pages_removed(self, pages: Sequence[RemovedPage]) -> None:
        """Leave a tombstone for every document of these pages."""
        with feed() as head:
            for page in pages:
                rows = PublishedDocument.objects.filter(
                    document_id=page.document_id, locale=page.locale
                )
                for row in rows.order_by("pk"):
                    bury(head, row, GoneReason.DELETED)

    def subtree_changed(self, page_id: int) -> None:
        """Mark a subtree for the worker."""
        mark_subtree(page_id)

    def unit_changed(self, unit: Unit) -> None:
        """Store the document of a unit, in every channel that takes it."""
        with feed() as head:
            taking = channel_rules.taking(channel_rules.UNIT, unit.path)
            _store(head, documents.build_unit(unit), taking)


class feed:  # noqa: N801 - used as a statement
    """The head of the feed, locked until the transaction ends; saved if numbers were given out."""

    def __enter__(self) -> "feed":
        head, _created = FeedHead.objects.get_or_create(pk=1)
        self._head = FeedHead.objects.select_for_update().get(pk=head.pk)
        self._first = self._head.last
        return self

    def next(self) -> int:
        """Return the next sequence number."""
        self._head.last += 1
        return self._head.last

    def __exit__(self, *error: object) -> None:
        if self._head.last != self._first and error[0] is None:
            self._head.save(update_fields=["last"])


def _project(head: feed, page: Page, gone_reason: GoneReason) -> None:
    if not isinstance(page, PortalPage):
        return
    locale = page.locale.language_code
    if page.live and not page.get_view_restrictions().exists():
        built = documents.build_page(page)
        _store(head, built, _channels_of(page))
        _lead_to(head, page)
        return
    reason = gone_reason if not page.live else GoneReason.RESTRICTED
    rows = PublishedDocument.objects.filter(document_id=page.translation_key, locale=locale)
    withdrawals = Withdrawal.objects.filter(page=page.pk).select_related("successor__locale")
    withdrawal = withdrawals.first()
    for row in rows.order_by("pk"):
        if withdrawal is None:
            bury(head, row, reason)
        else:
            _bury_withdrawn(head, row, withdrawal)


def _channels_of(page: PortalPage) -> set[str]:
    """Return the channels of a public page: those its text wants and whose rules allow it.

    Asked under the feed's lock, which a change of the rules takes too: neither misses the other.
    """
    placed = Placement.objects.filter(page=page.pk)
    wanted = dict(placed.values_list("channel", "page__stewardship__owner_unit__path"))
    if not wanted:
        return set()
    unit_path = next(iter(wanted.values()))
    return set(wanted) & channel_rules.taking(page._meta.label_lower, unit_path)


def _bury_withdrawn(head: feed, row: PublishedDocument, withdrawal: Withdrawal) -> None:
    """Leave a tombstone that says what the withdrawal says; one that says it already stays."""
    taken_down = withdrawal.reason == WithdrawalReason.TAKEN_DOWN
    reason = GoneReason.TAKEN_DOWN if taken_down else GoneReason.WITHDRAWN
    successor = withdrawal.successor
    told = (
        reason.value,
        successor.translation_key if successor else None,
        successor.locale.language_code if successor else "",
        successor.full_url or "" if successor else "",
    )
    said = (row.gone_reason, row.successor_id, row.successor_locale, row.successor_url)
    if said == told:
        return
    row.body, row.etag = "", ""
    row.gone_reason, row.successor_id, row.successor_locale, row.successor_url = told
    _number(head, row)


def _lead_to(head: feed, page: Page) -> None:
    """Correct the tombstones that lead to a page whose address has changed."""
    address = page.full_url or ""
    rows = PublishedDocument.objects.filter(
        successor_id=page.translation_key, successor_locale=page.locale.language_code
    ).exclude(successor_url=address)
    for row in rows.order_by("pk"):
        row.successor_url = address
        _number(head, row)


def _store(head: feed, built: documents.Built, channels: set[str]) -> None:
    rows = {
        row.channel: row
        for row in PublishedDocument.objects.filter(
            document_id=built.document_id, locale=built.locale
        )
    }
    for channel in sorted(channels | rows.keys()):
        row = rows.get(channel)
        if channel not in channels:
            if row is not None:
                bury(head, row, GoneReason.LEFT_CHANNEL)
            continue
        if row is not None and not row.is_gone and row.etag == built.etag:
            continue
        row = row or PublishedDocument(
            channel=channel, document_id=built.document_id, locale=built.locale
        )
        row.kind, row.body, row.etag, row.gone_reason = built.kind, built.body, built.etag, ""
        row.successor_id, row.successor_locale, row.successor_url = None, "", ""
        _number(head, row)


def bury(head: feed, row: PublishedDocument, reason: GoneReason) -> None:
    """Leave a tombstone; one that is there already stays as it is."""
    if row.is_gone:
        return
    row.body, row.etag, row.gone_reason = "", "", reason.value
    _number(head, row)


def _number(head: feed, row: PublishedDocument) -> None:
    row.sequence, row.changed_at = head.next(), clock.now()
    row.save()


def mark_subtree(page_id: int) -> None:
    """Have the worker rebuild the documents of a page and of everything below it."""
    RebuildMark.objects.create(page_id=page_id, created_at=clock.now())
    transaction.on_commit(rebuild_marked_in_background.enqueue, robust=True)


@task()
def rebuild_marked_in_background() -> int:
    """Rebuild every marked subtree; return how many batches were done."""
    return rebuild_marked()


def rebuild_marked() -> int:
    """Rebuild every marked subtree, batch by batch; killed at any point, it goes on where it was."""
    batches = 0
    while (mark := RebuildMark.objects.order_by("pk").first()) is not None:
        with transaction.atomic():
            _rebuild_batch(mark.pk)
        batches += 1
    return batches


def _rebuild_batch(mark_id: int) -> None:
    mark = RebuildMark.objects.select_for_update().filter(pk=mark_id).first()
    root = Page.objects.filter(pk=mark.page_id).first() if mark else None
    if mark is None:
        return
    below: list[Any] = []
    if root is not None:
        subtree = Page.objects.filter(path__startswith=root.path, path__gt=mark.after_path)
        below = list(subtree.order_by("path")[:BATCH])
    if not below:
        mark.delete()
        return
    # Units have their public pages in the directory: its address is part of theirs.
    if any(issubclass(page.specific_class, UnitDirectoryPage) for page in below):
        for unit in Unit.objects.all():
            read_model.unit_changed(unit)
    mark.after_path = below[-1].path
    mark.save(update_fields=["after_path"])
    _project_all([page.pk for page in below])


def _project_all(page_ids: list[int]) -> None:
    with feed() as head:
        for page in Page.objects.filter(pk__in=page_ids).order_by("path").specific():
            _project(head, page, GoneReason.WITHDRAWN)


read_model = ReadModel()
