"""One policy for all pages: rights come from mandates, not from a group per unit (WAGTAIL.md § 3)."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from kpum.core import memo
from kpum.org import queries as org
from kpum.org.enums import Right, Role
from kpum.org.models import Unit
from kpum.org.powers import Place, Reach, reach_of
from kpum.pages.models import Stewardship
from kpum.pages.queries import place_of

_EXPLORE = {Right.VIEW}
#: Wagtail's action words, and the rights of ours that answer to them. "publish" answers to none.
_RIGHTS_FOR = {
    "view": {Right.VIEW},
    "add": {Right.ADD},
    "change": {Right.CHANGE},
    "edit": {Right.CHANGE},
    "lock": {Right.LOCK},
    "unlock": {Right.UNLOCK},
    "unpublish": {Right.WITHDRAW},
    "delete": {Right.CHANGE, Right.RESTRUCTURE},
    "bulk_delete": {Right.RESTRUCTURE},
}
#: What Wagtail asks before it shows the explorer at all: whoever sees pages may look (K-12, K-30).
_ENTRY = {"add", "change", "publish", "bulk_delete", "lock", "unlock"}


#: What somebody does with a page that he finds in the explorer.
_SEEING = {"view", "add", "change", "lock", "unlock", "bulk_delete"}


def rights_for(actions: Any) -> set[Right]:
    """Return the rights that answer to Wagtail's action words."""
    return set().union(*(_RIGHTS_FOR.get(action, set()) for action in actions))


def _unit_ids(reach: Reach) -> list[int]:
    units = Unit.objects.filter(org.units_in_reach(reach)).order_by()
    return list(units.values_list("pk", flat=True))


class MandatePagePolicy(PagePermissionPolicy):
    """Stock rows keep working for a host's own pages; ours answer to mandates."""

    def _owned(self, user: Any, rights: set[Right]) -> QuerySet[Stewardship] | None:
        """Return the stewardships within the person's reach, or None when he has no such right."""
        reach = reach_of(org.powers_in_request(user), rights)
        if not reach:
            return None
        if reach.whole_portal:
            return Stewardship.objects.all()
        # By their ids, asked once in a request: a subquery over units is worked out for each use.
        within = Q(owner_unit__in=memo.remembered(("units", reach), lambda: _unit_ids(reach)))
        for path in reach.branch_paths:
            within |= Q(page__path__startswith=path)
        return Stewardship.objects.filter(within)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        if super().user_has_any_permission(user, actions):
            return True
        looking = _EXPLORE if set(actions) >= _ENTRY else set()
        return bool(reach_of(org.powers_in_request(user), rights_for(actions) | looking))

    def user_has_any_permission_for_instance(self, user: Any, actions: Any, instance: Any) -> bool:
        if super().user_has_any_permission_for_instance(user, actions, instance):
            return True
        owned = self._owned(user, rights_for(actions))
        return owned is not None and owned.filter(page=instance.pk).exists()

    def instances_user_has_any_permission_for(self, user: Any, actions: Any) -> QuerySet[Any]:
        stock: QuerySet[Any] = super().instances_user_has_any_permission_for(user, actions)
        owned = None if user.is_superuser else self._owned(user, rights_for(actions))
        if owned is None:
            return stock
        return stock | self.model._default_manager.filter(pk__in=owned.values("page"))

    def users_with_any_permission(self, actions: Any, include_superusers: bool = True) -> Any:  # noqa: FBT001, FBT002
        stock = super().users_with_any_permission(actions, include_superusers)
        return self._with_mandates(stock, rights_for(actions), None)

    def users_with_any_permission_for_instance(
        self,
        actions: Any,
        instance: Any,
        include_superusers: bool = True,  # noqa: FBT001, FBT002
    ) -> Any:
        stock = super().users_with_any_permission_for_instance(
            actions, instance, include_superusers
        )
        return self._with_mandates(stock, rights_for(actions), place_of(instance))

    @staticmethod
    def _with_mandates(stock: Any, rights: set[Right], place: Place | None) -> Any:
        roles = [role for role in Role if role.rights & rights]
        return get_user_model()._default_manager.filter(
            Q(pk__in=stock.order_by().values("pk"))
            | Q(pk__in=org.holders(*roles, place=place).order_by().values("pk")),
            is_active=True,
        )

    def _territories(self, user: Any) -> list[Any]:
        """Return the topmost pages of every territory within the person's reach: their paths only.

        Asked once in a request: who answers for two hundred units has as many.
        """
        return memo.remembered(("tops", user.pk), lambda: self._tops(user))

    def _tops(self, user: Any) -> list[Any]:
        owned = self._owned(user, _EXPLORE)
        if owned is None:
            return []
        branches = reach_of(org.powers_in_request(user), _EXPLORE).branch_paths
        tops = Q(pk__in=owned.filter(inherited=False).values("page")) | Q(path__in=branches)
        return list(Page.objects.filter(tops).values_list("path", named=True))

    def instances_with_direct_explore_permission(self, user: Any) -> Any:
        """Return pages, or rows that have a page's path: Wagtail looks for what they have in common."""
        stock = super().instances_with_direct_explore_permission(user)
        return stock if user.is_superuser else [*stock, *self._territories(user)]

    def explorable_instances(self, user: Any) -> QuerySet[Any]:
        territories = [] if user.is_superuser or not user.is_active else self._territories(user)
        if not territories:
            return super().explorable_instances(user)
        stock_pages = [row.page for row in self.get_cached_permissions_for_user(user)]
        root = Page.objects.first_common_ancestor_of([*territories, *stock_pages])
        # The topmost pages themselves are within reach.
        above = {page.path for page in stock_pages}
        for page in [*territories, *stock_pages]:
            above |= {page.path[:end] for end in range(Page.steplen, len(page.path), Page.steplen)}
        seen = Q(path__in=above)
        owned = self._owned(user, rights_for(_SEEING))
        if owned is not None:
            seen |= Q(pk__in=owned.order_by().values("page"))
        if stock_pages:
            stock = super().instances_user_has_any_permission_for(user, _SEEING)
            seen |= Q(pk__in=stock.order_by().values("pk"))
        return self.model._default_manager.filter(seen, path__startswith=root.path)


def explorable_by(user: Any) -> QuerySet[Any]:
    """Return the pages that the person finds in the admin's explorer, whichever policy is in force."""
    policy: Any = policy_registry.get_by_type(Page)
    pages: QuerySet[Any] = policy.explorable_instances(user)
    return pages
