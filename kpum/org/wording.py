"""How lists, forms and files speak of mandates: moments, reaches, people."""

from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from kpum.org.enums import Role, Scope
from kpum.org.models import Mandate, Unit


def moment_in_words(moment: datetime | None) -> str:
    """Return a moment as the reader writes it; an end that is not set has words of its own."""
    if moment is None:
        return _("without an end")
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def day_in_words(day: date | None) -> str:
    """Return a day as the reader writes it, or the words for an end that is not set."""
    return _("without an end") if day is None else formats.date_format(day, "SHORT_DATE_FORMAT")


def unit_in_words(unit: Unit) -> str:
    """Return a unit's code and name."""
    return f"{unit.code} – {unit.name}"


def reach_in_words(mandate: Mandate) -> str:
    """Return what a mandate is held for."""
    if mandate.unit:
        return unit_in_words(mandate.unit)
    if mandate.branch:
        return _("branch site “%(title)s”") % {"title": mandate.branch.title}
    return _("the whole portal")


def role_in_words(mandate: Mandate) -> str:
    """Return the name of the mandate's role."""
    return str(Role(mandate.role).label)


def giver_in_words(person: Any) -> str:
    """Return who gave or named; nobody means the system."""
    return str(person) if person else _("the system")


def choice_of_person(person: Any) -> str:
    """Return a person as a form offers him: two may bear one name."""
    return f"{person} ({person.get_username()})"


def choice_of_mandate(mandate: Mandate) -> str:
    """Return a mandate as a form offers it."""
    return f"{mandate.user}: {role_in_words(mandate)}, {reach_in_words(mandate)}"


def scope_of_role(role: Role) -> str:
    """Return what must be named beside the role."""
    return {
        Scope.PORTAL: _("for the whole portal"),
        Scope.UNIT: _("for a unit"),
        Scope.BRANCH: _("for a branch site"),
    }[role.scope]
