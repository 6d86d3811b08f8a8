"""Reads over cards."""

from datetime import date
from typing import Any

from django.db.models import F, Q

from services.models import (
    BusinessEvent,
    Category,
    Grouping,
    LegalAct,
    LifeEvent,
    PrivacyNotice,
    ServiceCardPage,
)

#: Where a card's text names each kind of grouping.
_FIELD_OF: dict[type[Grouping], str] = {
    Category: "categories",
    LifeEvent: "life_events",
    BusinessEvent: "business_events",
}


def bases_of(card: ServiceCardPage) -> list[tuple[str, str]]:
    """Return (act's identifier, article) of everything that a card rests on, in its order.

    As it is stored: as values of blocks, each card would read the whole register.
    """
    stored = [block["value"] for block in card.legal_bases.get_prep_value()]
    return [(value.get("eli") or "", value.get("article") or "") for value in stored]


def cards_citing(eli: str) -> list[int]:
    """Return the keys of the cards that rest on an act now; one query.

    The acts stand in the cards' own texts: to look into them takes a moment, and nobody has to keep
    an index of what seldom is asked.
    """
    cards = ServiceCardPage.objects.only("legal_bases")
    return [card.pk for card in cards.iterator(chunk_size=500) if eli in dict(bases_of(card))]


def titles_citing(entry: LegalAct | PrivacyNotice | Grouping) -> list[str]:
    """Return the titles of the cards that name an entry, in their stored text or in the latest draft.

    One query; every card is looked into, which an entry's deletion may take its time for.
    """
    cards = ServiceCardPage.objects.select_related("latest_revision").order_by("pk")
    stored: set[int] = set()
    if isinstance(entry, Grouping):
        named: Any = entry
        stored = set(named.cards.values_list("pk", flat=True))
    return [
        card.draft_title
        for card in cards.iterator(chunk_size=200)
        if card.pk in stored or _names(card, entry)
    ]


def _names(card: ServiceCardPage, entry: LegalAct | PrivacyNotice | Grouping) -> bool:
    draft = card.latest_revision.content if card.latest_revision else {}
    if isinstance(entry, LegalAct):
        return entry.eli in dict(bases_of(card)) or f'"{entry.eli}"' in str(
            draft.get("legal_bases", "")
        )
    if isinstance(entry, PrivacyNotice):
        return entry.pk in (card.privacy_notice_id, draft.get("privacy_notice"))
    return entry.pk in draft.get(_FIELD_OF[type(entry)], [])


def acts_changed_since_check() -> dict[int, list[LegalAct]]:
    """Return the acts that have changed since a public card was checked, by the card's key (D-47).

    Two queries, however many acts and cards there are; only cards that were checked before the
    latest change are read.
    """
    changed = {act.eli: act for act in LegalAct.objects.exclude(changed_on=None)}
    if not changed:
        return {}
    latest = max(_day_of_change(act) for act in changed.values())
    cards = ServiceCardPage.objects.live().annotate(checked=F("stewardship__last_verified"))
    cards = cards.filter(Q(checked=None) | Q(checked__lt=latest))
    found: dict[int, list[LegalAct]] = {}
    for card in cards.only("legal_bases").iterator(chunk_size=500):
        cited = [changed[eli] for eli in dict(bases_of(card)) if eli in changed]
        newer = [act for act in cited if not card.checked or _day_of_change(act) > card.checked]
        if newer:
            found[card.pk] = newer
    return found


def _day_of_change(act: LegalAct) -> date:
    return act.changed_on or date.min
