"""Adjectives of service cards."""

from typing import TYPE_CHECKING, Any

from wagtail.models import PageManager
from wagtail.query import PageQuerySet

if TYPE_CHECKING:
    from kpum.org.models import Unit
    from services.models import Grouping


class ServiceCardQuerySet(PageQuerySet):
    """Cards by what a citizen looks for."""

    def open_to_all(self) -> "ServiceCardQuerySet":
        """Return the cards that everybody may read, by title, without their long texts."""
        return (
            self.live().public().order_by("title").only(
                "title", "slug", "url_path", "path", "depth", "locale", "content_type", "code", "summary"
            )
        )  # fmt: skip

    def grouped_by(self, grouping: "Grouping") -> "ServiceCardQuerySet":
        """Return the cards of a category, or those that an event brings."""
        named: Any = grouping
        return self.filter(pk__in=named.cards.values("pk"))

    def of_unit(self, unit: "Unit") -> "ServiceCardQuerySet":
        """Return the cards of the unit and of the units below it."""
        return self.filter(stewardship__owner_unit__path__startswith=unit.path)


class ServiceCardManager(PageManager.from_queryset(ServiceCardQuerySet)):  # type: ignore[misc]
    """Keeps Wagtail's order by path."""
