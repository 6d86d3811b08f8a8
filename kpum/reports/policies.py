"""Who reads the reports: those who oversee the whole portal (K-12, K-30). Nobody writes."""

from typing import Any

from django.db.models import Q

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.policies import PowersPolicy
from kpum.org.powers import reach_of


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
