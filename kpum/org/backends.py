"""Entry to the admin by mandate: no group, no membership to forget."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from kpum.org import queries

#: What every mandate opens: the admin's door, nothing behind it.
ADMIN_ACCESS = "wagtailadmin.access_admin"


class MandateBackend(BaseBackend):
    """Grants admin access exactly as long as the person holds a mandate (promise 2)."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if perm != ADMIN_ACCESS or obj is not None:
            return False
        return bool(queries.mandates_of(user_obj))
