"""Writing the trail; always inside the transaction of the change it tells of."""

from typing import Any

from django.db import models, transaction

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.core.errors import KpumError


def subject_of(instance: models.Model) -> str:
    """Return the trail's name for a row, such as ``page:17``."""
    return f"{instance._meta.model_name}:{instance.pk}"


def record(  # noqa: PLR0913 - a row of the trail is its facts
    *,
    action: str,
    actor: Any,
    subject: str,
    label: str,
    authority: str = "",
    acting_for: str = "",
    before: str = "",
    after: str = "",
    data: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one act to the trail.

    Args:
        action: what was done, ``noun.verb`` (``page.published``).
        actor: the person who did it, or None when the system did (the authority names which).
        subject: the trail's name for what it was done to (``page:17``).
        label: what a reader calls it.
        authority: the ground in words: the chain of approvals or the mandate.
        acting_for: the name of the person whom a substitute acts for.
        before: how it was, in words a reader understands.
        after: how it is now, likewise.
        data: anything JSON can hold; no personal data of citizens.

    Raises:
        KpumError: called outside a transaction, where a crash could part the act from its record.
    """
    if not transaction.get_connection().in_atomic_block:
        raise KpumError("audit.record() must share the transaction of the change.")
    return AuditEntry.objects.create(
        at=clock.now(),
        action=action,
        actor_id=str(actor.pk) if actor else "",
        actor_name=str(actor) if actor else "system",
        subject=subject,
        subject_label=label[:500],
        authority=authority,
        acting_for=acting_for[:300],
        before=before,
        after=after,
        data=data or {},
    )
