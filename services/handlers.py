"""Services join the portal's pages, hear of acts that change, and guard what cards refer to."""

from typing import Any

from django.db.models.signals import pre_delete, pre_save
from django.utils.translation import gettext as _

from kpum.outbox.registry import subscribe
from kpum.pages import door
from kpum.pages.errors import DoorClosed
from kpum.portal.registry import register_home_section, register_unit_section
from services import act_letters, sections
from services.dictionary_policies import DICTIONARIES


def guard_dictionary(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Refuse to change or delete an entry outside the act that makes its cards follow."""
    if not (kwargs.get("raw") or door.is_open()):
        raise DoorClosed(
            _("“%(entry)s” is kept on the screens of the dictionaries.") % {"entry": instance}
        )


def connect() -> None:
    """Add the sections of this room, the guard, and listen to changes of acts."""
    register_home_section(sections.home_section)
    register_unit_section(sections.unit_section)
    for model in DICTIONARIES:
        name = model._meta.label_lower
        for signal in (pre_save, pre_delete):
            signal.connect(guard_dictionary, sender=model, dispatch_uid=f"kpum-guard-{name}")
    subscribe("legal_act.changed", act_letters.tell_of_act)
