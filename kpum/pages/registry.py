"""What the upper rooms give the door: projectors that follow it, and finders of approvals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from kpum.pages.authority import Authority
from kpum.pages.enums import GoneReason


@dataclass(frozen=True)
class RemovedPage:
    """What is left to say of a page that was deleted."""

    page_id: int
    document_id: UUID
    locale: str


@dataclass(frozen=True)
class RecordNote:
    """A line that an upper room adds to the record of a page: what became of it elsewhere."""

    at: datetime
    channel: str
    words: str
    address: str = ""


class Projector(Protocol):
    """Keeps something in step with what is public, inside the transaction of the act."""

    def pages_changed(self, page_ids: Sequence[int], gone_reason: GoneReason) -> None:
        """Read these pages afresh; ``gone_reason`` is for those that turn out not to be public."""

    def pages_removed(self, pages: Sequence[RemovedPage]) -> None:
        """These pages no longer exist."""

    def subtree_changed(self, page_id: int) -> None:
        """Everything below this page may have a new address or owner: mark it for the worker."""


ChannelFollower = Callable[[str], None]
RecordSource = Callable[[Any], "Sequence[RecordNote]"]
ApprovalFinder = Callable[[int], Authority | None]
_projectors: list[Projector] = []
_finders: list[ApprovalFinder] = []
_followers: list[ChannelFollower] = []
_record_sources: list[RecordSource] = []


def register_projector(projector: Projector) -> None:
    """Have the projector follow every act at the door; a second registration is refused."""
    if projector in _projectors:
        raise ValueError(f"{projector!r} is registered already")
    _projectors.append(projector)


def projectors() -> tuple[Projector, ...]:
    """Return the projectors in the order they registered."""
    return tuple(_projectors)


def register_channel_follower(follower: ChannelFollower) -> None:
    """Have ``follower(code)`` called inside the transaction that changes a channel's rules."""
    if follower in _followers:
        raise ValueError(f"{follower.__qualname__} is registered already")
    _followers.append(follower)


def channel_changed(code: str) -> None:
    """Have everything that holds what is in the channel follow its rules."""
    for follower in _followers:
        follower(code)


def register_record_source(source: RecordSource) -> None:
    """Have ``source(page)`` asked for lines of the page's record."""
    if source in _record_sources:
        raise ValueError(f"{source.__qualname__} is registered already")
    _record_sources.append(source)


def record_notes(page: Any) -> list[RecordNote]:
    """Return what the upper rooms tell of the page, the latest first."""
    notes = [note for source in _record_sources for note in source(page)]
    return sorted(notes, key=lambda note: note.at, reverse=True)


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
