"""What the upper rooms give in ``ready()``: followers of a unit, and where a branch's page lies."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from wagtail.models import Page

from kpum.org.powers import Place

if TYPE_CHECKING:
    from kpum.org.models import Unit

Projector = Callable[["Unit"], None]
_projectors: list[Projector] = []


def register_unit_projector(projector: Projector) -> None:
    """Have ``projector`` called inside the transaction of every change of a unit."""
    if projector in _projectors:
        raise ValueError(f"{projector.__qualname__} is registered already")
    _projectors.append(projector)


def project_unit(unit: "Unit") -> None:
    """Tell every projector that the unit changed."""
    for projector in _projectors:
        projector(unit)


PlaceFinder = Callable[[Any], Place | None]
_place_finders: list[PlaceFinder] = []


def register_place_finder(finder: PlaceFinder) -> None:
    """Have ``finder(page)`` asked where a page lies; None when it is nobody's."""
    if finder in _place_finders:
        raise ValueError(f"{finder.__qualname__} is registered already")
    _place_finders.append(finder)


def place_of_page(page: Any) -> Place | None:
    """Return where a page lies, as the first finder that knows it says."""
    for finder in _place_finders:
        if (place := finder(page)) is not None:
            return place
    return None


BranchSource = Callable[[QuerySet["Unit"]], QuerySet[Any]]
_branch_sources: list[BranchSource] = []


def register_branch_source(source: BranchSource) -> None:
    """Have ``source(units)`` asked for the branch sites' first pages that belong to the units."""
    if source in _branch_sources:
        raise ValueError(f"{source.__qualname__} is registered already")
    _branch_sources.append(source)


def branch_sites_of(units: QuerySet["Unit"]) -> QuerySet[Any]:
    """Return the first pages of the branch sites that belong to the units."""
    found = Page.objects.none()
    for source in _branch_sources:
        found = found | source(units)
    return found
