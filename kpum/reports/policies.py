"""Who reads the reports: overseers of the portal (K-12, K-30); of links and upkeep, whoever sees the texts."""

from typing import Any

from django.db.models import Q

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.models import Unit
from kpum.org.policies import PowersPolicy
from kpum.org.powers import Reach, reach_of
from kpum.pages.link_models import PageLink
from kpum.pages.queries import stewardships_in


def oversees_portal(user: Any) -> bool:
    """Return whether the person oversees the whole portal; a superuser needs a mandate like anybody."""
    return reach_of(org.powers_in_request(user), {Right.OVERSEE}).whole_portal


class TrailPolicy(PowersPolicy):
    """Reading and taking away, nothing else."""

    def _may(self, user: Any, action: str) -> bool:
        return action in {"view", "export"} and oversees_portal(user)

    def _may_here(self, user: Any, action: str, _instance: Any) -> bool:
        return self._may(user, action)

    def _seen(self, user: Any) -> Q:
        return Q() if oversees_portal(user) else Q(pk__in=[])


def reach_of_view(user: Any) -> Reach:
    """Return where the person sees pages; a superuser needs a mandate like anybody."""
    return reach_of(org.powers_in_request(user), {Right.VIEW})


def pages_within(reach: Reach, unit: str, page_path: str) -> Q:
    """Return the condition for pages within the reach, on the names of their unit and their path."""
    if reach.whole_portal:
        return Q()
    units = Unit.objects.filter(org.units_in_reach(reach)).order_by()
    within = Q(**{f"{unit}__in": units.values("pk")})
    for path in reach.branch_paths:
        within |= Q(**{f"{page_path}__startswith": path})
    return within


class PageLinkPolicy(PowersPolicy):
    """Who sees a page, drafts and all, reads where its links lead."""

    def _may(self, user: Any, action: str) -> bool:
        return action == "view" and bool(reach_of_view(user))

    def _may_here(self, user: Any, action: str, instance: Any) -> bool:
        rows = self.instances_user_has_any_permission_for(user, [action])
        return rows.filter(pk=instance.pk).exists()

    def _seen(self, user: Any) -> Q:
        reach = reach_of_view(user)
        return pages_within(reach, "page__stewardship__owner_unit", "page__path")


class AddressChangePolicy(PageLinkPolicy):
    """And what became of the addresses that they lead to."""

    def _seen(self, user: Any) -> Q:
        links = PageLink.objects.filter(super()._seen(user), address__isnull=False).order_by()
        return Q(address__in=links.values("address"))


class UpkeepPolicy(PowersPolicy):
    """Whoever sees drafts of a unit sees which of its texts are due for a check (I-29)."""

    def _may(self, user: Any, action: str) -> bool:
        return action in {"view", "export"} and bool(_seen_by(user))

    def _may_here(self, user: Any, action: str, _instance: Any) -> bool:
        return self._may(user, action)

    def _seen(self, user: Any) -> Q:
        return stewardships_in(_seen_by(user))


def _seen_by(user: Any) -> Reach:
    return reach_of(org.powers_in_request(user), {Right.VIEW})
