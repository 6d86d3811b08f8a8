"""How a mandate or a substitution stands at a moment, in the four words a list needs."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from kpum.org.enums import Standing
from kpum.org.models import Mandate, Substitution


def standing_of(row: Mandate | Substitution, moment: datetime) -> Standing:
    """Return how the row stands at the moment; related rows should be at hand."""
    if row.valid_to is not None and row.valid_to <= moment:
        return Standing.PAST
    if row.valid_from > moment:
        return Standing.FUTURE
    return Standing.CURRENT if _takes_effect(row, moment) else Standing.IDLE


def _takes_effect(row: Mandate | Substitution, moment: datetime) -> bool:
    if isinstance(row, Mandate):
        return _admitted(row.user, moment)
    mandate = row.mandate
    return (
        mandate.holds_at(moment)
        and _admitted(row.substitute, moment)
        and _admitted(mandate.user, moment)
    )


def _admitted(person: Any, moment: datetime) -> bool:
    """Return whether the person is active and no authorisation of his has lapsed (M-05)."""
    authorisation = getattr(person, "authorisation", None)
    return person.is_active and (authorisation is None or authorisation.holds_at(moment))


def with_standing(rows: QuerySet[Any], standing: Standing, moment: datetime) -> QuerySet[Any]:
    """Return those of the rows, mandates or substitutions, that stand so at the moment."""
    if standing is Standing.PAST:
        return rows.filter(valid_to__lte=moment)
    if standing is Standing.FUTURE:
        return rows.filter(valid_from__gt=moment)
    in_force = rows.model._default_manager.in_force(moment).values("pk")
    if standing is Standing.CURRENT:
        return rows.filter(pk__in=in_force)
    return (
        rows.filter(valid_from__lte=moment).exclude(valid_to__lte=moment).exclude(pk__in=in_force)
    )
