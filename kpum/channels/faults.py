"""What the read model should say of a batch of pages or units, and where it says something else.

Reads only, a fixed number of queries a batch. It knows the rules by itself and asks the projector
nothing: a fault of the projector is a fault here, too.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageViewRestriction

from kpum.channels import documents, queries
from kpum.channels.models import PublishedDocument
from kpum.org.models import Unit
from kpum.pages import channel_rules
from kpum.pages.enums import GoneReason, WithdrawalReason
from kpum.pages.models import Withdrawal
from kpum.pages.told import OURS

_LEFT, _RESTRICTED = GoneReason.LEFT_CHANNEL, GoneReason.RESTRICTED
Key = tuple[UUID, str]


class Fault(models.TextChoices):
    """What can be wrong with a row."""

    MISSING = "missing", _("missing though public")
    BURIED = "buried", _("a tombstone though public")
    STALE = "stale", _("not the content that is public")
    LINGERING = "lingering", _("still there though not public in this channel")
    REASON = "reason", _("a tombstone with a wrong reason")
    SUCCESSOR = "successor", _("a tombstone that leads to the wrong place")
    ORPHAN = "orphan", _("still there though its page or unit is no more")
    NUMBER = "number", _("a number out of order")


@dataclass(frozen=True)
class Finding:
    """One row that is wrong, or is missing."""

    channel: str
    document_id: UUID
    locale: str
    fault: Fault
    row_id: int | None = None

    def __str__(self) -> str:
        return f"{self.channel} {self.document_id} {self.locale}: {self.fault.label}"


@dataclass(frozen=True)
class _Gone:
    """What a tombstone may say: one of these reasons, and where it leads (None: not judged here)."""

    reasons: frozenset[str]
    successor: tuple[UUID | None, str] = (None, "")


def of_pages(pages: Sequence[Page]) -> Iterator[Finding]:
    """Yield what is wrong with the rows of these pages, and with tombstones that lead to them."""
    keys = {page.pk: (page.translation_key, page.locale.language_code) for page in pages}
    rows = _rows_of(keys.values())
    facts = _Facts(pages)
    built = documents.build_pages(list(facts.public.values()))
    for page in pages:
        key = keys[page.pk]
        if page.pk in built:
            yield from _compare_public(key, rows[key], built[page.pk], facts.channels[page.pk])
        else:
            yield from _compare_gone(rows[key], facts.tombstone_of(page))
    yield from _leading_astray(pages, keys, facts)


def of_units(units: Iterable[Unit]) -> Iterator[Finding]:
    """Yield what is wrong with the rows of these units."""
    chosen = list(units)
    built = documents.build_units(chosen)
    rows = _rows_of((one.document_id, one.locale) for one in built)
    rules = channel_rules.rules()
    for unit, one in zip(chosen, built, strict=True):
        key = (one.document_id, one.locale)
        taking = queries.channels_taking(rules, channel_rules.UNIT, unit.path)
        yield from _compare_public(key, rows[key], one, taking)


def of_strays(rows: Sequence[PublishedDocument]) -> Iterator[Finding]:
    """Yield which of these rows belong to no page or unit, or lead to a page that is no more."""
    led_to = {row.successor_id for row in rows if row.successor_id}
    known = _known(led_to | {row.document_id for row in rows})
    for row in rows:
        if (row.document_id, row.locale) not in known:
            if not row.is_gone:
                yield _found(row, Fault.ORPHAN)
            elif row.gone_reason not in GoneReason.values:
                yield _found(row, Fault.REASON)
        if row.successor_id and (row.successor_id, row.successor_locale) not in known:
            yield _found(row, Fault.SUCCESSOR)


def _found(row: PublishedDocument, fault: Fault) -> Finding:
    return Finding(row.channel, row.document_id, row.locale, fault, row.pk)


def _known(ids: set[UUID]) -> set[Key]:
    pages = Page.objects.filter(OURS, translation_key__in=ids)
    units = Unit.objects.filter(document_id__in=ids).values_list("document_id", flat=True)
    found = set(pages.values_list("translation_key", "locale__language_code"))
    return found | {(unit, documents.UNIT_LOCALE) for unit in units}


def _rows_of(keys: Iterable[Key]) -> dict[Key, dict[str, PublishedDocument]]:
    found: dict[Key, dict[str, PublishedDocument]] = defaultdict(dict)
    ids = {document_id for document_id, _locale in keys}
    for row in PublishedDocument.objects.filter(document_id__in=ids):
        found[row.document_id, row.locale][row.channel] = row
    return found


class _Facts:
    """What the database says of a batch of pages, read at once."""

    def __init__(self, pages: Sequence[Page]) -> None:
        hidden = tuple(PageViewRestriction.objects.values_list("page__path", flat=True))
        ids = [page.pk for page in pages]
        open_ids = [p.pk for p in pages if p.live and not (hidden and p.path.startswith(hidden))]
        self.public = {page.pk: page for page in documents.read_specific(open_ids)}
        self.channels = queries.channels_of_pages(list(self.public.values()))
        withdrawals = Withdrawal.objects.filter(page__in=ids).select_related("successor__locale")
        self._withdrawals = {row.page_id: row for row in withdrawals}

    def tombstone_of(self, page: Page) -> _Gone:
        """Return what the tombstones of a page that is not public may say."""
        if withdrawal := self._withdrawals.get(page.pk):
            down = withdrawal.reason == WithdrawalReason.TAKEN_DOWN
            reason = GoneReason.TAKEN_DOWN if down else GoneReason.WITHDRAWN
            to = withdrawal.successor
            successor = (to.translation_key, to.locale.language_code) if to else (None, "")
            return _Gone(frozenset({reason.value}), successor)
        if page.live:
            return _Gone(frozenset({_RESTRICTED, _LEFT}))
        # A text that waits for its time takes the mark of expiry off the page.
        ended = {GoneReason.EXPIRED, _RESTRICTED, _LEFT}
        return _Gone(frozenset(ended if page.expired else ended | {GoneReason.WITHDRAWN}))


def _compare_public(
    key: Key,
    rows: dict[str, PublishedDocument],
    built: documents.Built,
    channels: Iterable[str],
) -> Iterator[Finding]:
    wanted = set(channels)
    for channel in sorted(wanted - rows.keys()):
        yield Finding(channel, *key, Fault.MISSING)
    for channel, row in sorted(rows.items()):
        if channel not in wanted:
            yield from _compare_gone({channel: row}, _Gone(frozenset({_LEFT})))
        elif row.is_gone:
            yield _found(row, Fault.BURIED)
        elif not _holds(row, built):
            yield _found(row, Fault.STALE)


def _holds(row: PublishedDocument, built: documents.Built) -> bool:
    return (row.kind, row.body, row.etag) == (built.kind, built.body, built.etag)


def _compare_gone(rows: dict[str, PublishedDocument], wanted: _Gone) -> Iterator[Finding]:
    for row in rows.values():
        if not row.is_gone:
            yield _found(row, Fault.LINGERING)
        elif row.gone_reason not in wanted.reasons:
            yield _found(row, Fault.REASON)
        elif (row.successor_id, row.successor_locale) != wanted.successor:
            yield _found(row, Fault.SUCCESSOR)


def _leading_astray(
    pages: Sequence[Page], keys: dict[int, Key], facts: _Facts
) -> Iterator[Finding]:
    """Yield tombstones that lead to these pages, but to another address than theirs."""
    addresses = {
        keys[page.pk]: page.full_url or "" if page.pk in facts.public else "" for page in pages
    }
    ids = {document_id for document_id, _locale in addresses}
    for row in PublishedDocument.objects.filter(successor_id__in=ids):
        address = addresses.get((row.successor_id or row.document_id, row.successor_locale))
        if address is not None and row.successor_url != address:
            yield _found(row, Fault.SUCCESSOR)
