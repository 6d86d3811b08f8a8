"""Who reads the reports: overseers of the portal (K-12, K-30); of links and upkeep, whoever sees the texts."""

from typing import Any

from django.db.models import Q

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.policies import PowersPolicy
from kpum.org.powers import reach_of
from kpum.pages.link_models import PageLink
from kpum.pages.queries import owned_in


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


class PageLinkPolicy(PowersPolicy):
    """Who sees a page, drafts and all, reads where its links lead."""

    def _may(self, user: Any, action: str) -> bool:
        return action == "view" and bool(org.reach_of_view(user))

    def _may_here(self, user: Any, action: str, instance: Any) -> bool:
        rows = self.instances_user_has_any_permission_for(user, [action])
        return rows.filter(pk=instance.pk).exists()

    def _seen(self, user: Any) -> Q:
        reach = org.reach_of_view(user)
        return owned_in(reach, unit="page__stewardship__owner_unit")


class AddressChangePolicy(PageLinkPolicy):
    """And what became of the addresses that they lead to."""

    def _seen(self, user: Any) -> Q:
        links = PageLink.objects.filter(super()._seen(user), address__isnull=False).order_by()
        return Q(address__in=links.values("address"))


class UpkeepPolicy(PowersPolicy):
    """Whoever sees drafts of a unit sees which of its texts are due for a check (I-29)."""

    def _may(self, user: Any, action: str) -> bool:
        return action in {"view", "export"} and bool(org.reach_of_view(user))

    def _may_here(self, user: Any, action: str, _instance: Any) -> bool:
        return self._may(user, action)

    def _seen(self, user: Any) -> Q:
        return owned_in(org.reach_of_view(user))
