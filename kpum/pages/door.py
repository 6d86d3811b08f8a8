"""Whether the one door is open: set by the actions, read by the guard.

The guard (``handlers.py``) refuses every save that would change what the public sees while the
door is shut, whichever way in Wagtail it came.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpum.pages.authority import Authority

_open: ContextVar["Authority | None"] = ContextVar("kpum_door", default=None)


@contextmanager
def opened(authority: "Authority") -> Iterator[None]:
    """Hold the door open for one act."""
    token = _open.set(authority)
    try:
        yield
    finally:
        _open.reset(token)


def is_open() -> bool:
    """Return whether an action of ours is under way."""
    return _open.get() is not None
