"""Services join the portal's pages."""

from kpum.portal.registry import register_home_section, register_unit_section
from services import sections


def connect() -> None:
    """Add the sections of this room."""
    register_home_section(sections.home_section)
    register_unit_section(sections.unit_section)
