"""Who may log in, and who may enter the admin: by authorisation and by mandate, in that second."""

from typing import Any

from django.contrib.auth.backends import BaseBackend, ModelBackend

from kpum.core import clock
from kpum.org import queries

#: What a mandate opens: the admin's door, nothing behind it.
ADMIN_ACCESS = "wagtailadmin.access_admin"


class AuthorisedModelBackend(ModelBackend):
    """Passwords as Django keeps them, for people whose authorisation in SEZAM has not lapsed (M-05).

    It answers each request of a session too, so an open session ends with the authorisation.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        if not super().user_can_authenticate(user):
            return False
        authorisation = queries.authorisation_of(user)
        return authorisation is None or authorisation.holds_at(clock.now())


class MandateBackend(BaseBackend):
    """Grants admin access exactly as long as the person holds a mandate with rights (promise 2)."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if perm != ADMIN_ACCESS or obj is not None:
            return False
        return any(power.role.rights for power in queries.powers_of(user_obj))
