"""The tasks of the approval path, as Wagtail sees them.

They hold no group: who decides follows from the page's owning unit. The text under review is
read-only for everybody, so what is approved is what was read.
"""

from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState, WorkflowState

from kpum.core import clock
from workflows import policies, reviewers
from workflows.enums import Stage
from workflows.forms import ApprovalForm, ReturnForm
from workflows.records import Agreement, Assignment, BranchPolicy
from workflows.regulation_models import PublishingRegulation, RegulationAcceptance
from workflows.signals import (
    decision_made,
    formal_check_due,
    stage_opened,
    stage_skipped,
    submission_arriving,
)

__all__ = [
    "STAGE_TASKS",
    "Agreement",
    "ApprovalTask",
    "Assignment",
    "BranchPolicy",
    "ChiefEditorTask",
    "ConformityTask",
    "FormalCheckTask",
    "PublishingRegulation",
    "RegulationAcceptance",
    "UnitApprovalTask",
    "open_next",
    "open_tasks",
]


class ApprovalTask(Task):
    """What the stages share."""

    stage: Stage

    class Meta:
        abstract = True

    def reason_to_skip(self, page: Any) -> str | None:
        """Return why the page passes by this stage (empty: its type does), or None when it must stop."""
        return None

    @transaction.atomic
    def start(self, workflow_state: WorkflowState, user: Any = None) -> TaskState:
        """Open the stage, or the first one that has not agreed to the text as it now stands.

        A text that was returned and changed begins again with the unit: every agreement on the
        path is an agreement on the same revision.
        """
        page = cast("Any", workflow_state.content_object).specific
        if workflow_state.current_task_state_id is None:
            submission_arriving.send(sender=type(self), page=page, user=user)
            workflow_state.requested_by = user
            return open_next(workflow_state, page, user) or self.open_stage(
                workflow_state, page, user
            )
        return self.open_stage(workflow_state, page, user)

    def open_stage(self, workflow_state: WorkflowState, page: Any, user: Any) -> TaskState:
        """Open this very stage, or skip it for a page that does not pass it."""
        reason = self.reason_to_skip(page)
        if reason is not None:
            skipped = self._closed_at_once(workflow_state, page, TaskState.STATUS_SKIPPED)
            stage_skipped.send(
                sender=type(self), task_state=skipped, stage=self.stage, reason=reason
            )
            return skipped
        state = super().start(workflow_state, user=user)
        stage_opened.send(sender=type(self), task_state=state, user=user)
        return state

    def _closed_at_once(self, workflow_state: WorkflowState, page: Any, status: str) -> TaskState:
        return TaskState.objects.create(
            workflow_state=workflow_state,
            task=self,
            status=status,
            revision=page.get_latest_revision(),
            finished_at=clock.now(),
        )

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return reviewers.may_decide(self.stage, obj, obj.current_workflow_state, user)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        return True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        if not reviewers.may_decide(self.stage, obj, obj.current_workflow_state, user):
            return []
        return [
            ("approve", _("Approve"), True),
            ("reject", _("Return for changes"), True),
        ]

    def get_form_for_action(self, action: str) -> Any:
        return ReturnForm if action == "reject" else ApprovalForm

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> None:
        """Hand the decision to ``workflows.actions`` (through ``handlers``)."""
        decision_made.send(
            sender=type(self),
            task_state=task_state,
            user=user,
            action_name=action_name,
            comment=kwargs.get("comment", ""),
        )

    def get_task_states_user_can_moderate(self, user: Any, **_kwargs: Any) -> Any:
        return reviewers.awaiting(self.stage, self, user)


class FormalCheckTask(ApprovalTask):
    """The system looks whether anything is missing; people then decide on the substance."""

    stage = Stage.FORMAL

    class Meta:
        verbose_name = _("formal check")
        verbose_name_plural = _("formal checks")

    @transaction.atomic
    def open_stage(self, workflow_state: WorkflowState, page: Any, user: Any) -> TaskState:
        """Check at once; a text that fails does not enter the path."""
        state = self._closed_at_once(workflow_state, page, TaskState.STATUS_APPROVED)
        formal_check_due.send(sender=type(self), task_state=state, page=page)
        return state

    @classmethod
    def get_description(cls) -> str:
        return str(
            _("The system checks fields, owner, channels, links and descriptions of pictures.")
        )


class UnitApprovalTask(ApprovalTask):
    """The owning unit's coordinator agrees (K-18)."""

    stage = Stage.UNIT

    class Meta:
        verbose_name = _("approval by the unit")
        verbose_name_plural = _("approvals by the unit")

    @classmethod
    def get_description(cls) -> str:
        return str(
            _("A coordinator of the unit that owns the page decides; his own texts go to the head.")
        )


class ConformityTask(ApprovalTask):
    """The service portfolio manager finds a service card conforming (K-16)."""

    stage = Stage.CONFORMITY

    class Meta:
        verbose_name = _("conformity with the Service Strategy")
        verbose_name_plural = _("conformity with the Service Strategy")

    def reason_to_skip(self, page: Any) -> str | None:
        return None if getattr(page, "requires_conformity", False) else ""

    @classmethod
    def get_description(cls) -> str:
        return str(_("The service portfolio manager decides; only service cards pass this stage."))


class ChiefEditorTask(ApprovalTask):
    """The chief editor agrees, and the text becomes public (K-18, K-23)."""

    stage = Stage.CHIEF_EDITOR

    class Meta:
        verbose_name = _("approval by the chief editor")
        verbose_name_plural = _("approvals by the chief editor")

    def reason_to_skip(self, page: Any) -> str | None:
        policy = policies.policy_over(page)
        return policy.wording if policy and policy.unit_publishes else None

    @classmethod
    def get_description(cls) -> str:
        return str(
            _("The chief editor decides and publishes; his own texts go to a portal editor.")
        )


#: The stages in their order, as Wagtail's tasks.
STAGE_TASKS: tuple[type[ApprovalTask], ...] = (
    FormalCheckTask,
    UnitApprovalTask,
    ConformityTask,
    ChiefEditorTask,
)


def open_next(workflow_state: WorkflowState, page: Any, user: Any) -> TaskState | None:
    """Open the stages that are due until one waits for a person; return the last one opened."""
    opened = None
    while remaining := open_tasks(workflow_state, page):
        opened = remaining[0].open_stage(workflow_state, page, user)
        if opened.status == TaskState.STATUS_IN_PROGRESS:
            break
    return opened


def open_tasks(workflow_state: WorkflowState, page: Any) -> list[Any]:
    """Return the tasks that have not agreed to the page's latest revision, in their order."""
    done = TaskState.objects.filter(
        workflow_state=workflow_state,
        revision=page.latest_revision_id,
        status__in=[TaskState.STATUS_APPROVED, TaskState.STATUS_SKIPPED],
    )
    tasks = Task.objects.filter(workflow_tasks__workflow=workflow_state.workflow, active=True)
    remaining = tasks.exclude(pk__in=done.values("task")).order_by("workflow_tasks__sort_order")
    return [task.specific for task in remaining]
