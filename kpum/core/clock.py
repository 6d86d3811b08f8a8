"""The one clock: everything that asks for the time asks here, so that tests can stop it."""

from datetime import date, datetime

from django.utils import timezone


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return timezone.now()


def today() -> date:
    """Return today's date in Kraków."""
    return timezone.localdate()
