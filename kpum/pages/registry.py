"""What the upper rooms give the door: projectors that follow it, and finders of approvals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from kpum.pages.authority import Authority
from kpum.pages.enums import GoneReason


@dataclass(frozen=True)
class RemovedPage:
    """What is left to say of a page that was deleted."""

    page_id: int
    document_id: UUID
    locale: str


class Projector(Protocol):
    """Keeps something in step with what is public, inside the transaction of the act."""

    def pages_changed(self, page_ids: Sequence[int], gone_reason: GoneReason) -> None:
        """Read these pages afresh; ``gone_reason`` is for those that turn out not to be public."""

    def pages_removed(self, pages: Sequence[RemovedPage]) -> None:
        """These pages no longer exist."""

    def subtree_changed(self, page_id: int) -> None:
        """Everything below this page may have a new address or owner: mark it for the worker."""


ApprovalFinder = Callable[[int], Authority | None]
_projectors: list[Projector] = []
_finders: list[ApprovalFinder] = []


def register_projector(projector: Projector) -> None:
    """Have the projector follow every act at the door; a second registration is refused."""
    if projector in _projectors:
        raise ValueError(f"{projector!r} is registered already")
    _projectors.append(projector)


def projectors() -> tuple[Projector, ...]:
    """Return the projectors in the order they registered."""
    return tuple(_projectors)


def register_approval_finder(finder: ApprovalFinder) -> None:
    """Have ``finder(revision_id)`` asked for a finished chain of approvals of a revision."""
    if finder in _finders:
        raise ValueError(f"{finder.__qualname__} is registered already")
    _finders.append(finder)


def approvals_of(revision_id: int) -> Authority | None:
    """Return the authority that a finished chain of approvals gives, if there is one."""
    for finder in _finders:
        if (authority := finder(revision_id)) is not None:
            return authority
    return None
