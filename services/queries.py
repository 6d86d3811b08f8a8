"""Reads over cards."""

from services.models import ServiceCardPage


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
