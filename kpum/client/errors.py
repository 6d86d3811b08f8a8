"""What can go wrong when a channel is followed; each text says what happened and what to do."""

from dataclasses import dataclass, field
from typing import Any

from kpum.client.records import Successor

_LONGEST = 300


class ChannelError(Exception):
    """The channel cannot be read or the copy cannot be kept; the message says why and what to do."""


class Unreachable(ChannelError):
    """The portal did not answer, or its answers broke off, in every attempt. Try again later."""


class GarbledAnswer(ChannelError):
    """The answer is not what this address answers: cut, mixed up, too large, or no API at all."""


class RedirectRefused(ChannelError):
    """The portal sent us elsewhere. A client goes only where it was told to, its key with it."""


@dataclass
class Problem:
    """Problem details (RFC 9457) as the portal sent them; decide by ``type``."""

    status: int
    type: str = "about:blank"
    title: str = ""
    detail: str = ""
    errors: list[dict[str, Any]] = field(default_factory=list)
    reason: str = ""
    successor: Successor | None = None
    request_id: str = ""
    retry_after: float | None = None


class ProblemAnswer(ChannelError):
    """The portal refused the request and said why."""

    advice = "See the portal's documentation of the API."

    def __init__(self, address: str, problem: Problem) -> None:
        said = f"{problem.title}. {problem.detail}".strip(". ") or "no reason given"
        fields = "; ".join(
            f"{error.get('field')}: {error.get('message')}" for error in problem.errors
        )
        asked = f" (request {problem.request_id})" if problem.request_id else ""
        parts = [f"{address} answered {problem.status}: {said}.", fields, self.advice]
        super().__init__(plain(" ".join(part for part in parts if part), 3 * _LONGEST) + asked)
        self.problem = problem


class KeyNeeded(ProblemAnswer):
    """401: the channel wants a key, or does not know the one sent."""

    advice = "Send the key of an agreed interface; the keeper of the interface register issues it."


class KeyRefused(ProblemAnswer):
    """403: the key is known, but not good for this."""

    advice = "Ask the keeper of the interface register; a new attempt changes nothing."


class NotFound(ProblemAnswer):
    """404: no such channel, document or address."""

    advice = "Check the address of the channel."


class UnknownDocument(NotFound):
    """404: the channel never held this document."""

    advice = "Check the id and the locale."


class CursorAhead(ProblemAnswer):
    """409: the portal does not know our cursor; its database was set back."""

    advice = "Start again from 0."


class DocumentGone(ProblemAnswer):
    """410: the document left the channel; ``problem.successor`` says where to go instead."""

    advice = "Remove it from your copy."


class InvalidInput(ProblemAnswer):
    """422: a parameter cannot be understood; ``problem.errors`` names each."""

    advice = "Mend the named parameters."


class TooManyRequests(ProblemAnswer):
    """429: the limit is used up; ``problem.retry_after`` says for how many seconds."""

    advice = "Wait as long as it says, and ask less often."


class PortalFailed(ProblemAnswer):
    """5xx: the portal has a fault of its own. Try again later."""

    advice = "Try again later; tell the portal's operator the number of the request."


class MirrorError(ChannelError):
    """The copy cannot be read or written. What it held before is still there."""


class MirrorBusy(MirrorError):
    """Another run is keeping this copy now."""


class ProofError(ChannelError):
    """The manifest cannot be trusted: its signature or its key is not what it should be."""


def plain(text: str, longest: int = _LONGEST) -> str:
    """Return a text of the portal as one line that does nothing to a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)[:longest]


def problem_class(status: int, kind: str) -> type[ProblemAnswer]:
    """Return the exception for a status and a stable problem type."""
    if kind.endswith(":unknown-document"):
        return UnknownDocument
    by_status: dict[int, type[ProblemAnswer]] = {
        401: KeyNeeded,
        403: KeyRefused,
        404: NotFound,
        409: CursorAhead,
        410: DocumentGone,
        422: InvalidInput,
        429: TooManyRequests,
    }
    return by_status.get(status, PortalFailed if status >= 500 else ProblemAnswer)  # noqa: PLR2004
