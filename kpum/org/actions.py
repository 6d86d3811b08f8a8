"""Changes of mandates. Changes of units come from INTEGRATOR: see ``unit_import``."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpum.audit.actions import record, subject_of
from kpum.core import clock
from kpum.org.enums import Role
from kpum.org.models import Mandate, Unit
from kpum.org.registry import project_unit
from kpum.outbox.actions import enqueue

#: The fields that say how citizens reach a unit.
CONTACT_FIELDS = frozenset(
    {"address", "phone", "email", "ade_address", "opening_hours", "contact_is_demo"}
)


@transaction.atomic
def grant_mandate(  # noqa: PLR0913 - a mandate is its seven facts
    *,
    user: Any,
    role: Role,
    unit: Unit | None = None,
    basis: str,
    granted_by: Any = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> Mandate:
    """Give a person a role (M-20); ``valid_from`` defaults to now.

    Raises:
        ValidationError: the role wants a unit, or wants none.
    """
    mandate = Mandate.objects.create(
        user=user,
        role=role,
        unit=unit,
        basis=basis,
        granted_by=granted_by,
        valid_from=valid_from or clock.now(),
        valid_to=valid_to,
    )
    record(
        action="mandate.granted",
        actor=granted_by,
        subject=subject_of(mandate),
        label=str(mandate),
        authority=basis,
        data={"role": role.value, "unit": unit.code if unit else None, "user": str(user.pk)},
    )
    return mandate


@transaction.atomic
def end_mandate(*, mandate: Mandate, actor: Any, reason: str) -> Mandate:
    """End a mandate this second.

    Raises:
        ValidationError: the mandate has not begun yet or has ended already: there is nothing to end.
    """
    now = clock.now()
    if mandate.valid_to is not None and mandate.valid_to <= now:
        # Writing a later end would say that he had the right in between.
        raise ValidationError(_("The mandate has ended already."))
    mandate.valid_to = now
    mandate.save()
    record(
        action="mandate.ended",
        actor=actor,
        subject=subject_of(mandate),
        label=str(mandate),
        authority=reason,
    )
    return mandate


@transaction.atomic
def set_contact(*, unit: Unit, actor: Any, authority: str, contact: dict[str, Any]) -> Unit:
    """Change how citizens reach a unit; ``contact`` maps names of contact fields to values.

    Raises:
        ValidationError: a value is not what its field wants.
        KeyError: a name is not a contact field.
    """
    for name, value in contact.items():
        if name not in CONTACT_FIELDS:
            raise KeyError(name)
        setattr(unit, name, value)
    unit.full_clean(exclude=["path", "depth", "numchild"])
    unit.save(update_fields=list(contact))
    record(
        action="unit.contact_changed",
        actor=actor,
        subject=subject_of(unit),
        label=unit.name,
        authority=authority,
        data={"fields": sorted(contact)},
    )
    enqueue(kind="unit.contact_changed", subject=subject_of(unit), payload={"code": unit.code})
    project_unit(unit)
    return unit
