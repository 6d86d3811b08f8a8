"""What services add to other rooms' pages: groups and cards on home, cards on a unit's page."""

from typing import TYPE_CHECKING

from services.models import CataloguePage, Category, LifeEvent, ServiceCardPage

if TYPE_CHECKING:
    from kpum.org.models import Unit
    from kpum.portal.registry import Section


def home_section() -> "Section":
    """Return home's way in: categories and life events."""
    return "kpum/services/home_section.html", {
        "catalogue": CataloguePage.objects.live().first(),
        "categories": Category.objects.all(),
        "life_events": LifeEvent.objects.all(),
    }


def unit_section(unit: "Unit") -> "Section":
    """Return the cards of a unit and of the units below it."""
    return "kpum/services/unit_section.html", {
        "cards": ServiceCardPage.objects.open_to_all().of_unit(unit),
    }
