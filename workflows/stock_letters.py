"""Wagtail's own letters stay for a host's other pages; ours leave from the outbox instead.

Stock letters go out inside the transaction, so also for what is then rolled back, and they go to
every superuser; KPUM writes to the reviewers and the authors, and to nobody else.
"""

from typing import Any

from django.dispatch import Signal
from wagtail.admin import signal_handlers as stock
from wagtail.models import WorkflowState
from wagtail.signals import workflow_approved, workflow_rejected, workflow_submitted

from kpum.pages.models import PortalPage

_STOCK: tuple[tuple[Signal, Any, str], ...] = (
    (workflow_submitted, stock.workflow_submission_email_notifier, "submitted"),
    (workflow_rejected, stock.workflow_rejection_email_notifier, "rejected"),
    (workflow_approved, stock.workflow_approval_email_notifier, "approved"),
)


class _LettersForOthers:
    """Calls the stock notifier unless the page is one of ours."""

    def __init__(self, notifier: Any) -> None:
        self._notifier = notifier

    def __call__(self, instance: WorkflowState, **kwargs: Any) -> Any:
        if isinstance(getattr(instance.content_object, "specific", None), PortalPage):
            return False
        return self._notifier(instance=instance, **kwargs)


def replace() -> None:
    """Take the stock notifiers' places, whichever of the two apps is made ready first."""
    for signal, notifier, event in _STOCK:
        uid = f"workflow_state_{event}_email_notification"
        signal.disconnect(sender=WorkflowState, dispatch_uid=uid)
        signal.connect(
            _LettersForOthers(notifier), sender=WorkflowState, weak=False, dispatch_uid=uid
        )
