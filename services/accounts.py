"""Bank accounts: Polish IBANs with their check digits (row 9), and addresses for e-delivery (L-8)."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import iban

_IBAN_LENGTH = 28
_ADE = re.compile(r"AE:PL-\d{5}-\d{5}-[A-Z]{5}-\d{2}", re.ASCII)


def validate_iban(value: str) -> None:
    """Raise ValidationError unless the value is a Polish IBAN whose check digits hold (mod 97)."""
    if not (
        value.startswith("PL")
        and iban.is_valid(value, check_country=False)
        and len(iban.compact(value)) == _IBAN_LENGTH
    ):
        raise ValidationError(
            _("“%(value)s” is not a Polish bank account: check the digits."),
            params={"value": value},
        )


def validate_ade(value: str) -> None:
    """Raise ValidationError unless the value is an address for electronic delivery."""
    if not _ADE.fullmatch(value):
        raise ValidationError(
            _("“%(value)s” is not an address such as AE:PL-12345-67890-ABCDE-12."),
            params={"value": value},
        )
