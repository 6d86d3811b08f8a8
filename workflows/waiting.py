"""What waits on the approval path and whom it waits for; a constant number of queries for any number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, QuerySet
from django.utils import timezone
from wagtail.models import Page, TaskState, WorkflowState

from kpum.core import clock
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import rights_over
from kpum.pages.models import Stewardship
from workflows import reviewers
from workflows.enums import Stage
from workflows.models import STAGE_TASKS
from workflows.working_days import working_days_between


@dataclass(frozen=True)
class WaitingText:
    """A text at a stage that waits for a person."""

    task_state_id: int
    page_id: int
    title: str
    unit: str
    language: str
    stage: Stage
    submitted_by: str
    submitted_at: datetime
    is_mine: bool
    is_assigned: bool

    @property
    def working_days(self) -> int:
        """Return for how many working days the text has been on the path (M-09)."""
        return working_days_between(timezone.localdate(self.submitted_at), clock.today())


def waiting_for(user: Any) -> list[WaitingText]:
    """Return the texts under review that the person may see: those that wait for him come first.

    The chief editor, the portal's editors and the portfolio manager share one queue (K-17); people
    of a unit see what waits in their unit.
    """
    states = {int(state.workflow_state.object_id): state for state in _open_states()}
    reviews = reviewers.reviews_of(
        (state.workflow_state.object_id, state.workflow_state.requested_by_id)
        for state in states.values()
    )
    powers = org.powers_in_request(user)
    seen = {
        pk: review
        for pk, review in reviews.items()
        if user.is_superuser or Right.VIEW in rights_over(powers, review.place)
    }
    facts = {row["page"]: row for row in _facts(seen)}
    benches = {stage: reviewers.Bench(stage) for stage in Stage}
    stages = _stages()
    texts = []
    for pk, review in seen.items():
        stage = stages[states[pk].task.content_type_id]
        is_mine = user.pk in benches[stage].reviewers(review)
        texts.append(_text(states[pk], stage, facts[pk], review, is_mine=is_mine))
    return sorted(texts, key=lambda text: (not text.is_mine, text.submitted_at, text.page_id))


def _open_states() -> QuerySet[TaskState]:
    return TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
        task__content_type__in=_stages(),
    ).select_related("task", "workflow_state__requested_by")


def _stages() -> dict[int, Stage]:
    """Return the stage of each type of task, by the type's id."""
    return {ContentType.objects.get_for_model(model).pk: model.stage for model in STAGE_TASKS}


def _facts(page_ids: Any) -> Any:
    return Stewardship.objects.filter(page__in=list(page_ids)).values(
        "page",
        title=F("page__draft_title"),
        unit=F("owner_unit__name"),
        language=F("page__locale__language_code"),
    )


def _text(
    state: TaskState, stage: Stage, fact: dict[str, Any], review: reviewers.Review, *, is_mine: bool
) -> WaitingText:
    run = state.workflow_state
    return WaitingText(
        task_state_id=state.pk,
        page_id=fact["page"],
        title=fact["title"],
        unit=fact["unit"],
        language=fact["language"],
        stage=stage,
        submitted_by=str(run.requested_by or ""),
        submitted_at=run.created_at,
        is_mine=is_mine,
        is_assigned=review.assigned is not None,
    )


@dataclass(frozen=True)
class OwnText:
    """A text that the person submitted, and where it is now."""

    page_id: int
    title: str
    stage_name: str
    task_state_id: int
    was_returned: bool
    submitted_at: datetime


def submitted_by(user: Any, limit: int) -> list[OwnText]:
    """Return the newest texts that the person submitted and that are not public yet; two queries."""
    states = list(
        WorkflowState.objects.active()
        .filter(
            requested_by=user,
            current_task_state__isnull=False,
            base_content_type=ContentType.objects.get_for_model(Page),
        )
        .select_related("current_task_state__task")
        .order_by("-created_at")[:limit]
    )
    titles = dict(
        Page.objects.filter(pk__in=[int(state.object_id) for state in states]).values_list(
            "pk", "draft_title"
        )
    )
    return [
        OwnText(
            page_id=int(state.object_id),
            title=titles[int(state.object_id)],
            stage_name=state.current_task_state.task.name,
            task_state_id=state.current_task_state_id,
            was_returned=state.status == WorkflowState.STATUS_NEEDS_CHANGES,
            submitted_at=state.created_at,
        )
        for state in states
        if int(state.object_id) in titles
    ]
