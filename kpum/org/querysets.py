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


class MandateQuerySet(models.QuerySet):
    """Mandates by time, role and reach."""

    def in_force(self, moment: datetime) -> "MandateQuerySet":
        """Return the mandates in force at that second; the end itself is already outside."""
        return self.filter(
            Q(valid_to=None) | Q(valid_to__gt=moment), valid_from__lte=moment, user__is_active=True
        )

    def for_roles(self, *roles: "Role") -> "MandateQuerySet":
        """Return the mandates of any of the roles."""
        return self.filter(role__in=roles)

    def reaching(self, unit: "Unit") -> "MandateQuerySet":
        """Return the mandates given for the unit itself or for one above it."""
        steplen = unit.steplen
        paths = [unit.path[:end] for end in range(steplen, len(unit.path) + 1, steplen)]
        return self.filter(unit__path__in=paths)
