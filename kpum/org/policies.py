"""What Wagtail's lists and menus ask about mandates, substitutions, orders and contacts.

Nobody deletes anything, and nobody edits a mandate: it is ended or replaced.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.permission_policies.base import BasePermissionPolicy

from kpum.core import clock
from kpum.org import queries
from kpum.org.appointing import appointing_of, within
from kpum.org.enums import Right
from kpum.org.models import InternalOrder, Mandate, Substitution, Unit
from kpum.org.powers import Place, reach_of, rights_over

_SEE_ALL = {Right.OVERSEE, Right.GRANT}


def oversees(user: Any) -> bool:
    """Return whether the person sees, and may take away, everybody's mandates (K-12, M-20)."""
    return reach_of(queries.powers_in_request(user), _SEE_ALL).whole_portal


class PowersPolicy(BasePermissionPolicy):
    """Answers from powers; a subclass says what is seen and what may be done."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(user.is_active) and self._may(user, action)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        return bool(user.is_active) and self._may_here(user, action, instance)

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Any]:
        rows = self.model._default_manager.all()
        if not user.is_active or "view" not in actions:
            return rows.none()
        return rows.filter(self._seen(user))

    def _may(self, user: Any, action: str) -> bool:
        raise NotImplementedError

    def _may_here(self, user: Any, action: str, instance: Any) -> bool:
        raise NotImplementedError

    def _seen(self, user: Any) -> Q:
        raise NotImplementedError


class MandatePolicy(PowersPolicy):
    """A head appoints in his units; who grants, appoints anywhere; everybody sees his own."""

    def _may(self, user: Any, action: str) -> bool:
        if action == "add":
            return bool(appointing_of(user))
        return action == "view" or (action == "export" and oversees(user))

    def _may_here(self, user: Any, action: str, instance: Mandate) -> bool:
        if action == "substitute":
            return may_name_substitute(user, instance)
        return action == "end" and appointing_of(user).covers(instance)

    def _seen(self, user: Any) -> Q:
        return seen_mandates(user)


def seen_mandates(user: Any) -> Q:
    """Return the condition on mandates for those that the person may see."""
    appointing = appointing_of(user)
    if appointing.anything or oversees(user):
        return Q()
    own = Q(user=user)
    return own | within(appointing) if appointing else own


def may_name_substitute(user: Any, mandate: Mandate) -> bool:
    """Return whether the person may name or end a substitute of the mandate's holder (K-14)."""
    own = mandate.user_id == user.pk and mandate.holds_at(clock.now())
    return own or appointing_of(user).covers(mandate)


class SubstitutionPolicy(PowersPolicy):
    """Both people see a substitution, and whoever sees the mandate."""

    def _may(self, user: Any, action: str) -> bool:
        if action == "add":
            return bool(queries.powers_in_request(user)) or bool(appointing_of(user))
        return action == "view"

    def _may_here(self, user: Any, action: str, instance: Substitution) -> bool:
        return action == "end" and may_name_substitute(user, instance.mandate)

    def _seen(self, user: Any) -> Q:
        mandates = Mandate.objects.filter(seen_mandates(user)).order_by()
        return Q(mandate__in=mandates.values("pk")) | Q(substitute=user)


class OrderPolicy(PowersPolicy):
    """A head issues orders; his unit's people read them, and everybody whom one names."""

    def _may(self, user: Any, action: str) -> bool:
        if action == "add":
            return bool(reach_of(queries.powers_in_request(user), {Right.APPOINT}))
        return action == "view"

    def _may_here(self, user: Any, action: str, instance: InternalOrder) -> bool:
        return action == "change" and _holds(user, instance.unit, Right.APPOINT)

    def _seen(self, user: Any) -> Q:
        powers = queries.powers_in_request(user)
        reach = reach_of(powers, {Right.VIEW, Right.APPOINT, Right.OVERSEE})
        units = Unit.objects.filter(queries.units_in_reach(reach)).order_by()
        named = InternalOrder.objects.filter(duties__person=user)
        return Q(unit__in=units.values("pk")) | Q(pk__in=named.values("pk"))


class ContactPolicy(PowersPolicy):
    """Who may say how citizens reach a unit."""

    def _may(self, user: Any, action: str) -> bool:
        reach = reach_of(queries.powers_in_request(user), {Right.SET_CONTACT})
        return action in {"view", "change"} and bool(reach)

    def _may_here(self, user: Any, action: str, instance: Unit) -> bool:
        return action == "change" and _holds(user, instance, Right.SET_CONTACT)

    def _seen(self, user: Any) -> Q:
        reach = reach_of(queries.powers_in_request(user), {Right.SET_CONTACT})
        return queries.units_in_reach(reach)


def _holds(user: Any, unit: Unit, right: Right) -> bool:
    return right in rights_over(queries.powers_in_request(user), Place.of_unit(unit))
