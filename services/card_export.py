"""Export of service cards, in the shape that an import takes: taken back in, it changes nothing."""

from dataclasses import dataclass

from services.card_columns import NAMES
from services.card_files import FileForm
from services.card_held import held_cards, source_cards
from services.card_import import WRITERS


@dataclass(frozen=True)
class CardExport:
    """A file of cards.

    Attributes:
        data: the file.
        cards: how many cards it holds.
        left_out: how many drafts it lacks because they bear no code yet.
    """

    data: bytes
    cards: int
    left_out: int


def export_cards(*, form: FileForm, unit: str = "", drafts: bool = False) -> CardExport:
    """Return the cards as a file, by code.

    Args:
        form: a table, a workbook or JSON.
        unit: the code of the unit whose own cards are wanted; all units' when empty.
        drafts: every card with its latest draft, instead of the public ones as they are public.

    Raises:
        TooLongForCell: a text fits into no cell of a workbook.
    """
    cards = source_cards().order_by("code", "path")
    if unit:
        cards = cards.filter(stewardship__owner_unit__code=unit)
    if not drafts:
        cards = cards.live()
    held = held_cards(cards)
    rows = [card.draft if drafts else card.public or card.draft for card in held if card.code]
    return CardExport(WRITERS[form](rows, NAMES), len(rows), len(held) - len(rows))
