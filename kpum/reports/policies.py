"""Who reads the reports: overseers of the portal (K-12, K-30); of the upkeep, whoever sees the texts."""

from typing import Any

from django.db.models import Q

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.policies import PowersPolicy
from kpum.org.powers import Reach, reach_of
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
