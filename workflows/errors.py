"""What the approval path answers when a step is not allowed."""

from kpum.core.errors import Refused


class NotYourDecision(Refused):
    """The person may not decide on this text at this stage."""


class NotSubmittable(Refused):
    """The text cannot enter the path: its state or its submitter does not allow it."""


class StaleReview(Refused):
    """The reviewer looked at another version than the one he would approve."""


class CommentMissing(Refused):
    """A text is never returned without saying why."""


class NotUnderReview(Refused):
    """There is no review that could be cancelled."""


class CannotDecide(Refused):
    """The person named to decide on a text may not decide on it himself."""


class PolicyRefused(Refused):
    """A branch policy lacks its basis, its branch site, or the chief editor's power."""
