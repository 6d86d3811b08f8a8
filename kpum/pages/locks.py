"""The lock on a text under review, in words that say what really holds."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.locks import WorkflowLock


class ReviewLock(WorkflowLock):
    """Read-only for everybody, the reviewer included (four eyes)."""

    def get_message(self, user: Any) -> str:
        """Return what the editor shows above the text."""
        if "approve" in {action[0] for action in self.task.get_actions(self.object, user)}:
            return _(
                "This text awaits your decision. It is read-only: approve it, or return it with a comment."
            )
        return _(
            "This text is being reviewed at the stage “%(stage)s”. It is read-only until the decision."
        ) % {"stage": self.task.name}
