"""Services join the portal's pages, and hear of acts that change."""

from kpum.outbox.registry import subscribe
from kpum.portal.registry import register_home_section, register_unit_section
from services import act_letters, sections


def connect() -> None:
    """Add the sections of this room, and listen to changes of acts."""
    register_home_section(sections.home_section)
    register_unit_section(sections.unit_section)
    subscribe("legal_act.changed", act_letters.tell_of_act)
