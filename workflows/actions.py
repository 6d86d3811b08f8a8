"""Submit, approve, return, cancel, reassign: each one transaction with its audit row and its event."""

from dataclasses import replace
from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, TaskState, Workflow, WorkflowPage, WorkflowState, WorkflowTask
from wagtail.signals import workflow_approved

from kpum.audit.actions import record
from kpum.core import clock
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Ground
from kpum.outbox.actions import enqueue
from kpum.pages import actions as door
from kpum.pages import formal
from kpum.pages import queries as pages
from kpum.pages.door import is_open as door_is_open
from kpum.pages.errors import NotPublishable
from kpum.pages.models import PortalPage
from workflows import queries, reviewers
from workflows.agreements import keep
from workflows.enums import Stage, Verdict
from workflows.errors import (
    CannotDecide,
    CommentMissing,
    NotConforming,
    NotSubmittable,
    NotUnderReview,
    NotYourDecision,
    PolicyRefused,
    StaleReview,
)
from workflows.examiners import Finding, examine, is_examined
from workflows.models import (
    ApprovalTask,
    Assignment,
    BranchPolicy,
    ChiefEditorTask,
    ConformityTask,
    FormalCheckTask,
    UnitApprovalTask,
    open_next,
)
from workflows.regulations import require_acceptance

PATH_NAME = "Ścieżka publikacji"
TASK_NAMES: dict[type[ApprovalTask], str] = {
    FormalCheckTask: "Sprawdzenie formalne",
    UnitApprovalTask: "Akceptacja jednostki",
    ConformityTask: "Zgodność ze Strategią Usług",
    ChiefEditorTask: "Akceptacja Redaktora Głównego",
}


@transaction.atomic
def establish_path(*, root: Page) -> Workflow:
    """Make the approval path and set it on a tree; doing so again changes nothing.

    A path of an earlier version gets the stages it lacks, in their places.
    """
    workflow, _created = Workflow.objects.get_or_create(name=PATH_NAME, defaults={"active": True})
    for order, (model, name) in enumerate(TASK_NAMES.items()):
        task: Any = model.objects.get_or_create(name=name, defaults={"active": True})[0]
        WorkflowTask.objects.update_or_create(
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
    """Check at the path's entrance who submits, whichever way the text came there, and record it.

    Raises:
        NotSubmittable: the person may not submit pages of this unit.
        NotAccepted: the unit has not accepted the publishing regulation (K-10).
    """
    place = pages.place_of(page)
    ground = org.ground_of(user, place, Right.SUBMIT) if place else None
    if ground is None:
        raise NotSubmittable(_("You have no mandate to submit texts of this unit."))
    require_acceptance(page.owner_unit)
    record(
        action="page.submitted",
        actor=user,
        subject=f"page:{page.pk}",
        label=page.draft_title,
        authority=ground.wording,
        acting_for=ground.acting_for,
        data={"revision": page.latest_revision_id},
    )


def approve(*, task_state: TaskState, user: Any, comment: str = "") -> WorkflowState:
    """Agree to the text at its present stage; the last agreement publishes exactly that text.

    Raises:
        NotYourDecision: another person's stage, an own text, or the stage is over.
        StaleReview: a newer revision exists than the one under review.
        NotConforming: hard rules of the stage bar it; names each.
        NotPublishable: at the last stage, a citizen would miss something.
    """
    with transaction.atomic():
        page, state, ground = _locked(task_state, user)
        if state.revision_id != page.latest_revision_id:
            raise StaleReview(_("The text has changed since it was submitted: look at it again."))
        found = _examined(state)
        if barring := {row.code: [*map(str, row.evidence)] for row in found if row.bars}:
            raise NotConforming(page.draft_title, barring)
        state.approve(user=user, update=False, comment=comment)
        _decide(page, state, user, ground, Verdict.APPROVED, comment, found)
        _advance(state.workflow_state, page, user, ground)
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
        _decide(page, state, user, ground, Verdict.RETURNED, comment, _examined(state))
        enqueue(
            kind="workflow.returned",
            subject=f"page:{page.pk}",
            payload={"task_state": state.pk},
        )
        return state.workflow_state


def check_formally(*, task_state: TaskState, page: PortalPage) -> None:
    """Check a text's form as it enters the path, and keep what was looked at and found.

    Raises:
        NotPublishable: a citizen would miss something; names each field.
    """
    text = page.get_latest_revision_as_object()
    found = formal.examine(text)
    if found.errors:
        raise NotPublishable(text.title, found.errors)
    findings = {"checked": formal.FormalPoint.values, "remarks": list(found.remarks)}
    keep(state=task_state, stage=Stage.FORMAL, verdict=Verdict.APPROVED, findings=findings)
    record(
        action="page.formally_checked",
        actor=None,
        subject=f"page:{page.pk}",
        label=text.title,
        authority="system: formal check",
        data={"revision": task_state.revision_id, **findings},
    )


def note_skip(*, task_state: TaskState, stage: Stage, reason: str) -> None:
    """Keep that a stage was passed over, and why; only a policy's reason is worth a row of the trail."""
    keep(state=task_state, stage=stage, verdict=Verdict.SKIPPED, comment=reason)
    if reason:
        page: Any = task_state.workflow_state.content_object
        record(
            action="page.stage_skipped",
            actor=None,
            subject=f"page:{page.pk}",
            label=page.draft_title,
            authority=reason,
            data={"revision": task_state.revision_id, "task": task_state.task.name},
        )


def cancel(*, page: PortalPage, user: Any) -> WorkflowState:
    """Take a text off the path; what is public does not change, and the text may be edited again.

    Raises:
        NotUnderReview: it is not on the path.
        NotYourDecision: the person is none of its authors and does not lead the path.
    """
    with transaction.atomic():
        row = Page.objects.select_for_update().get(pk=page.pk)
        state: WorkflowState | None = row.current_workflow_state
        if state is None:
            raise NotUnderReview(_("“%(title)s” is not being reviewed.") % {"title": page.title})
        state.cancel(user=user)
        return state


@transaction.atomic
def note_cancellation(*, workflow_state: WorkflowState, user: Any) -> None:
    """Check and record that a text was taken off the path, whichever way in Wagtail that was done.

    Without a person, or while the door acts on the page, the system does it.

    Raises:
        NotYourDecision: the person may not cancel this review; it goes on.
    """
    page = workflow_state.content_object
    if page is None or not isinstance(page.specific, PortalPage):
        return
    ground = queries.who_may_cancel(page, workflow_state, user) if user else None
    if user and ground is None and not door_is_open():
        raise NotYourDecision(
            _("Only its authors and those who lead the approval path cancel a review.")
        )
    record(
        action="page.review_cancelled",
        actor=user,
        subject=f"page:{page.pk}",
        label=page.draft_title,
        authority=ground.wording if ground else "",
        acting_for=ground.acting_for if ground else "",
    )


def reassign(*, task_state: TaskState, to: Any, user: Any, note: str = "") -> Assignment:
    """Name the person who decides on a waiting text (K-13); he alone, as long as he may.

    Raises:
        NotYourDecision: no mandate to reassign over this page, or the stage is over.
        CannotDecide: the person may not decide on this text at this stage.
    """
    with transaction.atomic():
        page, state = _locked_stage(task_state)
        place = pages.place_of(page)
        ground = org.ground_of(user, place, Right.REASSIGN) if place else None
        if ground is None or not _is_open(state):
            raise NotYourDecision(_("You cannot name who decides on this text."))
        able = queries.able_to_decide(state)
        if to not in able:
            raise CannotDecide(
                _("%(person)s may not decide on this text at this stage.") % {"person": to}
            )
        before = ", ".join(str(person) for person in queries.reviewers_for(state))
        assignment = Assignment.objects.create(
            task_state=state, person=to, assigned_by=user, note=note, at=clock.now()
        )
        record(
            action="page.reassigned",
            actor=user,
            subject=f"page:{page.pk}",
            label=page.draft_title,
            authority=ground.wording,
            acting_for=ground.acting_for,
            before=before,
            after=str(to),
            data={"task": state.task.name, "note": note},
        )
        enqueue(
            kind="workflow.reassigned",
            subject=f"page:{page.pk}",
            payload={"task_state": state.pk, "assignment": assignment.pk},
        )
        return assignment


def set_branch_policy(
    *, page: PortalPage, unit_publishes: bool, basis: str, user: Any
) -> BranchPolicy:
    """Decide whether the unit's approval publishes in a branch site (K-18).

    Raises:
        PolicyRefused: the page is no branch site, or the basis is missing.
        NotYourDecision: no mandate to decide on the structure of the portal.
    """
    with transaction.atomic():
        row: Any = Page.objects.select_for_update().get(pk=page.pk)
        place = pages.place_of(row)
        ground = org.ground_of(user, place, Right.RESTRUCTURE) if place else None
        if ground is None:
            raise NotYourDecision(_("You cannot decide how this branch site is published."))
        if not getattr(row.specific, "is_branch_site", False):
            raise PolicyRefused(_("“%(title)s” is not a branch site.") % {"title": row.title})
        if not basis.strip():
            raise PolicyRefused(_("Give the basis: the decision stands on it."))
        former = BranchPolicy.objects.filter(page=row).first()
        policy, _created = BranchPolicy.objects.update_or_create(
            page=row,
            defaults={
                "unit_publishes": unit_publishes,
                "basis": basis.strip(),
                "decided_by": user,
                "decided_at": clock.now(),
            },
        )
        record(
            action="branch.policy_set",
            actor=user,
            subject=f"page:{row.pk}",
            label=row.title,
            authority=ground.wording,
            acting_for=ground.acting_for,
            before=former.wording if former else "",
            after=policy.wording,
        )
        return policy


def _locked_stage(task_state: TaskState) -> tuple[PortalPage, TaskState]:
    """Lock page and stage, in the door's own order."""
    page_id = int(task_state.workflow_state.object_id)
    page = Page.objects.select_for_update().get(pk=page_id).specific
    return page, TaskState.objects.select_for_update().get(pk=task_state.pk)


def _is_open(state: TaskState) -> bool:
    return (
        isinstance(state.task.specific, ApprovalTask)
        and state.status == TaskState.STATUS_IN_PROGRESS
        and state.workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
    )


def _locked(task_state: TaskState, user: Any) -> tuple[PortalPage, TaskState, Ground]:
    """Lock page and stage, and return why the person may decide.

    Raises:
        NotYourDecision: he may not, or the stage is over.
    """
    page, state = _locked_stage(task_state)
    ground = (
        reviewers.ground_to_decide(state.task.specific.stage, page, state.workflow_state, user)
        if _is_open(state)
        else None
    )
    if ground is None:
        raise NotYourDecision(_("You cannot decide on this text at this stage."))
    return page, state, ground


def _advance(workflow_state: WorkflowState, page: PortalPage, user: Any, ground: Ground) -> None:
    opened = open_next(workflow_state, page, user)
    if opened is not None:
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
        authority=replace(authority, acting_for=ground.acting_for),
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


def _examined(state: TaskState) -> list[Finding]:
    """Return what the rules of the stage say of the version under review."""
    stage, revision = state.task.specific.stage, cast("Any", state.revision)
    return examine(stage, revision.as_object()) if is_examined(stage) else []


def _decide(  # noqa: PLR0913, PLR0917 - a decision is its facts
    page: PortalPage,
    state: TaskState,
    user: Any,
    ground: Ground,
    verdict: Verdict,
    comment: str,
    found: list[Finding],
) -> None:
    """Keep the decision with what the rules said, and record it."""
    keep(
        state=state,
        stage=state.task.specific.stage,
        verdict=verdict,
        person=user,
        ground=ground,
        comment=comment,
        findings={"rules": [row.as_kept() for row in found]} if found else None,
    )
    record(
        action=f"page.{verdict.value}",
        actor=user,
        subject=f"page:{page.pk}",
        label=page.draft_title,
        authority=ground.wording,
        acting_for=ground.acting_for,
        data={"revision": state.revision_id, "task": state.task.name, "comment": comment},
    )
