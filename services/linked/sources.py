"""Where linked data comes from: the public documents of a card, as a room above keeps them.

The read model is above this room, so it registers itself here; what a page says of itself and what
a mirror holds are then the same bytes, and a draft is in neither.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

Document = Mapping[str, Any]


@dataclass(frozen=True)
class CardDocuments:
    """A card's document and what it names: units by their codes, other public cards by their ids.

    ``etag`` stands for all of them. ``known`` are the ids of other cards that are told of, here or
    beside: what is told of nowhere is not pointed at.
    """

    card: Document
    etag: str
    units: Mapping[str, Document] = field(default_factory=dict)
    related: Mapping[str, Document] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    def unit_of(self, card: Document) -> Document | None:
        """Return the document of the unit that handles a card, if the channel has it."""
        return self.units.get(card["owner_unit"]["code"])


#: Called with the card's id, its language, and whether cards that it names are wanted, too.
Source = Callable[[UUID, str, bool], CardDocuments | None]
_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Have the source asked for documents; there is one.

    Raises:
        ValueError: there is one already.
    """
    if _sources:
        raise ValueError(f"{_sources[0]!r} is registered already")
    _sources.append(source)


def documents_of(document_id: UUID, locale: str, *, related: bool) -> CardDocuments | None:
    """Return the card's public documents; None when it has none, or the installation has no channels."""
    return _sources[0](document_id, locale, related) if _sources else None
