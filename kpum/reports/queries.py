"""What the reports count."""

from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from kpum.org import queries as org
from kpum.org.models import InternalOrder, Unit
from kpum.pages.models import Stewardship
from kpum.pages.queries import owned_in


def units_without_order(day: date) -> QuerySet[Unit]:
    """Return the units that own public pages and have no internal order in force that day (K-22).

    Each carries ``public_pages``, how many it owns.
    """
    in_force = InternalOrder.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), unit=OuterRef("pk"), valid_from__lte=day
    )
    public = Stewardship.objects.filter(page__live=True).order_by()
    owning = Unit.objects.filter(pk__in=public.values("owner_unit"))
    live = Count("stewardships", filter=Q(stewardships__page__live=True))
    return owning.exclude(Exists(in_force)).annotate(public_pages=live)


def changes_by_unit(changes: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Return changes of addresses, one for each unit in the person's reach whose pages lead there.

    Each carries ``unit_name`` and ``unit_path``.
    """
    steward = "address__page_links__page__stewardship"
    named = changes.alias(
        unit=F(f"{steward}__owner_unit"), page_path=F("address__page_links__page__path")
    ).annotate(
        unit_name=F(f"{steward}__owner_unit__name"), unit_path=F(f"{steward}__owner_unit__path")
    )
    within = owned_in(org.reach_of_view(user), unit="unit", page_path="page_path")
    return named.filter(within).distinct()
