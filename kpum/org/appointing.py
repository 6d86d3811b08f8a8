"""What a person may appoint to: asked once in a request, answered for any number of rows.

Lists and forms only offer by it; the actions ask anew and decide.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from kpum.core import clock, memo
from kpum.org import queries, registry
from kpum.org.enums import APPOINTED_BY_HEAD, Right, Role
from kpum.org.models import Mandate, Unit
from kpum.org.powers import Reach, reach_of

_EVERYTHING = Reach(whole_portal=True)


@dataclass(frozen=True)
class Appointing:
    """Any role anywhere, or a head's roles in his units and in their branch sites (K-20).

    Attributes:
        anything: the person holds the right to grant.
        reach: the units in which he appoints.
        branch_ids: the first pages of the branch sites that belong to these units.
    """

    anything: bool
    reach: Reach
    branch_ids: frozenset[int]

    def __bool__(self) -> bool:
        return self.anything or bool(self.reach)

    @property
    def roles(self) -> list[Role]:
        """Return the roles that he may give somewhere."""
        if self.anything:
            return list(Role)
        return [role for role in Role if role in APPOINTED_BY_HEAD] if self.reach else []

    def covers(self, mandate: Mandate) -> bool:
        """Return whether he may give or end such a mandate."""
        if self.anything:
            return True
        if mandate.role not in APPOINTED_BY_HEAD:
            return False
        if mandate.unit is None:
            return mandate.branch_id in self.branch_ids
        return self.covers_unit(mandate.unit)

    def covers_unit(self, unit: Unit) -> bool:
        """Return whether he appoints in the unit."""
        return self.reach.whole_portal or unit.path.startswith(self.reach.unit_paths or ("\0",))


def appointing_of(user: Any) -> Appointing:
    """Return what the person may appoint to, remembered for this request."""
    return memo.remembered(("appointing", user.pk), lambda: _appointing_of(user))


def _appointing_of(user: Any) -> Appointing:
    powers = queries.powers_in_request(user)
    grants = reach_of(powers, {Right.GRANT}).whole_portal
    if grants or (user.is_superuser and user.is_active):
        return Appointing(anything=True, reach=_EVERYTHING, branch_ids=frozenset())
    reach = reach_of(powers, {Right.APPOINT})
    ids = _branches(reach).values_list("pk", flat=True) if reach else ()
    return Appointing(anything=False, reach=reach, branch_ids=frozenset(ids))


def units_of(appointing: Appointing) -> QuerySet[Unit]:
    """Return the open units in which the person may appoint, in the tree's order."""
    units = Unit.objects.filter(queries.units_in_reach(appointing.reach))
    return units.open_on(clock.today())


def branches_of(appointing: Appointing) -> QuerySet[Any]:
    """Return the branch sites in which the person may appoint."""
    return _branches(appointing.reach).order_by("title")


def _branches(reach: Reach) -> QuerySet[Any]:
    units = Unit.objects.filter(queries.units_in_reach(reach)).order_by()
    return registry.branch_sites_of(units)


def within(appointing: Appointing) -> Q:
    """Return the condition on mandates for those in the person's units and their branch sites."""
    units = Unit.objects.filter(queries.units_in_reach(appointing.reach)).order_by()
    return Q(unit__in=units.values("pk")) | Q(branch__in=appointing.branch_ids)
