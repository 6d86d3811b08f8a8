"""Writing events beside the change, and delivering them once it is committed."""

import logging
from typing import Any

from django.db import transaction
from django_tasks import task

from kpum.core import clock
from kpum.core.errors import KpumError
from kpum.outbox.models import OutboxEvent
from kpum.outbox.registry import handlers_for

logger = logging.getLogger("kpum.outbox")
MAX_ATTEMPTS = 8


def enqueue(*, kind: str, subject: str, payload: dict[str, Any]) -> OutboxEvent:
    """Write an event that leaves after the surrounding transaction commits.

    Raises:
        KpumError: called outside a transaction; the event could then outlive its change.
    """
    if not transaction.get_connection().in_atomic_block:
        raise KpumError("outbox.enqueue() must share the transaction of the change.")
    event = OutboxEvent.objects.create(
        kind=kind, subject=subject, payload=payload, created_at=clock.now()
    )
    transaction.on_commit(deliver_waiting_events.enqueue, robust=True)
    return event


def deliver_waiting() -> int:
    """Deliver what waits, each event in its own transaction; return how many left.

    A handler that fails keeps its event waiting and does not hold up the others. After
    ``MAX_ATTEMPTS`` the event stays for an operator to see, with the last error beside it.
    """
    delivered = 0
    waiting = OutboxEvent.objects.waiting().filter(attempts__lt=MAX_ATTEMPTS)
    for pk in list(waiting.values_list("pk", flat=True)):
        delivered += _deliver(pk)
    return delivered


@task()
def deliver_waiting_events() -> int:
    """Deliver every waiting event in the background; return how many left."""
    return deliver_waiting()


def _deliver(pk: int) -> bool:
    try:
        with transaction.atomic():
            event = OutboxEvent.objects.select_for_update().filter(pk=pk, delivered_at=None).first()
            if event is None:
                return False
            for handler in handlers_for(event.kind):
                handler(event)
            event.delivered_at = clock.now()
            event.attempts += 1
            event.save(update_fields=["delivered_at", "attempts"])
    except Exception as error:
        logger.exception("Outbox event %s was not delivered", pk)
        with transaction.atomic():
            failed = OutboxEvent.objects.select_for_update().get(pk=pk)
            failed.attempts += 1
            failed.last_error = f"{type(error).__name__}: {error}"[:2000]
            failed.save(update_fields=["attempts", "last_error"])
        return False
    return True
