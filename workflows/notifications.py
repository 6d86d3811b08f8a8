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


def ask_assigned(event: "OutboxEvent") -> None:
    """Write to the person who was named to decide, with the note of who named him."""
    state = _state(event)
    if state is None or state.status != TaskState.STATUS_IN_PROGRESS:
        return
    assignment = state.assignments.select_related("person", "assigned_by").last()
    if assignment is not None and assignment.pk == event.payload["assignment"]:
        _send("assigned", state, queries.reviewers_for(state), assignment=assignment)


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


def _address(name: str, pk: int) -> str:
    return f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{reverse(name, args=[pk])}"


def _state(event: "OutboxEvent") -> TaskState | None:
    states = TaskState.objects.select_related("workflow_state", "task", "finished_by")
    return states.filter(pk=event.payload["task_state"]).first()


def _send(letter: str, state: TaskState, people: Any, **more: Any) -> None:
    page: Any = state.workflow_state.content_object
    context = {
        "page": page,
        "title": page.draft_title,
        "state": state,
        "decision": queries.latest_decision(state),
        "address": _address("wagtailadmin_pages:edit", page.pk),
        "review_address": _address("kpum_review", state.pk),
        **more,
    }
    people = list(people)
    grounds = queries.grounds_of(state, people)
    with override(settings.LANGUAGE_CODE):
        subject = render_to_string(f"kpum/workflows/mail/{letter}_subject.txt", context).strip()
        messages = [
            EmailMessage(
                subject=subject,
                body=render_to_string(
                    f"kpum/workflows/mail/{letter}.txt",
                    context | {"person": person, "ground": grounds.get(person.pk)},
                ),
                to=[person.email],
            )
            for person in people
            if person.email
        ]
    if messages:
        get_connection().send_messages(messages)
