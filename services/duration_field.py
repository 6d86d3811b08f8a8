"""A processing time as people give it, a number and a unit, kept as an ISO 8601 duration (D.2 row 10)."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_SIMPLE = re.compile(r"P(\d+)([DWMY])", re.ASCII)
_NUMBER = re.compile(r"\d{1,4}", re.ASCII)
UNITS = (
    ("D", _("days")),
    ("W", _("weeks")),
    ("M", _("months")),
    ("Y", _("years")),
    ("", _("another way (ISO 8601)")),
)


class DurationWidget(forms.MultiWidget):
    """A number beside its unit; what is no whole number of one unit is shown as it is stored."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        number = forms.TextInput({"class": "kpum-beside", "aria-label": _("How many")})
        unit = forms.Select({"class": "kpum-beside", "aria-label": _("Unit of time")}, UNITS)
        super().__init__([number, unit], attrs)

    def decompress(self, value: str | None) -> list[str]:
        """Return the number and the unit of a stored duration."""
        if not value:
            return ["", "D"]
        simple = _SIMPLE.fullmatch(value)
        return [simple[1], simple[2]] if simple else [value, ""]


class DurationField(forms.MultiValueField):
    """Takes a number and a unit; gives a duration such as P14D, empty when no number was given."""

    widget = DurationWidget

    def __init__(self, **kwargs: Any) -> None:
        parts = (forms.CharField(required=False), forms.ChoiceField(choices=UNITS, required=False))
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> str:
        """Return the duration.

        Raises:
            ValidationError: what should be a number is none.
        """
        number, unit = [*data_list, "", ""][:2]
        number = number.strip()
        if not number or not unit:
            return number
        if not _NUMBER.fullmatch(number):
            raise ValidationError(_("Give a whole number, such as 14, and choose its unit."))
        return f"P{int(number)}{unit}"
