"""What every export has in common in its cells: days, lengths, and the word for a bad one."""

import re
from datetime import date

from django.utils.translation import gettext as _

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BadCell(ValueError):
    """A cell holds what it may not; the message says so to the operator."""


def day(text: str) -> date | None:
    """Return the day, or None for an empty cell.

    Raises:
        BadCell: the text is no day.
    """
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise BadCell(_("“%(text)s” is no day in the form 2025-06-01.") % {"text": text})


def fitting(text: str, limit: int) -> str:
    """Return the text when the column holds that many characters.

    Raises:
        BadCell: it does not.
    """
    if len(text) > limit:
        raise BadCell(
            _("The text has %(length)s characters; at most %(limit)s fit.")
            % {"length": len(text), "limit": limit}
        )
    return text
