"""Processing times as ISO 8601 durations, such as ``P14D`` or ``P1M``."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?)?", re.ASCII)


def validate_duration(value: str) -> None:
    """Raise ValidationError unless the value is an ISO 8601 duration."""
    if not _DURATION.fullmatch(value):
        raise ValidationError(
            _("“%(value)s” is not a duration such as P14D (14 days) or P1M (one month)."),
            params={"value": value},
        )
