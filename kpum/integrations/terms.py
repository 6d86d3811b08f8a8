"""The terms of an interface: what is agreed to, in words, and what each state needs of them."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kpum.integrations.enums import InterfaceState
from kpum.integrations.models import DataInterface
from kpum.integrations.registry import channel_choices

#: What both sides agree to: a change of any of these takes the interface back to consultation.
TERMS = (
    "direction", "system", "owner_unit", "data_scope", "protocol", "personal_data", "legal_ground",
    "service_level", "channels",
)  # fmt: skip
#: What may change at any time.
FACTS = ("name", "technical_contact", "business_contact", "notes")
#: What must be known before anybody is asked to agree.
NEEDED_TO_CONSULT = (
    "data_scope", "protocol", "service_level", "technical_contact", "business_contact",
)  # fmt: skip


def label_of(name: str) -> str:
    """Return what a person calls a field."""
    return str(capfirst(DataInterface._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def value_in_words(interface: DataInterface, name: str) -> str:
    """Return a field's value as a person reads it."""
    value: Any = getattr(interface, name)
    if name == "channels":
        names = dict(channel_choices())
        return ", ".join(str(names.get(code, code)) for code in value) or "–"
    if name == "direction":
        return str(interface.get_direction_display())
    if name == "owner_unit":
        return f"{interface.owner_unit.code} – {interface.owner_unit.name}"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value or "–")


def in_words(interface: DataInterface, names: Iterable[str]) -> str:
    """Return some of the fields for the trail and for an agreement, each under its name."""
    return "; ".join(f"{label_of(name)}: {value_in_words(interface, name)}" for name in names)


def missing_for(interface: DataInterface, state: InterfaceState) -> list[str]:
    """Return the names of the fields that the state needs and the interface lacks."""
    if state in {InterfaceState.PROPOSED, InterfaceState.RETIRED}:
        return []
    return [name for name in NEEDED_TO_CONSULT if not str(getattr(interface, name)).strip()]
