"""What each cell of a SEZAM export may hold, and the value it stands for."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from kpum.org.enums import Role
from kpum.org.export_cells import BadCell, day, fitting

#: As long as the columns of ``Authorisation``; a test holds them equal.
LIMITS = {"sezam_id": 64, "authorisation": 100}
#: Years that every database and every time zone can hold.
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


def _needed(text: str) -> str:
    if not text:
        raise BadCell(_("The cell is empty."))
    return text


def _limited(column: str) -> Callable[[str], str]:
    return lambda text: fitting(_needed(text), LIMITS[column])


def _login(text: str) -> str:
    # As Django keeps logins: two that look the same are the same.
    return unicodedata.normalize("NFKC", _needed(text))


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise BadCell(
            _("“%(text)s” is no role of the portal; the roles are: %(roles)s.")
            % {"text": text, "roles": ", ".join(Role.values)}
        ) from error


def _begin(text: str) -> datetime:
    return _moment(_needed(text), days_later=0)


def _end(text: str) -> datetime | None:
    # A day counts to its end: the first second without the right is the next day's first one.
    return _moment(text, days_later=1) if text else None


def _moment(text: str, *, days_later: int) -> datetime:
    """Return the second, in UTC; a time without an offset is Kraków's."""
    try:
        moment = parse_datetime(text) if len(text) > len("2025-06-01") else None
        if moment is None:
            moment = _midnight(text) + timedelta(days=days_later)
        if _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            aware = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
            return aware.astimezone(UTC)
    except (BadCell, ValueError, OverflowError):
        pass
    raise BadCell(
        _("“%(text)s” is neither a day (2025-06-01) nor a second (2025-06-01T08:00:00+02:00).")
        % {"text": text}
    )


def _midnight(text: str) -> datetime:
    if (found := day(text)) is None:
        raise BadCell(text)
    return datetime.combine(found, time())


#: The columns of an export and how their cells are read. People, units and branch sites are judged
#: against what the portal knows.
READERS: dict[str, Callable[[str], Any]] = {
    "sezam_id": _limited("sezam_id"),
    "login": _login,
    "first_name": _needed,
    "last_name": _needed,
    "email": str,
    "function": str,
    "authorisation": _limited("authorisation"),
    "role": _role,
    "unit": str,
    "branch": str,
    "valid_from": _begin,
    "valid_to": _end,
}
