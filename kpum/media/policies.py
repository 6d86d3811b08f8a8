"""One policy for pictures, one for files: rights come from mandates, by the unit's collection."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from wagtail.models import Collection
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy

from kpum.media.models import UnitCollection
from kpum.media.queries import collection_ids_within, collections_within, is_of_a_unit
from kpum.org import queries as org
from kpum.org.enums import Right, Role
from kpum.org.powers import Place

#: Wagtail's action words, and the rights of ours that answer to them.
_RIGHTS_FOR = {
    "add": {Right.ADD},
    "change": {Right.ADD},
    "delete": {Right.ADD},
    "choose": {Right.VIEW, Right.ADD},
    "view": {Right.VIEW, Right.ADD},
}


def rights_for(actions: Any) -> frozenset[Right]:
    """Return the rights that answer to Wagtail's action words."""
    return frozenset().union(*(_RIGHTS_FOR.get(action, set()) for action in actions))


class MandateFilePolicy(CollectionOwnershipPermissionPolicy):
    """Stock rows keep working for a host's own collections; a unit's answers to mandates only.

    The stock policy asks everything through the methods below.
    """

    def _check_perm(self, user: Any, actions: Any, collection: Any = None) -> bool:
        if not (user.is_active and user.is_authenticated):
            return False
        if user.is_superuser:
            return True
        reached = collection_ids_within(user, rights_for(actions))
        if collection is None:
            return bool(reached) or super()._check_perm(user, actions)
        if collection.pk in reached:
            return True
        stock = super()._check_perm(user, actions, collection)
        return bool(stock) and not is_of_a_unit(collection.pk)

    def _collections_with_perm(self, user: Any, actions: Any) -> QuerySet[Collection]:
        stock = super()._collections_with_perm(user, actions)
        if not stock.query.is_empty():
            units = UnitCollection.objects.values("collection")
            stock = Collection.objects.filter(pk__in=stock.order_by().values("pk")).exclude(
                pk__in=units
            )
        own = collections_within(user, rights_for(actions))
        return stock if own is None else stock | own

    def _users_with_perm_filter(self, actions: Any, collection: Any = None) -> Q:
        unit = getattr(collection, "unit_collection", None) if collection else None
        stock: Q = Q(is_active=True, is_superuser=True)
        if unit is None:
            stock = super()._users_with_perm_filter(actions, collection=collection)
        rights = rights_for(actions)
        roles = [role for role in Role if role.rights & rights]
        # Where a collection is nobody's, only what reaches over the whole portal covers it.
        place = None if collection is None else Place(unit.unit.path if unit else "")
        people = org.holders(*roles, place=place)
        return stock | Q(is_active=True, pk__in=people.order_by().values("pk"))

    def _users_with_perm(self, actions: Any, collection: Any = None) -> QuerySet[Any]:
        people = self._users_with_perm_filter(actions, collection=collection)
        return get_user_model()._default_manager.filter(people).distinct()
