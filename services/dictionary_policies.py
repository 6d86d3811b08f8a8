"""Who keeps what all cards refer to, and who reads it in the admin."""

from typing import Any

from django.db.models import Q

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.policies import PowersPolicy
from kpum.org.powers import reach_of
from services.models import BusinessEvent, Category, LegalAct, LifeEvent, PrivacyNotice

DICTIONARIES: tuple[type[Any], ...] = (
    LegalAct, PrivacyNotice, Category, LifeEvent, BusinessEvent,
)  # fmt: skip


class DictionaryPolicy(PowersPolicy):
    """Overseers read; a superuser needs a mandate like anybody."""

    def _may(self, user: Any, action: str) -> bool:
        powers = org.powers_in_request(user)
        if action in {"add", "change", "delete"}:
            return reach_of(powers, {Right.KEEP_DICTIONARIES}).whole_portal
        seeing = {Right.KEEP_DICTIONARIES, Right.OVERSEE}
        return action == "view" and reach_of(powers, seeing).whole_portal

    def _may_here(self, user: Any, action: str, _instance: Any) -> bool:
        return self._may(user, action)

    def _seen(self, user: Any) -> Q:
        return Q() if self._may(user, "view") else Q(pk__in=[])
