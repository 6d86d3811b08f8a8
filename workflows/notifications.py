"""Letters to reviewers and authors; sent from the outbox, so never for something that did not happen."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import TaskState

from kpum.org import queries as org
from workflows import queries

if TYPE_CHECKING:
    from kpum.outbox.models import OutboxEvent


def ask_reviewers(event: "OutboxEvent") -> None:
    """Write to everybody who may decide now, and to nobody else."""
    state = _state(event)
    if state is not None and state.status == TaskState.STATUS_IN_PROGRESS:
        _send("stage_opened", state, queries.reviewers_for(state))


def tell_of_return(event: "OutboxEvent") -> None:
    """Write to the authors and the earlier approvers, with the reviewer's comment."""
    state = _state(event)
    if state is not None:
        _send("returned", state, queries.told_of_return(state))


def tell_of_publication(event: "OutboxEvent") -> None:
    """Write to the authors that their text has been approved."""
    state = _state(event)
    if state is not None:
        _send("published", state, org.active_people(set(event.payload["authors"])))


def _state(event: "OutboxEvent") -> TaskState | None:
    states = TaskState.objects.select_related("workflow_state", "task", "finished_by")
    return states.filter(pk=event.payload["task_state"]).first()


def _send(letter: str, state: TaskState, people: Any) -> None:
    page: Any = state.workflow_state.content_object
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    context = {
        "page": page,
        "title": page.draft_title,
        "state": state,
        "address": f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{address}",
    }
    with override(settings.LANGUAGE_CODE):
        subject = render_to_string(f"kpum/workflows/mail/{letter}_subject.txt", context).strip()
        messages = [
            EmailMessage(
                subject=subject,
                body=render_to_string(
                    f"kpum/workflows/mail/{letter}.txt", context | {"person": person}
                ),
                to=[person.email],
            )
            for person in people
            if person.email
        ]
    if messages:
        get_connection().send_messages(messages)
