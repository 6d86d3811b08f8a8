"""The cards that the portal holds, as rows: their latest drafts, their public texts, what bars a change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Locale, Page, Revision, WorkflowState

from services.card_columns import Row
from services.card_rows import Names, content_of, row_of
from services.models import ServiceCardPage
from services.querysets import ServiceCardQuerySet


@dataclass(frozen=True)
class HeldCard:
    """A card that there is.

    Attributes:
        draft: its latest draft, as editors see it.
        public: what is public; None of a card that is not.
        content: the content of the latest draft, as a revision keeps it.
        barred: why nobody may write a draft now, in words; empty when everybody may.
    """

    pk: int
    code: str
    unit: str
    title: str
    draft: Row
    public: Row | None
    content: Mapping[str, Any]
    barred: str

    @property
    def is_live(self) -> bool:
        """Return whether the public reads it: then its own row stays as it is."""
        return self.public is not None


def source_cards() -> ServiceCardQuerySet:
    """Return the cards that files are about: the Polish ones, of which others are translations."""
    cards: ServiceCardQuerySet = ServiceCardPage.objects.filter(
        locale=Locale.get_default(), alias_of__isnull=True
    )
    return cards


def held_cards(cards: ServiceCardQuerySet) -> list[HeldCard]:
    """Return the cards as rows, in the order of the query; as many queries for many as for one."""
    found = list(
        cards.select_related("latest_revision", "stewardship__owner_unit").prefetch_related(
            "categories", "life_events", "business_events", "relations"
        )
    )
    drafts = [_draft_of(card) for card in found]
    own = [content_of(card) for card in found]
    names = Names.read([*drafts, *own])
    barred = _barred([card.pk for card in found])
    return [
        HeldCard(
            pk=card.pk,
            code=card.code,
            unit=card.owner_unit.code,
            title=card.draft_title,
            draft=row_of(draft, code=card.code, unit=card.owner_unit.code, names=names),
            public=row_of(public, code=card.code, unit=card.owner_unit.code, names=names)
            if card.live
            else None,
            content=draft,
            barred=_("Locked for editing: have it unlocked.")
            if card.locked
            else barred.get(card.pk, ""),
        )
        for card, draft, public in zip(found, drafts, own, strict=True)
    ]


def _draft_of(card: ServiceCardPage) -> dict[str, Any]:
    revision = card.latest_revision
    # Only raw imports leave a page without any revision.
    content: dict[str, Any] = revision.content if revision else card.serializable_data()
    return content


def _barred(page_ids: Sequence[int]) -> dict[int, str]:
    """Return why cards are read-only, as the editor would find them."""
    pages = {
        "base_content_type": ContentType.objects.get_for_model(Page),
        "object_id__in": [str(pk) for pk in page_ids],
    }
    waiting = Revision.objects.filter(approved_go_live_at__isnull=False, **pages)
    reviewed = WorkflowState.objects.filter(status=WorkflowState.STATUS_IN_PROGRESS, **pages)
    until = _("Goes live on %(day)s: wait until then, or cancel that.")
    since = _("Under review since %(day)s: wait for the decision, or cancel the review.")
    return _told(waiting.values_list("object_id", "approved_go_live_at"), until) | _told(
        reviewed.values_list("object_id", "created_at"), since
    )


def _told(rows: Iterable[tuple[str, Any]], message: str) -> dict[int, str]:
    return {
        int(key): message % {"day": timezone.localtime(moment).date().isoformat()}
        for key, moment in rows
    }
