"""The hand-over queue: what a sister portal was given, and what it answered to that version (A.6, P-17)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.utils.translation import gettext as _
from wagtail.models import Page

from kpum.channels.models import PublishedDocument, Receipt
from kpum.channels.receipt_models import ReceiptState
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Place, Power, reach_of
from kpum.pages.channel_rules import kept_rules
from kpum.pages.models import Stewardship
from kpum.pages.registry import RecordNote

#: A version that nobody has answered yet.
WAITING = "waiting"
#: It left the channel, and the sister portal said before that it had published it.
TO_TAKE_AWAY = "to_take_away"
#: As many notes as a page's record shows.
NOTES = 50


def standings() -> list[tuple[str, str]]:
    """Return how a document can stand in the queue: code and words."""
    return [
        (WAITING, _("waiting for an answer")),
        *((str(state.value), str(state.label)) for state in ReceiptState),
        (TO_TAKE_AWAY, _("left the channel, still published there")),
    ]


def channels_handed_over(powers: Iterable[Power]) -> dict[str, str]:
    """Return code → name of the channels whose queue these powers show: never an open one."""
    seeing = [power for power in powers if Right.SEE_HAND_OVER in power.role.rights]
    codes = {power.role.channel for power in seeing}
    return {
        code: rule.name
        for code, rule in kept_rules().items()
        if not rule.is_open and codes & {"", code}
    }


def queue(channel: str) -> QuerySet[PublishedDocument]:
    """Return the pages' documents that a channel was given, each with how it stands; one query.

    Each carries ``page_id``, ``title``, ``unit_path``, ``unit_code``, ``page_path`` (of a page that
    is there), ``standing``, ``answered_at``, ``told`` and ``address`` (of the answer to this
    version, or of the last publication for what left).
    """
    receipts = Receipt.objects.filter(
        channel=OuterRef("channel"), document_id=OuterRef("document_id"), locale=OuterRef("locale")
    ).order_by("-pk")
    to_this = receipts.filter(etag=OuterRef("etag"))
    published = receipts.filter(state=ReceiptState.PUBLISHED)
    stewards = Stewardship.objects.filter(
        page__translation_key=OuterRef("document_id"),
        page__locale__language_code=OuterRef("locale"),
        page__alias_of=None,
    )
    handed = PublishedDocument.objects.filter(channel=channel).exclude(kind="unit")
    rows = handed.filter(Q(gone_reason="") | Exists(published)).annotate(
        page_id=Subquery(stewards.values("page_id")[:1], output_field=IntegerField()),
        title=Subquery(stewards.values("page__title")[:1]),
        owner_path=Subquery(stewards.values("owner_unit__path")[:1]),
        owner_code=Subquery(stewards.values("owner_unit__code")[:1]),
        page_path=Subquery(stewards.values("page__path")[:1]),
        answer=Subquery(to_this.values("state")[:1]),
        answered_at=Subquery(to_this.values("at")[:1]),
        told=Subquery(to_this.values("message")[:1]),
        address=Case(
            When(gone_reason="", then=Subquery(to_this.values("external_url")[:1])),
            default=Subquery(published.values("external_url")[:1]),
            output_field=CharField(),
        ),
    )
    return rows.annotate(
        standing=Case(
            When(~Q(gone_reason=""), then=Value(TO_TAKE_AWAY)),
            When(answer=None, then=Value(WAITING)),
            default=F("answer"),
            output_field=CharField(),
        )
    )


def queue_of(powers: Sequence[Power], channel: str) -> QuerySet[PublishedDocument]:
    """Return what of a channel's queue lies within these powers; nothing where none shows it."""
    helpful = [power for power in powers if power.role.channel in {"", channel}]
    reach = reach_of(helpful, {Right.SEE_HAND_OVER})
    rows = queue(channel)
    if reach.whole_portal:
        return rows
    within = Q(pk__in=[])
    for path in reach.unit_paths:
        within |= Q(owner_path__startswith=path)
    for path in reach.branch_paths:
        within |= Q(page_path__startswith=path)
    return rows.filter(within)


def waiting_of(powers: Sequence[Power], channel: str) -> QuerySet[PublishedDocument]:
    """Return those of the queue within these powers that nobody has answered."""
    rows: Any = queue_of(powers, channel)
    waiting: QuerySet[PublishedDocument] = rows.filter(standing=WAITING)
    return waiting


def place_of_document(channel: str, document_id: Any, locale: str) -> Place | None:
    """Return where the page of a document lies; None when it is a unit's or no longer there."""
    row = queue(channel).filter(document_id=document_id, locale=locale).first()
    path = getattr(row, "owner_path", None)
    return Place(path, getattr(row, "page_path", "") or "") if path else None


def powers_over(user: Any, channel: str) -> list[Power]:
    """Return the person's powers that have a part in the channel, asked anew."""
    return [power for power in org.powers_of(user) if power.role.channel in {"", channel}]


def notes_on(page: Page) -> list[RecordNote]:
    """Return what sister portals answered about a page, for its record; one query."""
    receipts = Receipt.objects.filter(
        document_id=page.translation_key, locale=page.locale.language_code
    ).order_by("-pk")[:NOTES]
    names = {code: rule.name for code, rule in kept_rules().items()}
    return [
        RecordNote(
            at=receipt.at,
            channel=names.get(receipt.channel, receipt.channel),
            words=in_words(receipt),
            address=receipt.external_url,
        )
        for receipt in receipts
    ]


def in_words(receipt: Receipt) -> str:
    """Return an answer as a reader of a record or of the trail understands it."""
    words = [
        _("%(answer)s by %(sender)s")
        % {"answer": ReceiptState(receipt.state).label, "sender": receipt.sender},
        receipt.external_id and _("identifier %(id)s") % {"id": receipt.external_id},
        receipt.external_url,
        receipt.message and f"„{receipt.message}”",
    ]
    return "; ".join(word for word in words if word)
