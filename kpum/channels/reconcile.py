"""Comparing the read model with what is public, batch by batch, and mending it.

In ordinary operation there is nothing to find: the door, the units and the sites keep the rows in
step (promise 3). What it finds was edited past all of them, by SQL. It mends by the projector, so
that what was wrong gets a new number and every follower learns of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Max, Min
from wagtail.models import Page, Site

from kpum.audit.actions import record
from kpum.channels import faults
from kpum.channels.actions import read_model, rebuild_marked, renumber
from kpum.channels.chunks import forget_all_chunks
from kpum.channels.faults import Fault, Finding
from kpum.channels.models import (
    FeedHead,
    PublishedDocument,
    RebuildMark,
    SignedManifest,
    new_epoch,
)
from kpum.org.models import Unit
from kpum.outbox.actions import enqueue
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import GoneReason
from kpum.pages.registry import RemovedPage
from kpum.pages.told import OURS

BATCH = 100
_SUBJECT = "feed:1"


@dataclass
class Report:
    """What a run compared, and what it found: how many of each fault."""

    pages: int = 0
    units: int = 0
    rows: int = 0
    #: Pages and units whose rebuilding the worker has yet to do; they were not compared.
    waiting: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)

    @property
    def found(self) -> int:
        """Return how many faults there were."""
        return self.faults.total()


def start_new_epoch() -> str:
    """Have every follower start again from 0, after the database went back to a backup (ADR 0012)."""
    with transaction.atomic():
        head = _held_head()
        before, head.epoch = head.epoch, new_epoch()
        head.save(update_fields=["epoch"])
        # What is kept of the former life names its epoch.
        SignedManifest.objects.all().delete()
        forget_all_chunks()
        _tell("feed.epoch_started", {"before": before, "after": head.epoch})
    return head.epoch


def reconcile(
    *, dry_run: bool = False, say: Callable[[Finding], object] = lambda _finding: None
) -> Report:
    """Compare every channel with what is public, and mend what differs.

    The head of the feed is held for a batch at a time: publishing waits for no more than that.

    Args:
        dry_run: find, and change nothing.
        say: called with each finding, before it is mended.
    """
    # Raw edits do not tell Wagtail's cache of addresses.
    Site.clear_site_root_paths_cache()
    run = _Run(dry_run, say)
    # First: with a head that was set back nothing can be written.
    run.check_numbers()
    if not dry_run:
        rebuild_marked()
    run.check_pages()
    run.check_units()
    run.check_strays()
    if run.report.found and not dry_run:
        # Rows that SQL changed did not throw away the stored pages they stand in.
        forget_all_chunks()
    return run.report


class _Run:
    def __init__(self, dry_run: bool, say: Callable[[Finding], object]) -> None:  # noqa: FBT001
        self.report = Report()
        self._dry_run, self._say = dry_run, say

    def check_numbers(self) -> None:
        """The last number given out stands in a row; a head behind it was set back.

        What was written since then took numbers that followers have passed: it gets new ones.
        """
        with transaction.atomic():
            head = _held_head()
            last = PublishedDocument.objects.aggregate(last=Max("sequence"))["last"] or 0
            if head.last >= last:
                return
            beyond = PublishedDocument.objects.filter(sequence__gt=head.last)
            since = beyond.aggregate(since=Min("changed_at"))["since"]
            late = PublishedDocument.objects.filter(sequence__lte=head.last, changed_at__gt=since)
            wrong = [*beyond.filter(sequence=last), *late.order_by("sequence")]
            found = [
                Finding(row.channel, row.document_id, row.locale, Fault.NUMBER, row.pk)
                for row in wrong
            ]
            if self._note(found):
                head.last = last
                head.save(update_fields=["last"])
                renumber(row.pk for row in wrong)

    def check_pages(self) -> None:
        """Compare page by page, in the order of the tree."""
        after = ""
        while batch := self._page_batch(after):
            after = batch[-1].path

    def _page_batch(self, after: str) -> list[Page]:
        with transaction.atomic():
            _held_head()
            found = Page.objects.filter(OURS, path__gt=after).select_related("locale")
            batch = list(found.order_by("path")[:BATCH])
            marked = _marked()
            pages = [page for page in batch if not _is_marked(page, marked)]
            self.report.waiting += len(batch) - len(pages)
            self.report.pages += len(pages)
            findings = list(faults.of_pages(pages))
            if self._note(findings):
                _mend_pages(pages, findings)
        return batch

    def check_units(self) -> None:
        """Compare unit by unit; their addresses follow the directory, which may still be marked."""
        after = 0
        while batch := self._unit_batch(after):
            after = batch[-1].pk

    def _unit_batch(self, after: int) -> list[Unit]:
        with transaction.atomic():
            _held_head()
            batch = list(Unit.objects.filter(pk__gt=after).order_by("pk")[:BATCH])
            if RebuildMark.objects.exists():
                self.report.waiting += len(batch)
                return batch
            self.report.units += len(batch)
            findings = list(faults.of_units(batch))
            if self._note(findings):
                _unsettle(findings)
                wrong = {finding.document_id for finding in findings}
                for unit in batch:
                    if unit.document_id in wrong:
                        read_model.unit_changed(unit)
        return batch

    def check_strays(self) -> None:
        """Look for rows whose page or unit is no more."""
        after = 0
        while batch := self._stray_batch(after):
            after = batch[-1].pk

    def _stray_batch(self, after: int) -> list[PublishedDocument]:
        with transaction.atomic():
            _held_head()
            batch = list(PublishedDocument.objects.filter(pk__gt=after).order_by("pk")[:BATCH])
            self.report.rows += len(batch)
            findings = list(faults.of_strays(batch))
            if self._note(findings):
                _mend_strays(batch, findings)
        return batch

    def _note(self, findings: Sequence[Finding]) -> bool:
        """Tell of what was found; return whether it is to be mended."""
        for finding in findings:
            self._say(finding)
        self.report.faults.update(finding.fault for finding in findings)
        if self._dry_run or not findings:
            return False
        _tell(
            "feed.reconciled",
            {
                "findings": [
                    [found.channel, str(found.document_id), found.locale, found.fault.value]
                    for found in findings
                ]
            },
        )
        return True


def _held_head() -> FeedHead:
    """Lock the head until the transaction ends: meanwhile nothing is published."""
    FeedHead.objects.get_or_create(pk=1)
    return FeedHead.objects.select_for_update().get(pk=1)


def _marked() -> list[tuple[str, str, bool]]:
    """Return what waits for the worker: the root's path, how far it is done, whether it is alone."""
    marks = list(RebuildMark.objects.values_list("page_id", "after_path", "alone"))
    roots = Page.objects.filter(pk__in={pk for pk, _done, _alone in marks})
    paths = dict(roots.values_list("pk", "path"))
    return [(paths[pk], done, alone) for pk, done, alone in marks if pk in paths]


def _is_marked(page: Page, marked: Iterable[tuple[str, str, bool]]) -> bool:
    return any(
        page.path == root if alone else page.path.startswith(root) and page.path > done
        for root, done, alone in marked
    )


def _mend_pages(pages: Sequence[Page], findings: Sequence[Finding]) -> None:
    keys = {page.pk: (page.translation_key, page.locale.language_code) for page in pages}
    wrong = {(found.document_id, found.locale) for found in findings}
    # A tombstone of another page that leads astray is put right when the page it leads to is projected.
    led = PublishedDocument.objects.filter(pk__in=[found.row_id for found in findings])
    targets = led.exclude(successor_id=None).values_list("successor_id", "successor_locale")
    wrong |= {(target, locale) for target, locale in targets if target}
    own = set(keys.values())
    _unsettle(found for found in findings if (found.document_id, found.locale) in own)
    ended: dict[GoneReason, list[int]] = {GoneReason.EXPIRED: [], GoneReason.WITHDRAWN: []}
    for page in pages:
        if keys[page.pk] in wrong:
            ended[GoneReason.EXPIRED if page.expired else GoneReason.WITHDRAWN].append(page.pk)
    for reason, ids in ended.items():
        read_model.pages_changed(ids, reason)


def _mend_strays(rows: Sequence[PublishedDocument], findings: Sequence[Finding]) -> None:
    _unsettle(finding for finding in findings if finding.fault is Fault.REASON)
    gone = []
    by_id = {row.pk: row for row in rows}
    for finding in findings:
        row = by_id[finding.row_id or 0]
        if finding.fault is Fault.SUCCESSOR and row.successor_id:
            gone.append(RemovedPage(0, row.successor_id, row.successor_locale))
        else:
            gone.append(RemovedPage(0, row.document_id, row.locale))
    read_model.pages_removed(gone)


def _unsettle(findings: Iterable[Finding]) -> None:
    """Make rows differ from whatever is right, so that the projector writes them anew."""
    rows = PublishedDocument.objects.filter(pk__in=[found.row_id for found in findings])
    rows.update(gone_reason="", etag="", successor_id=None, successor_locale="", successor_url="")


def _tell(action: str, data: dict[str, object]) -> None:
    record(
        action=action,
        actor=None,
        subject=_SUBJECT,
        label="feed",
        authority=Authority.of_system(SystemMandate.REPAIR).wording,
        data=data,
    )
    enqueue(kind=action, subject=_SUBJECT, payload=data)
