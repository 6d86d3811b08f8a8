"""Who may log in, and who may enter the admin: by authorisation and by mandate, in that second."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend, ModelBackend

from kpum.core import clock
from kpum.org import queries
from kpum.org.models import Authorisation

#: What a mandate opens: the admin's door, nothing behind it.
ADMIN_ACCESS = "wagtailadmin.access_admin"


class AuthorisedModelBackend(ModelBackend):
    """Passwords as Django keeps them, for people whose authorisation in SEZAM has not lapsed (M-05).

    It answers each request of a session too, so an open session ends with the authorisation.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        if not super().user_can_authenticate(user):
            return False
        return self._bar(user) is None

    def authorisation_that_bars(self, username: str, password: str) -> Authorisation | None:
        """Return the authorisation that alone keeps the owner of this account out; else None.

        None for a wrong password, an unknown or blocked person; each answer costs one hashing.
        """
        model = get_user_model()
        try:
            user = model._default_manager.get_by_natural_key(username)
        except model.DoesNotExist:
            model().set_password(password)
            return None
        if not user.check_password(password) or not super().user_can_authenticate(user):
            return None
        return self._bar(user)

    @staticmethod
    def _bar(user: Any) -> Authorisation | None:
        authorisation = queries.authorisation_of(user)
        if authorisation is None or authorisation.holds_at(clock.now()):
            return None
        return authorisation


class MandateBackend(BaseBackend):
    """Grants admin access exactly as long as the person holds a mandate with rights (promise 2)."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if perm != ADMIN_ACCESS or obj is not None:
            return False
        # Asked before each view: the view's own questions then cost nothing more.
        return any(power.role.rights for power in queries.powers_in_request(user_obj))
