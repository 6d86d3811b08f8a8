"""Sections that upper rooms add to home and to a unit's page; filled in ``ready()``."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kpum.org.models import Unit

#: A section: the template that draws it, and its context.
Section = tuple[str, dict[str, Any]]
_home: list[Callable[[], Section]] = []
_unit: list[Callable[["Unit"], Section]] = []


def register_home_section(section: Callable[[], Section]) -> None:
    """Add a section to the portal's home, below those registered before."""
    if section in _home:
        raise ValueError(f"{section.__qualname__} is registered already")
    _home.append(section)


def register_unit_section(section: Callable[["Unit"], Section]) -> None:
    """Add a section to every unit's page."""
    if section in _unit:
        raise ValueError(f"{section.__qualname__} is registered already")
    _unit.append(section)


def home_sections() -> list[Section]:
    """Return home's sections, ready to draw."""
    return [section() for section in _home]


def unit_sections(unit: "Unit") -> list[Section]:
    """Return the sections of one unit's page, ready to draw."""
    return [section(unit) for section in _unit]
