"""Which branch sites there are."""

from typing import Any

from django.db.models import QuerySet
from wagtail.models import Page

from branch_pages.models import BranchSitePage
from kpum.org.models import Unit


def branch_sites_of(units: QuerySet[Unit]) -> QuerySet[Any]:
    """Return the first pages of the branch sites that belong to the units."""
    sites = BranchSitePage.objects.order_by().values("pk")
    return Page.objects.filter(pk__in=sites, stewardship__owner_unit__in=units.values("pk"))
