"""A card's running text as a citizen reads it, for the checks of plain Polish."""

import re
from html import unescape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.models import ServiceCardPage

_TAG = re.compile(r"<[^>]+>")
_BREAK = re.compile(r"</(?:p|li|h\d)>|<br/?>")


def plain_text(html: str) -> str:
    """Return running text without its marks; each paragraph and item on lines of its own."""
    return unescape(_TAG.sub("", _BREAK.sub("\n\n", html))).strip()


def prose_of(card: "ServiceCardPage") -> str:
    """Return what the editor wrote in sentences, part by part; names, codes and addresses left out."""
    parts = [
        card.summary, plain_text(card.description), card.applicants, card.processing_text, card.outcome,
        card.appeal_text, *(block.value for block in card.requirements),
        *(block.value["note"] for block in card.documents),
        *(block.value["exemption"] for block in card.fees),
        *(block.value["note"] for block in card.channels),
        *(text for block in card.steps_and_notes for text in _told(block)),
    ]  # fmt: skip
    return "\n\n".join(part.strip() for part in parts if part and part.strip())


def _told(block: Any) -> list[str]:
    match block.block_type:
        case "paragraph":
            return [plain_text(block.value.source)]
        case "notice":
            return [block.value["text"] or ""]
        case "steps":
            return [step["text"] or "" for step in block.value]
        case _:
            return []
