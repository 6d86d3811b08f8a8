"""Why a client is not admitted, and why an act upon the register is refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kpum.core import errors


@dataclass
class Refused(Exception):
    """A request that is not admitted: an HTTP status, a stable kind, and what to do."""

    status: int
    kind: str
    title: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)


class NotYoursToRegister(errors.Refused):
    """The person may not do this with the interface, its clients or their keys."""


class WrongState(errors.KpumError):
    """The interface, or the key, does not stand where this can be done."""


class TermsIncomplete(errors.KpumError):
    """Something is missing that the next state needs; the message names it."""


class AgreementsWouldLapse(errors.KpumError):
    """The change takes the interface back to consultation, and nobody has said that it may.

    Attributes:
        changed: the terms that would change, in words.
    """

    def __init__(self, message: str, changed: Sequence[str]) -> None:
        super().__init__(message)
        self.changed = tuple(changed)
