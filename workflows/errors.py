"""What the approval path answers when a step is not allowed."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from kpum.core.errors import Refused


class NotYourDecision(Refused):
    """The person may not decide on this text at this stage."""


class NotSubmittable(Refused):
    """The text cannot enter the path: its state or its submitter does not allow it."""


class NotConforming(Refused):
    """Hard rules bar the approval. ``errors`` maps each rule's number to what is wrong and what to do."""

    def __init__(self, title: str, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {rule: list(said) for rule, said in errors.items()}
        told = "; ".join(f"{rule}: {' '.join(said)}" for rule, said in self.errors.items())
        super().__init__(
            _("“%(title)s” does not conform yet. %(told)s") % {"title": title, "told": told}
        )


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
