"""Codes of service cards, such as SA-14 (domain part D.2 row 2), and of the acts they rest on."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_CODE = re.compile(r"[A-ZĄĆĘŁŃÓŚŹŻ]{1,6}-\d{1,3}", re.ASCII)
_NACE = re.compile(r"[A-U]\d{2}(?:\.\d{1,2})?", re.ASCII)
_ELI = re.compile(r"(?:(?:DU|MP)/\d{4}/\d{1,5}|[A-Z]{2,10}/[\w.-]{1,48})", re.ASCII)


def validate_code(value: str) -> None:
    """Raise ValidationError unless the value is a card's code."""
    if not _CODE.fullmatch(value):
        raise ValidationError(
            _("“%(value)s” is not a code such as SA-14."), params={"value": value}
        )


def validate_eli(value: str) -> None:
    """Raise ValidationError unless the value identifies an act: its ELI, or the city's own number."""
    if not _ELI.fullmatch(value):
        raise ValidationError(
            _("“%(value)s” is not an identifier such as DU/2003/717 or KRK/LXXI-1234-21."),
            params={"value": value},
        )


def validate_nace(value: str) -> None:
    """Raise ValidationError unless the value looks like a code of NACE Rev. 2."""
    if not _NACE.fullmatch(value):
        raise ValidationError(
            _("“%(value)s” is not a code of NACE such as O84.11."), params={"value": value}
        )
