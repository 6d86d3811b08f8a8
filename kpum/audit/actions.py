"""Writing the trail; always inside the transaction of the change it tells of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.core.errors import KpumError


def subject_of(instance: models.Model) -> str:
    """Return the trail's name for a row, such as ``page:17``."""
    return f"{instance._meta.model_name}:{instance.pk}"


@dataclass(frozen=True)
class SystemAct:
    """One act of many: what it was done to, how that was before and is now, and details for machines."""

    subject: str
    label: str
    before: str = ""
    after: str = ""
    data: dict[str, Any] = field(default_factory=dict)


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
    _require_transaction()
    return AuditEntry.objects.create(
        **_facts(action=action, actor=actor, label=label, acting_for=acting_for),
        subject=subject,
        authority=authority,
        before=before,
        after=after,
        data=data or {},
    )


def record_all(*, action: str, authority: str, acts: Iterable[SystemAct]) -> None:
    """Append many acts of one kind that the system did, in few statements.

    Args:
        action: what was done, as ``record`` takes it.
        authority: the system mandate in words.
        acts: what was done to what.

    Raises:
        KpumError: called outside a transaction.
    """
    _require_transaction()
    AuditEntry.objects.bulk_create(
        AuditEntry(
            **_facts(action=action, actor=None, label=act.label, acting_for=""),
            subject=act.subject,
            authority=authority,
            before=act.before,
            after=act.after,
            data=act.data,
        )
        for act in acts
    )


def _require_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise KpumError("audit.record() must share the transaction of the change.")


def _facts(*, action: str, actor: Any, label: str, acting_for: str) -> dict[str, Any]:
    return {
        "at": clock.now(),
        "action": action,
        "actor_id": str(actor.pk) if actor else "",
        "actor_name": str(actor) if actor else "system",
        "subject_label": label[:500],
        "acting_for": acting_for[:300],
    }
