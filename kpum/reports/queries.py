"""What the reports count."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kpum.org.models import InternalOrder, Unit
from kpum.pages.models import Stewardship


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
