"""Adjectives of service cards."""

from typing import TYPE_CHECKING

from wagtail.models import PageManager
from wagtail.query import PageQuerySet

if TYPE_CHECKING:
    from kpum.org.models import Unit
    from services.models import Category, LifeEvent


class ServiceCardQuerySet(PageQuerySet):
    """Cards by what a citizen looks for."""

    def open_to_all(self) -> "ServiceCardQuerySet":
        """Return the cards that everybody may read, by title, without their long texts."""
        return (
            self.live().public().order_by("title").only(
                "title", "slug", "url_path", "path", "depth", "locale", "content_type", "code", "summary"
            )
        )  # fmt: skip

    def in_category(self, category: "Category") -> "ServiceCardQuerySet":
        return self.filter(categories=category)

    def for_life_event(self, event: "LifeEvent") -> "ServiceCardQuerySet":
        return self.filter(life_events=event)

    def of_unit(self, unit: "Unit") -> "ServiceCardQuerySet":
        """Return the cards of the unit and of the units below it."""
        return self.filter(stewardship__owner_unit__path__startswith=unit.path)


class ServiceCardManager(PageManager.from_queryset(ServiceCardQuerySet)):  # type: ignore[misc]
    """Keeps Wagtail's order by path."""
