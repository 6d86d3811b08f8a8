"""Who may do what: reads over mandates, always at one given second."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from kpum.core import clock
from kpum.org.enums import Right, Role, Scope
from kpum.org.models import Mandate, Unit


def mandates_of(user: Any) -> list[Mandate]:
    """Return the person's mandates in force now; nobody's for an anonymous or blocked person.

    Not cached: when a mandate ends, the right ends that second.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    return list(
        Mandate.objects.filter(user=user).in_force(clock.now()).select_related("unit", "user")
    )


def holders(*roles: Role, unit: Unit | None = None) -> QuerySet[Any]:
    """Return the active people who hold any of the roles now, for the unit or one above it."""
    mandates = Mandate.objects.in_force(clock.now()).for_roles(*roles)
    if unit is not None:
        mandates = mandates.reaching(unit)
    return get_user_model()._default_manager.filter(pk__in=mandates.values("user")).order_by("pk")


def units_in_reach(mandates: list[Mandate], rights: set[Right]) -> Q | None:
    """Return a condition on ``Unit.path`` for the units where any of the rights is held.

    None means every unit: a portal-wide mandate. An empty condition that matches nothing is
    ``Q(pk__in=[])``. The prefix list is collapsed, so nested mandates cost nothing.
    """
    helpful = [mandate for mandate in mandates if Role(mandate.role).rights & rights]
    if any(Role(mandate.role).scope is Scope.PORTAL for mandate in helpful):
        return None
    condition = Q(pk__in=[])
    for path in _topmost([mandate.unit.path for mandate in helpful if mandate.unit]):
        condition |= Q(path__startswith=path)
    return condition


def rights_over(mandates: list[Mandate], unit: Unit) -> frozenset[Right]:
    """Return what the mandates allow over the pages of one unit."""
    rights: set[Right] = set()
    for mandate in mandates:
        role = Role(mandate.role)
        reaches = role.scope is Scope.PORTAL or (
            mandate.unit is not None and unit.path.startswith(mandate.unit.path)
        )
        if reaches:
            rights |= role.rights
    return frozenset(rights)


def _topmost(paths: list[str]) -> list[str]:
    top: list[str] = []
    for path in sorted(set(paths)):
        if not top or not path.startswith(top[-1]):
            top.append(path)
    return top


def active_people(ids: set[int]) -> QuerySet[Any]:
    """Return the active people with these ids, in a stable order."""
    return get_user_model()._default_manager.filter(pk__in=ids, is_active=True).order_by("pk")


def open_units() -> QuerySet[Any]:
    """Return the units that exist today, in the tree's order."""
    return Unit.objects.open_on(clock.today())


def units_named(words: str) -> QuerySet[Any]:
    """Return units by present or former name, closed ones included: people still ask for them."""
    return Unit.objects.named(words)


def unit_by_slug(slug: str) -> Unit | None:
    """Return the unit whose public address ends in the slug, with its former names."""
    unit: Unit | None = (
        Unit.objects.filter(code__iexact=slug).prefetch_related("former_names").first()
    )
    return unit


def units_below(unit: Unit) -> QuerySet[Any]:
    """Return the open units right below."""
    return unit.get_children().open_on(clock.today())


def ground_of(user: Any, unit: Unit) -> str:
    """Return the person's mandates over the unit in words, as the audit quotes them."""
    return "; ".join(
        mandate.wording
        for mandate in mandates_of(user)
        if Role(mandate.role).scope is Scope.PORTAL
        or (mandate.unit is not None and unit.path.startswith(mandate.unit.path))
    )
