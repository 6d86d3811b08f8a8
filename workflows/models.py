"""The three tasks of the approval path, as Wagtail sees them.

They hold no group: who decides follows from the page's owning unit. The text under review is
read-only for everybody, so what is approved is what was read.
"""

from typing import Any, cast

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState, WorkflowState

from kpum.core import clock
from workflows import reviewers
from workflows.enums import Stage
from workflows.forms import ApprovalForm, ReturnForm
from workflows.regulation_models import (  # noqa: F401 - Django looks for models here
    PublishingRegulation,
    RegulationAcceptance,
)
from workflows.signals import decision_made, stage_opened, submission_arriving


class ApprovalTask(Task):
    """What the three stages share."""

    stage: Stage

    class Meta:
        abstract = True

    def applies_to(self, page: Any) -> bool:
        """Return whether a page of this type passes this stage at all."""
        return True

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
            return open_tasks(workflow_state, page)[0].open_stage(workflow_state, page, user)
        return self.open_stage(workflow_state, page, user)

    def open_stage(self, workflow_state: WorkflowState, page: Any, user: Any) -> TaskState:
        """Open this very stage, or skip it for a page that does not pass it."""
        if not self.applies_to(page):
            return TaskState.objects.create(
                workflow_state=workflow_state,
                task=self,
                status=TaskState.STATUS_SKIPPED,
                revision=page.get_latest_revision(),
                finished_at=clock.now(),
            )
        state = super().start(workflow_state, user=user)
        stage_opened.send(sender=type(self), task_state=state, user=user)
        return state

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

    def applies_to(self, page: Any) -> bool:
        return bool(getattr(page, "requires_conformity", False))

    @classmethod
    def get_description(cls) -> str:
        return str(_("The service portfolio manager decides; only service cards pass this stage."))


class ChiefEditorTask(ApprovalTask):
    """The chief editor agrees, and the text becomes public (K-18, K-23)."""

    stage = Stage.CHIEF_EDITOR

    class Meta:
        verbose_name = _("approval by the chief editor")
        verbose_name_plural = _("approvals by the chief editor")

    @classmethod
    def get_description(cls) -> str:
        return str(
            _("The chief editor decides and publishes; his own texts go to a portal editor.")
        )


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
