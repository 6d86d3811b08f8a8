"""Who may do what, and where: reads over mandates, always at one given second."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from kpum.core import clock, memo
from kpum.org.enums import Right, Role
from kpum.org.models import Authorisation, Mandate, Substitution, Unit, mandate_in_words
from kpum.org.powers import Ground, Place, Power, Reach, ground_for, reach_of, rights_over

#: What a power is made of. One person may hold two hundred mandates: whole rows would be slow.
_OF_MANDATE = ("role", "basis", "unit__path", "unit__code", "branch__path", "branch__title")


def powers_of(user: Any) -> list[Power]:
    """Return the person's powers now: mandates of his own, and those he exercises for others.

    Nobody's for an anonymous or blocked person. Two queries; never cached between requests: when a
    mandate ends, the right ends that second.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return []
    now = clock.now()
    own = Mandate.objects.filter(user=user).in_force(now)
    substituted = Substitution.objects.filter(substitute=user).in_force(now)
    return [power for _user_id, power in _held(own)] + [
        _power(row.mandate, acting_for=str(row.mandate.user))
        for row in substituted.select_related("mandate__unit", "mandate__branch", "mandate__user")
    ]


def powers_in_request(user: Any) -> list[Power]:
    """Return the same, asked once in a request: for lists, never for an act that writes."""
    return memo.remembered(("powers", getattr(user, "pk", None)), lambda: powers_of(user))


def powers_for(*roles: Role) -> list[tuple[int, Power]]:
    """Return everybody's powers of these roles now, as (person's id, power); two queries."""
    now = clock.now()
    own = Mandate.objects.in_force(now).for_roles(*roles)
    substituted = Substitution.objects.in_force(now).filter(mandate__role__in=roles)
    return _held(own) + [
        (row.substitute_id, _power(row.mandate, acting_for=str(row.mandate.user)))
        for row in substituted.select_related("mandate__unit", "mandate__branch", "mandate__user")
    ]


def holders(*roles: Role, place: Place | None = None) -> QuerySet[Any]:
    """Return the people who exercise any of the roles now, at the place or anywhere."""
    return active_people(
        {user_id for user_id, power in powers_for(*roles) if place is None or power.reaches(place)}
    )


def heads_of(unit: Unit) -> list[Any]:
    """Return who leads the unit now: its own head, or that of the nearest unit above (K-21, M-12)."""
    powers = [
        (user_id, power)
        for user_id, power in powers_for(Role.UNIT_HEAD)
        if unit.path.startswith(power.unit_path)
    ]
    nearest = max((len(power.unit_path) for _user_id, power in powers), default=0)
    ids = {user_id for user_id, power in powers if len(power.unit_path) == nearest}
    return list(active_people(ids))


def _held(mandates: QuerySet[Mandate]) -> list[tuple[int, Power]]:
    """Return (person's id, power) for each mandate; one query."""
    return [
        (
            user_id,
            Power(
                role=Role(role),
                wording=mandate_in_words(role, code or title or "", basis),
                unit_path=unit or "",
                branch_path=branch or "",
            ),
        )
        for user_id, role, basis, unit, code, branch, title in mandates.values_list(
            "user", *_OF_MANDATE
        )
    ]


def _power(mandate: Mandate, acting_for: str = "") -> Power:
    return Power(
        role=Role(mandate.role),
        wording=mandate.wording,
        unit_path=mandate.unit.path if mandate.unit else "",
        branch_path=mandate.branch.path if mandate.branch else "",
        acting_for=acting_for,
    )


def ground_of(user: Any, place: Place, right: Right) -> Ground | None:
    """Return why the person may do this here, or None when he may not; for one act, asked anew."""
    return ground_for(powers_of(user), place, right)


def may(user: Any, place: Place, *rights: Right) -> bool:
    """Return whether the person holds any of the rights at the place, asked anew."""
    return bool(rights_over(powers_of(user), place) & set(rights))


def reach_of_view(user: Any) -> Reach:
    """Return where the person sees drafts, asked once in a request; a superuser needs a mandate like anybody."""
    return reach_of(powers_in_request(user), {Right.VIEW})


def units_in_reach(reach: Reach) -> Q:
    """Return the condition on ``Unit`` for the units that the reach covers."""
    if reach.whole_portal:
        return Q()
    condition = Q(pk__in=[])
    # One list for each depth of the tree, not one condition for each unit: SQLite's expressions
    # are not deep, and the database is asked nothing beforehand.
    for length in sorted({len(path) for path in reach.unit_paths}):
        tops = [path for path in reach.unit_paths if len(path) == length]
        below = Unit.objects.alias(top=Left("path", length)).filter(top__in=tops)
        condition |= Q(pk__in=below.order_by().values("pk"))
    return condition


def authorisation_of(user: Any) -> Authorisation | None:
    """Return what SEZAM says of the person; None when SEZAM does not know him."""
    return Authorisation.objects.filter(user=user.pk).first()


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
