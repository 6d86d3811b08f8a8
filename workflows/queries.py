"""Reads over the approval path: grounds, chains, and who hears of what."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from django.db.models import QuerySet
from wagtail.models import Task, TaskState, WorkflowState

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Ground
from kpum.pages import queries as pages
from kpum.pages.authority import Authority
from workflows import reviewers
from workflows.enums import Stage, Verdict
from workflows.records import Agreement


def authority_of(workflow_state: WorkflowState) -> Authority | None:
    """Return the authority of a finished run of the path, or None when it is not finished.

    Finished means: every stage and every active task agreed to, or skipped, the same revision, and
    each of them left an agreement that says who, in whose name (K-18).
    """
    final = workflow_state.current_task_state
    if workflow_state.status != WorkflowState.STATUS_APPROVED or final is None:
        return None
    steps = dict(
        TaskState.objects.filter(
            workflow_state=workflow_state,
            revision=final.revision_id,
            status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_SKIPPED],
        ).values_list("pk", "task")
    )
    kept = list(
        Agreement.objects.filter(task_state__in=steps, revision_id=final.revision_id)
        .exclude(verdict=Verdict.RETURNED)
        .select_related("task_state__task")
        .order_by("pk")
    )
    # A workflow that somebody has shortened approves nothing: each stage of ours must have spoken.
    tasks = Task.objects.filter(workflow_tasks__workflow=workflow_state.workflow, active=True)
    if (
        not {row.stage for row in kept} >= set(Stage.values)
        or {row.task_state_id for row in kept} != set(steps)
        or set(steps.values()) != set(tasks.values_list("pk", flat=True))
    ):
        return None
    wording = "; ".join(filter(None, map(_spelled, kept)))
    return Authority.of_approvals(
        final.revision_id,
        f"approvals {workflow_state.pk}: {wording}",
        given_at=final.finished_at,
    )


def _spelled(row: Agreement) -> str:
    """Return a step as the trail quotes it; a stage that the page's type passes by says nothing."""
    name = cast("TaskState", row.task_state).task.name
    if row.verdict != Verdict.SKIPPED:
        return f"{name}: {row.person_wording}"
    return f"{name}: {row.get_verdict_display()}, {row.comment}" if row.comment else ""


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


def decisions_on(workflow_state: WorkflowState) -> list[Agreement]:
    """Return what was decided in one run of the path, oldest first."""
    return list(Agreement.objects.filter(task_state__workflow_state=workflow_state).order_by("pk"))


def latest_decision(task_state: TaskState) -> Agreement | None:
    """Return the decision taken at a stage, if one was taken."""
    return Agreement.objects.filter(task_state=task_state).order_by("-pk").first()


def who_may_cancel(page: Any, state: WorkflowState, user: Any) -> Ground | None:
    """Return why the person may take the text off the path, or None when he may not.

    Its authors may while they still have a mandate to submit it, and whoever leads the path.
    """
    place = pages.place_of(page)
    if place is None:
        return None
    review = reviewers.review_of(page, state)
    rights = [Right.REASSIGN, Right.RESTRUCTURE]
    if review and user.pk in review.authors:
        rights.insert(0, Right.SUBMIT)
    grounds = (org.ground_of(user, place, right) for right in rights)
    return next(filter(None, grounds), None)


def able_to_decide(task_state: TaskState) -> QuerySet[Any]:
    """Return everybody who might be named to decide at an open stage."""
    state = task_state.workflow_state
    review = reviewers.review_of(state.content_object, state)
    bench = reviewers.Bench(task_state.task.specific.stage)
    return org.active_people(bench.able(replace(review, assigned=None)) if review else set())


def grounds_of(task_state: TaskState, people: Iterable[Any]) -> dict[int, Ground]:
    """Return, for those of the people who may decide at an open stage, why they may."""
    state = task_state.workflow_state
    if task_state.status != TaskState.STATUS_IN_PROGRESS:
        return {}
    review = reviewers.review_of(state.content_object, state)
    bench = reviewers.Bench(task_state.task.specific.stage)
    grounds = {
        person.pk: bench.ground_of(person.pk, review) if review else None for person in people
    }
    return {pk: ground for pk, ground in grounds.items() if ground is not None}
