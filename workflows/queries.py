"""Reads over the approval path: grounds, chains, and who hears of what."""

from typing import Any

from django.db.models import QuerySet
from wagtail.models import Task, TaskState, WorkflowState

from kpum.org import queries as org
from kpum.pages.authority import Authority
from workflows import reviewers
from workflows.enums import Stage


def authority_of(workflow_state: WorkflowState) -> Authority | None:
    """Return the authority of a finished run of the path, or None when it is not finished.

    Finished means: every stage and every active task agreed to, or skipped, the same revision.
    """
    final = workflow_state.current_task_state
    if workflow_state.status != WorkflowState.STATUS_APPROVED or final is None:
        return None
    steps = list(
        TaskState.objects.filter(
            workflow_state=workflow_state,
            revision=final.revision_id,
            status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_SKIPPED],
        )
        .select_related("task", "finished_by")
        .order_by("pk")
    )
    # A workflow that somebody has shortened approves nothing: each stage of ours must have spoken.
    spoken = {getattr(step.task.specific, "stage", None) for step in steps}
    tasks = Task.objects.filter(workflow_tasks__workflow=workflow_state.workflow, active=True)
    if not spoken >= set(Stage) or {step.task_id for step in steps} != set(
        tasks.values_list("pk", flat=True)
    ):
        return None
    wording = "; ".join(
        f"{step.task.name}: {step.finished_by or '–'}"
        for step in steps
        if step.status == TaskState.STATUS_APPROVED
    )
    return Authority.of_approvals(
        final.revision_id,
        f"approvals {workflow_state.pk}: {wording}",
        given_at=final.finished_at,
    )


def approvals_of_revision(revision_id: int) -> Authority | None:
    """Return the authority behind a revision, for what was approved now and is published later."""
    states = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_APPROVED, current_task_state__revision=revision_id
    ).select_related("current_task_state", "workflow")
    for state in states.order_by("-pk"):
        if (authority := authority_of(state)) is not None:
            return authority
    return None


def reviewers_for(task_state: TaskState) -> QuerySet[Any]:
    """Return who is asked to decide on an open stage."""
    state = task_state.workflow_state
    task = task_state.task.specific
    return reviewers.reviewers_of(task.stage, state.content_object, state)


def told_of_return(task_state: TaskState) -> QuerySet[Any]:
    """Return who hears that a text was returned: its authors and everybody who had agreed."""
    state = task_state.workflow_state
    review = reviewers.review_of(state.content_object, state)
    earlier = TaskState.objects.filter(
        workflow_state=state, status=TaskState.STATUS_APPROVED, finished_by__isnull=False
    ).values_list("finished_by", flat=True)
    told = set(review.authors if review else ()) | set(earlier)
    return org.active_people(told - {task_state.finished_by_id})
