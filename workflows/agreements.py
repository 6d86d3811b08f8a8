"""Keeping decisions: one row for each, written beside the change of the stage."""

from typing import Any

from wagtail.models import TaskState

from kpum.core import clock
from kpum.org.powers import Ground
from workflows.enums import Stage, Verdict
from workflows.records import Agreement

#: The name under which the system itself decides.
SYSTEM = "system"


def keep(  # noqa: PLR0913 - a decision is its facts
    *,
    state: TaskState,
    stage: Stage,
    verdict: Verdict,
    person: Any = None,
    ground: Ground | None = None,
    comment: str = "",
    findings: dict[str, Any] | None = None,
) -> Agreement:
    """Append one decision; without a person it is the system's own."""
    page: Any = state.workflow_state.content_object
    return Agreement.objects.create(
        task_state=state,
        page_id=page.pk,
        title=page.draft_title,
        revision_id=state.revision_id,
        stage=stage.value,
        verdict=verdict.value,
        person=person,
        person_name=str(person) if person else SYSTEM,
        acting_for=ground.acting_for if ground else "",
        authority=ground.wording if ground else "",
        comment=comment,
        findings=findings or {},
        at=clock.now(),
    )
