"""How values are written for people: money, accounts, durations, numbers, addresses, the alphabet."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

_NO_BREAK = "\N{NO-BREAK SPACE}"
_HANGING = re.compile(r"(?<!\w)([aiouwz]) ", re.IGNORECASE)
_POSTCODE = re.compile(r"\b\d{2}-\d{3}\b")
_ALPHABET = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż"
_RANK = {letter: rank for rank, letter in enumerate(_ALPHABET, start=0x110000)}
_DURATION = re.compile(
    r"^P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?$"
)


def money(amount: Any) -> str:
    """Return an amount in złoty, such as “17,00 zł”; what is no number stays as it is."""
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return str(amount)
    return number_format(value, 2, use_l10n=True, force_grouping=True) + f"{_NO_BREAK}zł"


def account(iban: str) -> str:
    """Return a bank account in groups of four."""
    compact = re.sub(r"\s", "", iban)
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def at_most(duration: str) -> str:
    """Return an ISO 8601 duration as “up to 14 days”; what is no duration stays as it is."""
    found = _DURATION.match(duration)
    if found is None or not any(found.groupdict().values()):
        return duration
    parts = [_part(name, int(count)) for name, count in found.groupdict().items() if count]
    return _("up to %(time)s") % {"time": " ".join(parts)}


def _part(name: str, count: int) -> str:
    words = {
        "years": npgettext("up to", "%(count)d year", "%(count)d years", count),
        "months": npgettext("up to", "%(count)d month", "%(count)d months", count),
        "weeks": npgettext("up to", "%(count)d week", "%(count)d weeks", count),
        "days": npgettext("up to", "%(count)d day", "%(count)d days", count),
        "hours": npgettext("up to", "%(count)d hour", "%(count)d hours", count),
        "minutes": npgettext("up to", "%(count)d minute", "%(count)d minutes", count),
    }
    return (words[name] % {"count": count}).replace(" ", _NO_BREAK)


def telephone_link(number: str) -> str:
    """Return a ``tel:`` address; nothing when the text is not one Polish number."""
    digits = re.sub(r"[\s().-]", "", number)
    if re.fullmatch(r"\+\d{8,15}|\d{3}", digits):
        return f"tel:{digits}"
    return f"tel:+48{digits}" if re.fullmatch(r"\d{9}", digits) else ""


def without_hanging_words(text: str) -> str:
    """Return a heading in which no one-letter word ends a line: Polish typography forbids it."""
    return _HANGING.sub(rf"\1{_NO_BREAK}", text)


def address(text: str) -> SafeString:
    """Return an address whose postal code stays on one line."""
    return mark_safe(_POSTCODE.sub(r'<span class="unbroken">\g<0></span>', escape(text)))  # noqa: S308


def sentence(text: str) -> str:
    """Return the text with a capital at its beginning; “ePUAP” keeps its own spelling."""
    first_word = text.split(" ", 1)[0]
    return text if any(letter.isupper() for letter in first_word) else text[:1].upper() + text[1:]


def polish_order(text: str) -> list[int]:
    """Return a key that sorts as a Polish dictionary does: ł after l, ż last; digits first."""
    return [_RANK.get(letter, ord(letter)) for letter in text.casefold()]


def by_first_letter(items: Iterable[Any]) -> list[tuple[str, list[Any]]]:
    """Return titled things in alphabetical order, grouped by the first letter."""
    groups: dict[str, list[Any]] = {}
    for item in sorted(items, key=lambda item: polish_order(item.title)):
        groups.setdefault(item.title[:1].upper(), []).append(item)
    return list(groups.items())
