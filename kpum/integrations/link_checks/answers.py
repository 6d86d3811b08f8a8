"""What an answer to a check means."""

from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from kpum.integrations.link_checks.enums import Reason


class Verdict(Enum):
    """Whether a citizen would get there."""

    ANSWERS = "answers"
    FAILS = "fails"
    UNCHECKABLE = "uncheckable"


#: The page may well be there: it wants a log-in, dislikes programs, or has heard enough of us.
_SHY = {
    HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
    HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS, 999,
}  # fmt: skip
_UNCHECKABLE = {Reason.NOT_PUBLIC, Reason.CREDENTIALS}


@dataclass(frozen=True)
class Answer:
    """What came back, and what it means."""

    verdict: Verdict
    reason: Reason
    status: int | None = None

    @classmethod
    def of_status(cls, status: int) -> "Answer":
        """Judge a final status, one that sends nowhere else."""
        if status in _SHY:
            verdict = Verdict.UNCHECKABLE
        else:
            fails = status >= HTTPStatus.BAD_REQUEST
            verdict = Verdict.FAILS if fails else Verdict.ANSWERS
        return cls(verdict, Reason.STATUS, status)

    @classmethod
    def of_reason(cls, reason: Reason) -> "Answer":
        """Judge what is no status."""
        shy = reason in _UNCHECKABLE
        return cls(Verdict.UNCHECKABLE if shy else Verdict.FAILS, reason)

    @property
    def worth_a_get(self) -> bool:
        """Return whether to ask again as a browser does: many a server answers HEAD wrongly."""
        odd = self.reason in {Reason.STATUS, Reason.GARBLED, Reason.REDIRECTS}
        return self.verdict is Verdict.FAILS and odd
