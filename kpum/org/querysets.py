"""Adjectives of units and mandates."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from treebeard.mp_tree import MP_NodeManager, MP_NodeQuerySet

if TYPE_CHECKING:
    from kpum.org.enums import Role
    from kpum.org.models import Unit


class UnitQuerySet(MP_NodeQuerySet):
    """Units by their state and name."""

    def open_on(self, day: date) -> "UnitQuerySet":
        """Return the units that exist on that day."""
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
        )

    def named(self, words: str) -> "UnitQuerySet":
        """Return the units whose present or former name, abbreviation or code holds the words (I-02)."""
        return self.filter(
            Q(name__icontains=words)
            | Q(abbreviation__iexact=words)
            | Q(code__iexact=words)
            | Q(former_names__name__icontains=words)
        ).distinct()


class UnitManager(MP_NodeManager.from_queryset(UnitQuerySet)):  # type: ignore[misc]
    """Keeps treebeard's order by path."""

    def get_queryset(self) -> UnitQuerySet:
        return UnitQuerySet(self.model, using=self._db).order_by("path")


def _holding_at(moment: datetime, prefix: str = "") -> Q:
    """Return the condition that a period holds at that second; the end itself is already outside."""
    return Q(**{f"{prefix}valid_from__lte": moment}) & (
        Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": moment})
    )


def _admitted_at(moment: datetime, person: str) -> Q:
    """Return the condition that a person is active and no authorisation of his has lapsed (M-05)."""
    return Q(**{f"{person}__is_active": True}) & (
        Q(**{f"{person}__authorisation": None}) | _holding_at(moment, f"{person}__authorisation__")
    )


class MandateQuerySet(models.QuerySet):
    """Mandates by time, role and reach."""

    def in_force(self, moment: datetime) -> "MandateQuerySet":
        """Return the mandates in force at that second, of people who may log in."""
        return self.filter(_holding_at(moment) & _admitted_at(moment, "user"))

    def overlapping(self, begin: datetime, end: datetime | None) -> "MandateQuerySet":
        """Return the mandates that share at least a second with the period."""
        late_enough = self.filter(Q(valid_to=None) | Q(valid_to__gt=begin))
        return late_enough if end is None else late_enough.filter(valid_from__lt=end)

    def for_roles(self, *roles: "Role") -> "MandateQuerySet":
        """Return the mandates of any of the roles."""
        return self.filter(role__in=roles)

    def reaching(self, unit: "Unit") -> "MandateQuerySet":
        """Return the mandates given for the unit itself or for one above it."""
        steplen = unit.steplen
        paths = [unit.path[:end] for end in range(steplen, len(unit.path) + 1, steplen)]
        return self.filter(unit__path__in=paths)


class SubstitutionQuerySet(models.QuerySet):
    """Substitutions by time."""

    def in_force(self, moment: datetime) -> "SubstitutionQuerySet":
        """Return those in force at that second: the period, the mandate, and both people."""
        return self.filter(
            _holding_at(moment)
            & _admitted_at(moment, "substitute")
            & _holding_at(moment, "mandate__")
            & _admitted_at(moment, "mandate__user")
        )
