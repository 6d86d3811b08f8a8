"""A channel's rules changed: what it no longer takes leaves it, and what it takes again comes back."""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django_tasks import task
from wagtail.models import Page

from kpum.channels import actions, documents, queries
from kpum.channels.models import ChannelMark, PublishedDocument
from kpum.channels.writing import Feed
from kpum.core import clock
from kpum.org.models import Unit
from kpum.outbox.models import OutboxEvent
from kpum.pages import channel_rules
from kpum.pages.enums import GoneReason

BATCH = 100


def follow_channel_rules(code: str) -> None:
    """Bring a channel in step with its rules: one batch in the act's transaction, the rest marked.

    Taking the feed's lock here orders the change with every publication: one that waits for it
    reads the new rules, one that came before is among the rows read here.
    """
    mark = ChannelMark(channel=code, created_at=clock.now())
    with Feed() as feed:
        done = _follow_batch(feed, mark)
    if not done:
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
    with Feed() as feed:
        done = _follow_batch(feed, mark)
    if done:
        mark.delete()
    else:
        mark.save()


def _follow_batch(feed: Feed, mark: ChannelMark) -> bool:
    """Do the next batch, pages first, then units; return whether nothing is left."""
    rules = channel_rules.rules()
    if mark.channel not in rules:
        return True
    if not mark.pages_done:
        pages = _next_pages(mark)
        _follow_pages(feed, rules[mark.channel], pages)
        mark.after, mark.pages_done = (pages[-1][0], False) if len(pages) == BATCH else (0, True)
        if not mark.pages_done:
            return False
    units = list(Unit.objects.filter(pk__gt=mark.after).order_by("pk")[:BATCH])
    _follow_units(feed, mark.channel, rules, units)
    mark.after = units[-1].pk if units else 0
    return len(units) < BATCH


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


def _follow_pages(feed: Feed, rule: channel_rules.Rule, pages: Sequence[Any]) -> None:
    rows = actions.rows_of(key for _pk, key, *_rest in pages)
    missing = []
    for pk, key, locale, type_id, unit_path, live in pages:
        row = _in_channel(rule.code, rows.get((key, locale), []))
        model = ContentType.objects.get_for_id(type_id).model_class()
        allowed = model is not None and rule.takes(model._meta.label_lower, unit_path)
        if not allowed and row is not None:
            feed.bury(row, GoneReason.LEFT_CHANNEL)
        elif allowed and live and (row is None or row.is_gone):
            missing.append(pk)
    actions.project_pages(feed, missing, GoneReason.WITHDRAWN)


def _follow_units(
    feed: Feed, code: str, rules: dict[str, channel_rules.Rule], units: Sequence[Unit]
) -> None:
    rows = actions.rows_of(unit.document_id for unit in units)
    for unit in units:
        own = rows.get((unit.document_id, documents.UNIT_LOCALE), [])
        row = _in_channel(code, own)
        taking = queries.channels_taking(rules, channel_rules.UNIT, unit.path)
        if code not in taking and row is not None:
            feed.bury(row, GoneReason.LEFT_CHANNEL)
        elif code in taking and (row is None or row.is_gone):
            feed.store(documents.build_unit(unit), taking, own)


def _in_channel(code: str, rows: list[PublishedDocument]) -> PublishedDocument | None:
    return next((row for row in rows if row.channel == code), None)
