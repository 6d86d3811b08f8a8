"""Documents for linked data, as the read model keeps them: a card's own, and a whole catalogue's."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kpum.channels.models import PublishedDocument
from kpum.pages.enums import Channel
from services.linked.sources import CardDocuments, Document

_CARD, _UNIT = "service_card", "unit"
#: Cards that one statement reads while a catalogue is told.
BATCH = 100


def _live(channel: str) -> QuerySet[PublishedDocument]:
    return PublishedDocument.objects.filter(channel=channel, gone_reason="").order_by()


def _with_units(
    cards: QuerySet[PublishedDocument], channel: str
) -> tuple[dict[str, Document], dict[str, Document], list[str]]:
    """Return the cards by id, the units that handle them by code, and all hashes; one query."""
    units = _live(channel).filter(kind=_UNIT, code__in=cards.values("unit_code"))
    columns = ("kind", "etag", "body")
    rows = cards.values_list(*columns).union(units.values_list(*columns), all=True)
    found: dict[str, dict[str, Document]] = {_CARD: {}, _UNIT: {}}
    etags = []
    for kind, etag, body in rows:
        document = json.loads(body)
        found[kind][document["id" if kind == _CARD else "code"]] = document
        etags.append(etag)
    return found[_CARD], found[_UNIT], sorted(etags)


def public_card(document_id: UUID, locale: str, related: bool) -> CardDocuments | None:  # noqa: FBT001 - a Source
    """Return a card of the public channel with what it names; None when it is not there.

    One query, and one more for the other cards.
    """
    channel = Channel.PUBLIC.value
    cards = _live(channel).filter(kind=_CARD, locale=locale)
    own, units, etags = _with_units(cards.filter(document_id=document_id), channel)
    if not own:
        return None
    card = own[str(document_id)]
    others: dict[str, Document] = {}
    named = [relation["id"] for relation in card.get("relations", ())]
    if related and named:
        others, their_units, more = _with_units(cards.filter(document_id__in=named), channel)
        units, etags = units | their_units, etags + more
    etag = hashlib.sha256(" ".join(etags).encode()).hexdigest()
    return CardDocuments(card, etag, units, others, frozenset(others))


class Catalogue:
    """The live cards of a channel in one language."""

    def __init__(self, channel: str, locale: str) -> None:
        """Read the marks of the cards and units, and no document; one query."""
        self.channel, self.locale = channel, locale
        kinds: Any = _live(channel).filter(kind__in=(_CARD, _UNIT))
        rows = kinds.values_list("kind", "locale", "document_id", "etag").order_by("sequence")
        marks = [row for row in rows if row[0] == _UNIT or row[1] == locale]
        self.ids = frozenset(str(row[2]) for row in marks if row[0] == _CARD)
        told = " ".join(row[3] for row in marks)
        self.etag = hashlib.sha256(f"{channel} {locale} {told}".encode()).hexdigest()

    def cards(self) -> Iterator[list[CardDocuments]]:
        """Yield the cards batch by batch: a query for the units, and one for each batch.

        A card that leaves the channel meanwhile is not told; one that comes meanwhile may be.
        """
        units = self._units()
        after = 0
        while batch := self._after(after):
            after = batch[-1][0]
            yield list(self._told(batch, units))

    def _units(self) -> dict[str, Document]:
        bodies = _live(self.channel).filter(kind=_UNIT).values_list("body", flat=True)
        return {unit["code"]: unit for unit in map(json.loads, bodies)}

    def _after(self, sequence: int) -> list[tuple[int, str, str]]:
        rows = _live(self.channel).filter(kind=_CARD, locale=self.locale, sequence__gt=sequence)
        found = rows.order_by("sequence").values_list("sequence", "etag", "body")
        return list(found[:BATCH])

    def _told(
        self, batch: Iterable[tuple[int, str, str]], units: dict[str, Document]
    ) -> Iterator[CardDocuments]:
        for _sequence, etag, body in batch:
            yield CardDocuments(json.loads(body), etag, units, {}, self.ids)
