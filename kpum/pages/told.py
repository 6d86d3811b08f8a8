"""What the public knows: pages that are public, and those whose address says why they are gone."""

from typing import Any

from django.db.models import Q
from wagtail.models import Page

#: What a visitor of its address is told something by: a public page, or one that was withdrawn.
TOLD = Q(live=True) | Q(withdrawal__isnull=False)
#: Pages of the portal, whatever their type; a host may have others.
OURS = Q(stewardship__isnull=False)


def is_known_or_above_known(page: Any) -> bool:
    """Return whether the public would notice: it knows the page or one below it."""
    return Page.objects.filter(TOLD, path__startswith=page.path).exists()
