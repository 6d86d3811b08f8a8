"""Submit, approve, return, cancel: each one transaction with its audit row and its event."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState, Workflow, WorkflowPage, WorkflowState, WorkflowTask
from wagtail.signals import workflow_approved

from kpum.audit.actions import record
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Ground
from kpum.outbox.actions import enqueue
from kpum.pages import actions as door
from kpum.pages import queries as pages
from kpum.pages.errors import NotPublishable
from kpum.pages.models import PortalPage
from workflows import queries, reviewers
from workflows.errors import CommentMissing, NotSubmittable, NotYourDecision, StaleReview
from workflows.models import (
    ApprovalTask,
    ChiefEditorTask,
    ConformityTask,
    UnitApprovalTask,
    open_tasks,
)
from workflows.regulations import require_acceptance

PATH_NAME = "Ścieżka publikacji"
TASK_NAMES: dict[type[ApprovalTask], str] = {
    UnitApprovalTask: "Akceptacja jednostki",
    ConformityTask: "Zgodność ze Strategią Usług",
    ChiefEditorTask: "Akceptacja Redaktora Głównego",
}


@transaction.atomic
def establish_path(*, root: Page) -> Workflow:
    """Make the approval path and set it on a tree; doing so again changes nothing."""
    workflow, _created = Workflow.objects.get_or_create(name=PATH_NAME, defaults={"active": True})
    for order, (model, name) in enumerate(TASK_NAMES.items()):
        task: Any = model.objects.get_or_create(name=name, defaults={"active": True})[0]
        WorkflowTask.objects.get_or_create(
            workflow=workflow, task=task.task_ptr, defaults={"sort_order": order}
        )
    WorkflowPage.objects.update_or_create(page=root, defaults={"workflow": workflow})
    return workflow


def submit(*, page: PortalPage, user: Any) -> WorkflowState:
    """Send the page's latest revision on the approval path, or send a returned one again.

    Raises:
        NotSubmittable: no path, already on it, or the person has no right to submit.
        NotPublishable: a citizen would miss something; names each field.
    """
    state: WorkflowState | None = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        with transaction.atomic():
            state.resume(user=user)
        return state
    workflow = page.get_workflow()
    if workflow is None:
        raise NotSubmittable(_("No approval path leads from “%(title)s”.") % {"title": page.title})
    if state is not None:
        raise NotSubmittable(_("“%(title)s” is being reviewed already.") % {"title": page.title})
    with transaction.atomic():
        started: WorkflowState = workflow.start(page, user)
        return started


def admit(*, page: PortalPage, user: Any) -> None:
    """Check a text at the path's entrance, whichever way it came there, and record it.

    Raises:
        NotSubmittable: the person may not submit pages of this unit.
        NotAccepted: the unit has not accepted the publishing regulation (K-10).
        NotPublishable: a citizen would miss something.
    """
    text = page.get_latest_revision_as_object()
    place = pages.place_of(page)
    ground = org.ground_of(user, place, Right.SUBMIT) if place else None
    if ground is None:
        raise NotSubmittable(_("You have no mandate to submit texts of this unit."))
    require_acceptance(page.owner_unit)
    if errors := text.publication_errors():
        raise NotPublishable(text.title, errors)
    record(
        action="page.submitted",
        actor=user,
        subject=f"page:{page.pk}",
        label=text.title,
        authority=ground.wording,
        acting_for=ground.acting_for,
        data={"revision": page.latest_revision_id},
    )


def approve(*, task_state: TaskState, user: Any, comment: str = "") -> WorkflowState:
    """Agree to the text at its present stage; the last agreement publishes exactly that text.

    Raises:
        NotYourDecision: another person's stage, an own text, or the stage is over.
        StaleReview: a newer revision exists than the one under review.
        NotPublishable: at the last stage, a citizen would miss something.
    """
    with transaction.atomic():
        page, state, ground = _locked(task_state, user)
        if state.revision_id != page.latest_revision_id:
            raise StaleReview(_("The text has changed since it was submitted: look at it again."))
        state.approve(user=user, update=False, comment=comment)
        _record(page, state, user, ground, "page.approved", comment)
        _advance(state.workflow_state, page, user)
        return state.workflow_state


def send_back(*, task_state: TaskState, user: Any, comment: str) -> WorkflowState:
    """Return the text to its author with a comment; earlier approvers hear of it too.

    Raises:
        NotYourDecision: as for ``approve``.
        CommentMissing: the author would not know what to change.
    """
    if not comment.strip():
        raise CommentMissing(_("Say what must change: the author reads your comment."))
    with transaction.atomic():
        page, state, ground = _locked(task_state, user)
        state.reject(user=user, comment=comment)
        _record(page, state, user, ground, "page.returned", comment)
        enqueue(
            kind="workflow.returned",
            subject=f"page:{page.pk}",
            payload={"task_state": state.pk},
        )
        return state.workflow_state


@transaction.atomic
def note_cancellation(*, workflow_state: WorkflowState, user: Any) -> None:
    """Record that a text was taken off the path; what is public has not changed."""
    page = workflow_state.content_object
    if page is None or not isinstance(page.specific, PortalPage):
        return
    place = pages.place_of(page)
    ground = org.ground_of(user, place, Right.SUBMIT) if user and place else None
    record(
        action="page.review_cancelled",
        actor=user,
        subject=f"page:{page.pk}",
        label=page.draft_title,
        authority=ground.wording if ground else "",
        acting_for=ground.acting_for if ground else "",
    )


def _locked(task_state: TaskState, user: Any) -> tuple[PortalPage, TaskState, Ground]:
    """Lock page and stage, in the door's own order, and return why the person may decide.

    Raises:
        NotYourDecision: he may not, or the stage is over.
    """
    page_id = int(task_state.workflow_state.object_id)
    page = Page.objects.select_for_update().get(pk=page_id).specific
    state = TaskState.objects.select_for_update().get(pk=task_state.pk)
    task = state.task.specific
    current = state.workflow_state
    is_open = (
        isinstance(task, ApprovalTask)
        and state.status == TaskState.STATUS_IN_PROGRESS
        and current.status == WorkflowState.STATUS_IN_PROGRESS
    )
    ground = reviewers.ground_to_decide(task.stage, page, current, user) if is_open else None
    if ground is None:
        raise NotYourDecision(_("You cannot decide on this text at this stage."))
    return page, state, ground


def _advance(workflow_state: WorkflowState, page: PortalPage, user: Any) -> None:
    while remaining := open_tasks(workflow_state, page):
        opened = remaining[0].open_stage(workflow_state, page, user)
        workflow_state.current_task_state = opened
        workflow_state.save()
        if opened.status == TaskState.STATUS_IN_PROGRESS:
            return
    review = reviewers.review_of(page, workflow_state)
    workflow_state.status = WorkflowState.STATUS_APPROVED
    workflow_state.save()
    authority = queries.authority_of(workflow_state)
    if authority is None or authority.revision_id is None:
        raise NotYourDecision(_("Not every stage has agreed to this text."))
    door.publish(
        page_id=page.pk,
        revision_id=authority.revision_id,
        authority=authority,
        actor=user,
    )
    enqueue(
        kind="workflow.published",
        subject=f"page:{page.pk}",
        payload={
            "task_state": workflow_state.current_task_state_id,
            "authors": sorted(review.authors if review else ()),
        },
    )
    workflow_approved.send(sender=WorkflowState, instance=workflow_state, user=user)


def _record(
    page: PortalPage, state: TaskState, user: Any, ground: Ground, action: str, comment: str
) -> None:
    record(
        action=action,
        actor=user,
        subject=f"page:{page.pk}",
        label=page.draft_title,
        authority=ground.wording,
        acting_for=ground.acting_for,
        data={"revision": state.revision_id, "task": state.task.name, "comment": comment},
    )
