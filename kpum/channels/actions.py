"""Keeping the read model in step with what is public, inside the transaction of the act."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django_tasks import task
from wagtail.models import Page, PageViewRestriction

from kpum.channels import documents, queries
from kpum.channels.models import Mention, PublishedDocument, RebuildMark
from kpum.channels.writing import Feed
from kpum.core import clock
from kpum.org.models import Unit
from kpum.pages import channel_rules
from kpum.pages.enums import GoneReason, WithdrawalReason
from kpum.pages.models import Withdrawal
from kpum.pages.registry import RemovedPage
from kpum.portal.models import UnitDirectoryPage

BATCH = 100
Rows = dict[tuple[UUID, str], list[PublishedDocument]]
#: Stands in a mark for no page, but for every unit: their directory is gone.
ALL_UNITS = 0


class ReadModel:
    """The projector that the door calls (``kpum.pages.registry.Projector``)."""

    def pages_changed(self, page_ids: Sequence[int], gone_reason: GoneReason) -> None:
        """Store the documents of these pages as they are now, and a tombstone for each that left."""
        for page in _project_all(page_ids, gone_reason):
            if isinstance(page, UnitDirectoryPage):
                mark_subtree(page.pk)

    def pages_removed(self, pages: Sequence[RemovedPage]) -> None:
        """Leave a tombstone for every document of these pages, and lead nobody there any more."""
        gone = {(page.document_id, page.locale) for page in pages}
        ids = {document_id for document_id, _locale in gone}
        with Feed() as feed:
            for key, rows in rows_of(ids).items():
                for row in rows if key in gone else ():
                    feed.bury(row, GoneReason.DELETED)
            leading = PublishedDocument.objects.filter(successor_id__in=ids).defer("body")
            for row in leading.order_by("pk"):
                if (row.successor_id, row.successor_locale) in gone:
                    row.successor_id, row.successor_locale, row.successor_url = None, "", ""
                    feed.entomb(row)
            _mark_linking(ids)

    def subtree_changed(self, page_id: int) -> None:
        """Mark a subtree for the worker."""
        mark_subtree(page_id)

    def unit_changed(self, unit: Unit) -> None:
        """Store the document of a unit, in every channel."""
        store_units([unit])


def store_units(units: Iterable[Unit]) -> None:
    """Store the documents of units, in every channel that takes them; what stands so already stays."""
    with Feed() as feed:
        chosen = list(units)
        rows = rows_of(unit.document_id for unit in chosen)
        rules = channel_rules.rules()
        for unit, built in zip(chosen, documents.build_units(chosen), strict=True):
            taking = queries.channels_taking(rules, channel_rules.UNIT, unit.path)
            feed.store(built, taking, rows.get((built.document_id, built.locale), []))


def _project_all(page_ids: Sequence[int], gone_reason: GoneReason) -> list[Any]:
    """Project these pages, in the tree's order, and return them; hosts' own pages are none of ours."""
    with Feed() as feed:
        return project_pages(feed, page_ids, gone_reason)


def project_pages(feed: Feed, page_ids: Sequence[int], gone_reason: GoneReason) -> list[Any]:
    """Do the same under a lock that is held already."""
    pages = documents.read_specific(page_ids)
    rows = rows_of(page.translation_key for page in pages)
    sent = queries.channels_of_pages(pages)
    built = documents.build_pages(_public(pages))
    moved = set()
    for page in pages:
        own = rows.get((page.translation_key, page.locale.language_code), [])
        if page.pk in built:
            if not _stood_at(built[page.pk].url, own):
                moved.add(page.translation_key)
            feed.store(built[page.pk], sent[page.pk], own)
        else:
            moved.add(page.translation_key)
            _leave(feed, page, own, GoneReason.RESTRICTED if page.live else gone_reason)
    _lead_to(feed, pages, set(built))
    _mark_linking(moved)
    return pages


def _stood_at(url: str, rows: list[PublishedDocument]) -> bool:
    """Return whether a page was public at this address before, in a channel or in none any more."""
    return any(row.gone_reason in {"", GoneReason.LEFT_CHANNEL} and row.url == url for row in rows)


def _public(pages: Iterable[Any]) -> list[Any]:
    """Return those that everybody may read, asked anew."""
    hidden = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
    return [page for page in pages if page.live and not (hidden and page.path.startswith(hidden))]


def rows_of(document_ids: Iterable[UUID]) -> Rows:
    """Return what the read model holds of these documents, by id and language, without texts."""
    rows: Rows = {}
    found = PublishedDocument.objects.filter(document_id__in=set(document_ids)).defer("body")
    for row in found.order_by("pk"):
        rows.setdefault((row.document_id, row.locale), []).append(row)
    return rows


def _leave(feed: Feed, page: Any, rows: list[PublishedDocument], reason: GoneReason) -> None:
    if not rows:
        return
    withdrawals = Withdrawal.objects.filter(page=page.pk).select_related("successor__locale")
    withdrawal = withdrawals.first()
    for row in rows:
        if withdrawal is None:
            feed.bury(row, reason)
        else:
            _bury_withdrawn(feed, row, withdrawal)


def _bury_withdrawn(feed: Feed, row: PublishedDocument, withdrawal: Withdrawal) -> None:
    """Leave a tombstone that says what the withdrawal says; one that says it already stays."""
    taken_down = withdrawal.reason == WithdrawalReason.TAKEN_DOWN
    reason = GoneReason.TAKEN_DOWN if taken_down else GoneReason.WITHDRAWN
    successor = withdrawal.successor
    told = (
        reason.value,
        successor.translation_key if successor else None,
        successor.locale.language_code if successor else "",
        _address(successor) if successor else "",
    )
    said = (row.gone_reason, row.successor_id, row.successor_locale, row.successor_url)
    if said == told:
        return
    row.gone_reason, row.successor_id, row.successor_locale, row.successor_url = told
    feed.entomb(row)


def _address(successor: Page) -> str:
    """Return where a tombstone sends people: nowhere, while the successor itself is not public."""
    return successor.full_url or "" if queries.is_public(successor) else ""


def _lead_to(feed: Feed, pages: list[Any], public: set[int]) -> None:
    """Correct the tombstones that lead to pages whose address has changed, or says nothing now.

    Nowhere, while the successor itself is not public.
    """
    addresses = {
        (page.translation_key, page.locale.language_code): page.full_url or ""
        if page.pk in public
        else ""
        for page in pages
    }
    leading = PublishedDocument.objects.filter(successor_id__in={key[0] for key in addresses})
    for row in leading.defer("body").order_by("pk"):
        address = addresses.get((row.successor_id, row.successor_locale))
        if address is not None and address != row.successor_url:
            row.successor_url = address
            feed.entomb(row)


def renumber(row_ids: Iterable[int]) -> None:
    """Give rows new numbers as they are, so that followers read them again."""
    with Feed() as feed:
        for row in PublishedDocument.objects.filter(pk__in=list(row_ids)).order_by("sequence"):
            feed.renumber(row)


def mark_subtree(page_id: int) -> None:
    """Have the worker rebuild the documents of a page and of everything below it."""
    RebuildMark.objects.create(page_id=page_id, created_at=clock.now())
    transaction.on_commit(rebuild_marked_in_background.enqueue, robust=True)


def _mark_linking(document_ids: Iterable[UUID]) -> None:
    """Have the worker rebuild what links to these: their addresses came, changed or went."""
    names = [str(document_id) for document_id in document_ids]
    linking = Mention.objects.filter(kind=Mention.Kind.LINK, value__in=names).order_by()
    keys = set(linking.values_list("document__document_id", "document__locale")) if names else set()
    if not keys:
        return
    found = Page.objects.filter(translation_key__in={document_id for document_id, _ in keys})
    now = clock.now()
    RebuildMark.objects.bulk_create(
        RebuildMark(page_id=pk, alone=True, created_at=now)
        for pk, document_id, locale in found.order_by("path").values_list(
            "pk", "translation_key", "locale__language_code"
        )
        if (document_id, locale) in keys
    )
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
        if mark.alone:
            subtree = subtree.filter(pk=root.pk)
        below = list(subtree.order_by("path")[:BATCH])
    if not below:
        mark.delete()
        return
    # Units have their public pages in the directory: its address is part of theirs.
    if any(issubclass(page.specific_class, UnitDirectoryPage) for page in below):
        store_units(Unit.objects.all())
    mark.after_path = below[-1].path
    mark.save(update_fields=["after_path"])
    _project_all([page.pk for page in below], GoneReason.WITHDRAWN)


read_model = ReadModel()
