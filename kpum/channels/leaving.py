"""A channel's rules changed: what it no longer takes leaves it, and what it takes again comes back."""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django_tasks import task
from wagtail.models import Page

from kpum.channels import documents
from kpum.channels.actions import read_model, store_units
from kpum.channels.models import ChannelMark, PublishedDocument
from kpum.channels.writing import Feed
from kpum.core import clock
from kpum.org.models import Unit
from kpum.outbox.models import OutboxEvent
from kpum.pages import channel_rules
from kpum.pages.enums import GoneReason

BATCH = 100


def follow_channel_rules(code: str) -> None:
    """Bring a channel in step with its rules: one batch in the act's transaction, the rest marked."""
    mark = ChannelMark(channel=code, created_at=clock.now())
    if not _follow_batch(mark):
        mark.save()
        transaction.on_commit(follow_marked_in_background.enqueue, robust=True)


def mark_limited_channels(_event: OutboxEvent) -> None:
    """A unit moved in the tree: what channels with limits take of it and of those below may differ."""
    for code, rule in channel_rules.rules().items():
        if rule.unit_paths:
            ChannelMark.objects.create(channel=code, created_at=clock.now())
            transaction.on_commit(follow_marked_in_background.enqueue, robust=True)


@task()
def follow_marked_in_background() -> int:
    """Follow the rules of every marked channel; return how many batches were done."""
    return follow_marked()


def follow_marked() -> int:
    """Go through every marked channel, batch by batch; killed at any point, it goes on where it was."""
    batches = 0
    while (mark := ChannelMark.objects.order_by("pk").first()) is not None:
        with transaction.atomic():
            _go_on(mark.pk)
        batches += 1
    return batches


def _go_on(mark_id: int) -> None:
    mark = ChannelMark.objects.select_for_update().filter(pk=mark_id).first()
    if mark is None:
        return
    if _follow_batch(mark):
        mark.delete()
    else:
        mark.save()


def _follow_batch(mark: ChannelMark) -> bool:
    """Do the next batch, pages first, then units; return whether nothing is left.

    The feed's lock, taken before the rules are read and held to the end of the transaction, orders
    this with every publication: one that waits for it reads the new rules, one that came before is
    among the rows read here.
    """
    pages: list[int] = []
    units: list[Unit] = []
    left = True
    with Feed() as feed:
        rule = channel_rules.rules().get(mark.channel)
        if rule is None:
            return True
        if not mark.pages_done:
            pages = _leave_by_page(feed, rule, mark)
        if mark.pages_done:
            units, left = _leave_by_unit(feed, rule, mark)
    if pages:
        read_model.pages_changed(pages, GoneReason.WITHDRAWN)
    if units:
        store_units(units)
    return not left


def _next_pages(mark: ChannelMark) -> list[Any]:
    # The types know nothing of what refers to a page from our rooms.
    pages: Any = Page.objects
    wanted = pages.filter(placements__channel=mark.channel, pk__gt=mark.after)
    return list(
        wanted.order_by("pk").values_list(
            "pk", "translation_key", "locale__language_code", "content_type",
            "stewardship__owner_unit__path", "live",
        )[:BATCH]
    )  # fmt: skip


def _leave_by_page(feed: Feed, rule: channel_rules.Rule, mark: ChannelMark) -> list[int]:
    """Bury pages that are no longer taken, move the mark on; return those that may come back."""
    pages = _next_pages(mark)
    rows = _rows(rule.code, [key for _pk, key, *_rest in pages])
    back = []
    for pk, key, locale, type_id, unit_path, live in pages:
        row = rows.get((key, locale))
        model = ContentType.objects.get_for_id(type_id).model_class()
        allowed = model is not None and rule.takes(model._meta.label_lower, unit_path)
        if not allowed and row is not None:
            feed.bury(row, GoneReason.LEFT_CHANNEL)
        elif allowed and live and (row is None or row.is_gone):
            back.append(pk)
    mark.after, mark.pages_done = (pages[-1][0], False) if len(pages) == BATCH else (0, True)
    return back


def _leave_by_unit(
    feed: Feed, rule: channel_rules.Rule, mark: ChannelMark
) -> tuple[list[Unit], bool]:
    """Do the same for the next units; return those that may come back, and whether any are left."""
    units = list(Unit.objects.filter(pk__gt=mark.after).order_by("pk")[:BATCH])
    rows = _rows(rule.code, [unit.document_id for unit in units])
    back = []
    for unit in units:
        row = rows.get((unit.document_id, documents.UNIT_LOCALE))
        allowed = rule.takes(channel_rules.UNIT, unit.path)
        if not allowed and row is not None:
            feed.bury(row, GoneReason.LEFT_CHANNEL)
        elif allowed and (row is None or row.is_gone):
            back.append(unit)
    mark.after = units[-1].pk if units else 0
    return back, len(units) == BATCH


def _rows(code: str, ids: Sequence[Any]) -> dict[Any, PublishedDocument]:
    rows = PublishedDocument.objects.filter(channel=code, document_id__in=ids)
    return {(row.document_id, row.locale): row for row in rows}
