"""Storing what a sister portal did with a document it was given, by its client or by hand (K-28, P-17)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page

from kpum.audit.actions import record
from kpum.channels.hand_over import in_words, place_of_document, powers_over
from kpum.channels.models import PublishedDocument, Receipt
from kpum.channels.receipt_models import ReceiptState
from kpum.core import clock
from kpum.core.errors import KpumError, Refused
from kpum.org.enums import Right
from kpum.org.powers import Ground, Place, ground_for
from kpum.outbox.actions import enqueue

_NOT_OF_THE_ANSWER = {"channel", "document_id", "locale", "at", "sender"}


@dataclass(frozen=True)
class Answer:
    """What was done with one version (``etag``) of a document."""

    state: ReceiptState
    etag: str
    external_id: str = ""
    external_url: str = ""
    message: str = ""


class NeverHandedOver(KpumError):
    """The channel never held the document."""


class NotYoursToAnswer(Refused):
    """The person is no editor of the sister portal, or not for this unit."""


@transaction.atomic
def store_receipt(
    *, channel: str, document_id: UUID, locale: str, answer: Answer, client: str
) -> tuple[Receipt, bool]:
    """Store the answer of a client of the API; the same answer again is the one that is stored.

    Args:
        channel: a channel that the client was admitted to.
        document_id: the document's id.
        locale: its language.
        answer: what the sister portal did. Whether the version is still the present one is not
            asked: an answer may come late.
        client: the client's name.

    Returns:
        The receipt, and whether it is new. Alike are answers of one state and identifier to one
        version of one document.

    Raises:
        NeverHandedOver: the channel never held the document.
        ValidationError: names the field.
    """
    authority = _("key of the client “%(client)s”") % {"client": client}
    found = _document(channel, document_id, locale)
    return _store(found, answer, sender=client, actor=None, ground=Ground(authority))


@transaction.atomic
def answer_by_hand(
    *, channel: str, document_id: UUID, locale: str, answer: Answer, actor: Any
) -> Receipt:
    """Store what an editor of a sister portal without a client says in person.

    Raises:
        NotYoursToAnswer: no mandate as that portal's editor over the page's unit.
        NeverHandedOver: the channel never held the document.
        ValidationError: names the field.
        KpumError: this version was answered so already.
    """
    # A page that is gone belongs to nobody's unit: only who answers for the whole portal is left.
    place = place_of_document(channel, document_id, locale) or Place("")
    editors = [power for power in powers_over(actor, channel) if power.role.channel == channel]
    ground = ground_for(editors, place, Right.ANSWER_HAND_OVER)
    if ground is None:
        raise NotYoursToAnswer(
            _("Only the editors of that channel answer for it, for their units.")
        )
    found = _document(channel, document_id, locale)
    receipt, is_new = _store(found, answer, sender=str(actor), actor=actor, ground=ground)
    if not is_new:
        raise KpumError(_("This version was answered so already."))
    return receipt


def _document(channel: str, document_id: UUID, locale: str) -> PublishedDocument:
    rows = PublishedDocument.objects.filter(channel=channel, document_id=document_id, locale=locale)
    found: PublishedDocument | None = rows.first()
    if found is None:
        raise NeverHandedOver(_("The channel never held this document."))
    return found


def _store(
    document: PublishedDocument, answer: Answer, *, sender: str, actor: Any, ground: Ground
) -> tuple[Receipt, bool]:
    check_answer(answer)
    said = {"external_url": answer.external_url, "message": answer.message, "sender": sender[:300]}
    key = {
        "channel": document.channel,
        "document_id": document.document_id,
        "locale": document.locale,
        "etag": answer.etag,
        "state": answer.state.value,
        "external_id": answer.external_id,
    }
    receipt, is_new = Receipt.objects.get_or_create(**key, defaults={**said, "at": clock.now()})
    if is_new:
        _tell(receipt, actor, ground)
    return receipt, is_new


def check_answer(answer: Answer) -> None:
    """Raise unless the answer makes sense by itself.

    Raises:
        ValidationError: names the field.
    """
    Receipt(
        etag=answer.etag,
        state=answer.state.value,
        external_id=answer.external_id,
        external_url=answer.external_url,
        message=answer.message,
    ).clean_fields(exclude=_NOT_OF_THE_ANSWER)
    for name in ("external_id", "external_url", "message"):
        if "\x00" in getattr(answer, name):
            raise ValidationError({name: _("A text holds no null character.")})
    if answer.state is ReceiptState.PUBLISHED and not answer.external_url:
        message = _("Say at which address it is published.")
        raise ValidationError({"external_url": message})
    if answer.state is ReceiptState.RETURNED and not answer.message.strip():
        raise ValidationError({"message": _("Say what has to be corrected.")})


def _tell(receipt: Receipt, actor: Any, ground: Ground) -> None:
    page: Any = Page.objects.filter(
        translation_key=receipt.document_id, locale__language_code=receipt.locale, alias_of=None
    ).first()
    subject = f"page:{page.pk}" if page else f"document:{receipt.document_id}"
    record(
        action="page.hand_over_answered",
        actor=actor,
        acting_for=ground.acting_for,
        subject=subject,
        label=page.title if page else str(receipt.document_id),
        authority=ground.wording,
        after=f"{receipt.channel}: {in_words(receipt)}",
        data={"channel": receipt.channel, "state": receipt.state, "version": receipt.etag},
    )
    payload = {
        "channel": receipt.channel,
        "document": str(receipt.document_id),
        "locale": receipt.locale,
        "version": receipt.etag,
        "state": receipt.state,
        "external_id": receipt.external_id,
        "external_url": receipt.external_url,
    }
    enqueue(kind="page.hand_over_answered", subject=subject, payload=payload)
