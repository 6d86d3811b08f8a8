"""Codes of service cards, such as SA-14 or ZIKIT-13 (domain part D.2 row 2)."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_CODE = re.compile(r"[A-ZĄĆĘŁŃÓŚŹŻ]{1,6}-\d{1,3}", re.ASCII)


def validate_code(value: str) -> None:
    """Raise ValidationError unless the value is a card's code."""
    if not _CODE.fullmatch(value):
        raise ValidationError(
            _("“%(value)s” is not a code such as SA-14."), params={"value": value}
        )
