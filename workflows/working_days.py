"""Working days in Poland: how long a text has been waiting, without weekends and public holidays."""

from datetime import date, timedelta
from functools import cache

#: Month and day of the public holidays that do not move (ustawa o dniach wolnych od pracy).
_FIXED = ((1, 1), (1, 6), (5, 1), (5, 3), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
#: Christmas Eve has been a public holiday since this year.
_EVE_SINCE = 2025
_SATURDAY = 5


def working_days_between(start: date, end: date) -> int:
    """Return how many working days have passed after ``start``, up to and with ``end``."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)


def is_working_day(day: date) -> bool:
    """Return whether people work on that day."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the public holidays of a year that can fall on a working day."""
    easter = easter_sunday(year)
    moving = {easter + timedelta(days=1), easter + timedelta(days=60)}
    eve = {date(year, 12, 24)} if year >= _EVE_SINCE else set()
    return frozenset({date(year, *row) for row in _FIXED} | moving | eve)


def easter_sunday(year: int) -> date:
    """Return Easter Sunday by the Gregorian computus (Meeus, Jones, Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    epact = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
