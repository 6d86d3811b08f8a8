"""What the tasks announce becomes an action; what the outbox delivers becomes a letter."""

from typing import Any

from wagtail.models import TaskState, WorkflowState
from wagtail.signals import workflow_cancelled

from kpum.core.errors import Refused
from kpum.outbox.actions import enqueue
from kpum.outbox.registry import subscribe
from kpum.pages.registry import register_approval_finder
from workflows import actions, notifications, queries, stock_letters
from workflows.enums import Stage
from workflows.signals import (
    decision_made,
    formal_check_due,
    stage_opened,
    stage_skipped,
    submission_arriving,
)


def on_submission(sender: Any, page: Any, user: Any, **_kwargs: Any) -> None:
    """Check the text at the entrance."""
    actions.admit(page=page, user=user)


def on_formal_check(sender: Any, task_state: TaskState, page: Any, **_kwargs: Any) -> None:
    """Check the text's form."""
    actions.check_formally(task_state=task_state, page=page)


def on_stage_skipped(
    sender: Any, task_state: TaskState, stage: Stage, reason: str, **_kwargs: Any
) -> None:
    """Keep that a stage was passed over."""
    actions.note_skip(task_state=task_state, stage=stage, reason=reason)


def on_stage_opened(sender: Any, task_state: TaskState, **_kwargs: Any) -> None:
    """Have the reviewers written to, once the stage is committed."""
    enqueue(
        kind="workflow.stage_opened",
        subject=f"page:{task_state.workflow_state.object_id}",
        payload={"task_state": task_state.pk},
    )


def on_decision(
    sender: Any, task_state: TaskState, user: Any, action_name: str, comment: str, **_kwargs: Any
) -> None:
    """Carry out a reviewer's decision."""
    if action_name == "approve":
        actions.approve(task_state=task_state, user=user, comment=comment)
    elif action_name == "reject":
        actions.send_back(task_state=task_state, user=user, comment=comment)
    else:
        raise Refused(f"There is no decision “{action_name}”.")


def on_cancelled(sender: Any, instance: WorkflowState, user: Any, **_kwargs: Any) -> None:
    """Record that somebody took a text off the path."""
    actions.note_cancellation(workflow_state=instance, user=user)


def connect() -> None:
    """Connect the path to the tasks, the outbox and the door."""
    submission_arriving.connect(on_submission, dispatch_uid="kpum-submission")
    formal_check_due.connect(on_formal_check, dispatch_uid="kpum-formal-check")
    stage_skipped.connect(on_stage_skipped, dispatch_uid="kpum-stage-skipped")
    stage_opened.connect(on_stage_opened, dispatch_uid="kpum-stage-opened")
    decision_made.connect(on_decision, dispatch_uid="kpum-decision")
    workflow_cancelled.connect(on_cancelled, dispatch_uid="kpum-workflow-cancelled")
    subscribe("workflow.stage_opened", notifications.ask_reviewers)
    subscribe("workflow.reassigned", notifications.ask_assigned)
    subscribe("workflow.returned", notifications.tell_of_return)
    subscribe("workflow.published", notifications.tell_of_publication)
    stock_letters.replace()
    register_approval_finder(queries.approvals_of_revision)
