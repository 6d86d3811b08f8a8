"""Who sees the channels and their rules, and who changes them: the chief editor alone."""

from typing import Any

from django.db.models import Q

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.policies import PowersPolicy
from kpum.org.powers import reach_of


class ChannelPolicy(PowersPolicy):
    """Overseers read the rules; a superuser needs a mandate like anybody."""

    def _may(self, user: Any, action: str) -> bool:
        powers = org.powers_in_request(user)
        if action in {"add", "change"}:
            return reach_of(powers, {Right.SET_CHANNELS}).whole_portal
        return action == "view" and reach_of(powers, {Right.OVERSEE}).whole_portal

    def _may_here(self, user: Any, action: str, _instance: Any) -> bool:
        return self._may(user, action)

    def _seen(self, user: Any) -> Q:
        return Q() if self._may(user, "view") else Q(pk__in=[])
