"""What a cell of a card's row may hold, as it is given and as it is kept (domain part D.2)."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import TextChoices
from django.utils import translation
from django.utils.translation import gettext as _

from kpum.org.export_cells import BadCell
from kpum.org.export_cells import day as read_day

#: What text keeps of the characters that are no letters.
_LAYOUT = "\n\t"
#: Of a letter that was lost, and of what no XML may hold.
_NO_LETTERS = "\ufffd\ufffe\uffff"
_WORDS = {
    True: ("yes", "tak", "true", "prawda", "1"),
    False: ("no", "nie", "false", "fałsz", "0"),
}
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Kind:
    """How cells of a column are read.

    Attributes:
        read: makes the value of what a file gives (text, or a value of JSON); raises ``BadCell``.
        kept: makes the same form of value of what a card holds; never raises.
        settle: makes of a value that was read what the card will hold.
        empty: what an empty cell stands for.
        choices: the values to choose from; none where everything goes.
    """

    read: Callable[[Any], Any]
    kept: Callable[[Any], Any]
    settle: Callable[[Any], Any] = lambda value: value
    empty: Any = ""
    choices: Sequence[tuple[str, Any]] = ()


def composed(text: str) -> str:
    """Return the text in one spelling: composed letters, plain line ends, no blanks around it."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", plain).strip()


def shown(value: Any) -> str:
    """Return the value as a message can show it: short, and of characters that can be written."""
    text = str(value).encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def _garbage(character: str) -> bool:
    if character in _LAYOUT:
        return False
    return character in _NO_LETTERS or unicodedata.category(character) in {"Cc", "Cs"}


def read_text(raw: Any) -> str:
    """Return the text of a cell; a number stands for its digits.

    Raises:
        BadCell: it is no text, or holds characters that no text has.
    """
    if raw is None:
        return ""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        raise BadCell(_("The value is neither text nor a number."))
    text = composed(raw)
    bad = next(filter(_garbage, text), None)
    if bad is not None:
        message = _("The text holds the character U+%(code)s, which is no letter.")
        raise BadCell(message % {"code": f"{ord(bad):04X}"})
    return text


def kept_text(value: Any) -> str:
    """Return a stored text in the same spelling, without what no file can carry."""
    text = "" if value is None else str(value)
    return composed("".join(c for c in composed(text) if not _garbage(c)))


def _read_yes_no(raw: Any) -> bool | None:
    if isinstance(raw, bool):
        return raw
    word = read_text(raw).casefold()
    if not word:
        return None
    for answer, words in _WORDS.items():
        if word in words:
            return answer
    raise BadCell(_("“%(text)s” is neither “yes” nor “no”.") % {"text": shown(word)})


def _read_number(raw: Any) -> int | None:
    text = "" if isinstance(raw, bool) else read_text(raw)
    if not text and not isinstance(raw, bool):
        return None
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise BadCell(_("“%(text)s” is no whole number.") % {"text": shown(raw)})
    return int(text)


def _read_day(raw: Any) -> str | None:
    day = read_day(shown(read_text(raw)))
    return day.isoformat() if day else None


def _read_amount(raw: Any) -> str:
    text = read_text(raw).replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", ".")
    if not text:
        return ""
    try:
        amount = Decimal(text)
        rounded = amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        amount = rounded = Decimal("NaN")
    if not amount.is_finite() or amount != rounded:
        raise BadCell(_("“%(text)s” is no amount such as 17.00.") % {"text": shown(raw)})
    return f"{rounded:.2f}"


def _kept_amount(value: Any) -> str:
    try:
        return _read_amount(kept_text(value))
    except BadCell:
        return kept_text(value)


def _kept_number(value: Any) -> int | None:
    return None if value is None else int(value)


def _as_list(raw: Any) -> list[str]:
    if isinstance(raw, list):
        words = [read_text(word) for word in raw]
        if any("," in word for word in words):
            raise BadCell(_("A word of the list holds a comma: commas part the words."))
    else:
        words = [word.strip() for word in read_text(raw).split(",")]
    return list(dict.fromkeys(filter(None, words)))


def _kept_list(value: Any) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else value or ()
    return list(dict.fromkeys(filter(None, map(kept_text, parts))))


def _named(word: str, choices: Sequence[tuple[str, Any]]) -> str:
    """Return the value that a word names: by itself, or by its label in any language of ours."""
    said = word.casefold()
    for language in (None, "pl", "en"):
        with translation.override(language or translation.get_language() or "en"):
            for value, label in choices:
                if said in {value.casefold(), str(label).casefold()}:
                    return value
    told = ", ".join(value for value, _label in choices)
    raise BadCell(
        _("“%(text)s” is not among: %(choices)s.") % {"text": shown(word), "choices": told}
    )


TEXT = Kind(read_text, kept_text)
NUMBER = Kind(_read_number, _kept_number, empty=None)
DAY = Kind(_read_day, lambda value: kept_text(value) or None, empty=None)
AMOUNT = Kind(_read_amount, _kept_amount)
WORDS = Kind(_as_list, _kept_list, empty=[])
SLUGS = Kind(lambda raw: sorted(_as_list(raw)), lambda value: sorted(_kept_list(value)), empty=[])


def yes_no(*, default: bool) -> Kind:
    """Return the kind of a yes or no, of which an empty cell means ``default``."""

    def read(raw: Any) -> bool:
        answer = _read_yes_no(raw)
        return default if answer is None else answer

    return Kind(read, lambda value: default if value is None else bool(value), empty=default)


def number(*, default: int) -> Kind:
    """Return the kind of a whole number, of which an empty cell means ``default``."""

    def read(raw: Any) -> int:
        found = _read_number(raw)
        return default if found is None else found

    return Kind(read, lambda value: default if value is None else int(value), empty=default)


def choice(enum: type[TextChoices], *, default: str = "") -> Kind:
    """Return the kind of one value out of a dictionary; an empty cell means ``default``."""
    choices = enum.choices

    def read(raw: Any) -> str:
        word = read_text(raw)
        return _named(word, choices) if word else default

    return Kind(
        read,
        lambda value: default if value is None else kept_text(value),
        empty=default,
        choices=choices,
    )


def several(enum: type[TextChoices]) -> Kind:
    """Return the kind of several values out of a dictionary, in its order."""
    values = [value for value, _label in enum.choices]

    def in_order(found: Iterable[str]) -> list[str]:
        return sorted(
            set(found), key=lambda one: (values.index(one) if one in values else len(values), one)
        )

    def read(raw: Any) -> list[str]:
        return in_order(_named(word, enum.choices) for word in _as_list(raw))

    return Kind(read, lambda value: in_order(_kept_list(value)), empty=[], choices=enum.choices)
