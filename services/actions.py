"""Changes of the catalogue's dictionaries, of the register of acts and of the privacy notices."""

from typing import Any, TypeVar

from django.db import transaction

from kpum.audit.actions import record, subject_of
from kpum.pages.enums import GoneReason
from kpum.pages.registry import projectors
from services.models import Grouping, LegalAct, PrivacyNotice, ServiceCardPage
from services.queries import cards_citing
from services.querysets import ServiceCardQuerySet

G = TypeVar("G", bound=Grouping)


@transaction.atomic
def save_grouping(*, model: type[G], values: dict[str, Any], actor: Any, authority: str) -> G:
    """Add or change a category or an event, by its slug; the cards that name it follow.

    Raises:
        ValidationError: a value is not what its field wants.
    """
    row = model._default_manager.filter(slug=values["slug"]).first() or model()
    _keep(row, values, f"{model._meta.model_name}.saved", actor, authority)
    _have_follow(ServiceCardPage.objects.live().grouped_by(row))
    return row


def _have_follow(cards: ServiceCardQuerySet) -> None:
    """Have the documents of these cards made anew."""
    ids = list(cards.order_by("pk").values_list("pk", flat=True))
    for projector in projectors():
        projector.pages_changed(ids, GoneReason.WITHDRAWN)


@transaction.atomic
def save_act(*, values: dict[str, Any], actor: Any, authority: str) -> LegalAct:
    """Add or change an act of the register, by its identifier; the cards that rest on it follow (D-47).

    Raises:
        ValidationError: a value is not what its field wants.
    """
    act = LegalAct.objects.filter(eli=values["eli"]).first() or LegalAct()
    _keep(act, values, "legal_act.saved", actor, authority)
    _have_follow(ServiceCardPage.objects.live().filter(pk__in=cards_citing(act.eli)))
    return act


@transaction.atomic
def save_privacy_notice(*, values: dict[str, Any], actor: Any, authority: str) -> PrivacyNotice:
    """Add or change a privacy notice, by its slug; a change of its text is a new version (L-4).

    Raises:
        ValidationError: a part is missing.
    """
    notice = PrivacyNotice.objects.filter(slug=values["slug"]).first() or PrivacyNotice()
    before = [text for _heading, text in notice.parts()] if notice.pk else None
    for name, value in values.items():
        setattr(notice, name, value)
    if before is not None and before != [text for _heading, text in notice.parts()]:
        notice.version += 1
    _keep(notice, values, "privacy_notice.saved", actor, authority)
    _have_follow(ServiceCardPage.objects.live().filter(privacy_notice=notice))
    return notice


def _keep(row: Any, values: dict[str, Any], action: str, actor: Any, authority: str) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    record(
        action=action,
        actor=actor,
        subject=subject_of(row),
        label=str(row),
        authority=authority,
    )
