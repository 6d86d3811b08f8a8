"""What a request may remember until it ends, and nothing longer.

A mandate's end takes effect that second, so nothing about rights is cached between requests.
Within one, an explorer asks the same question for each of fifty rows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

#: The key under which the gate leaves who works in the admin; rendering comes after his view.
PERSON = "person"

T = TypeVar("T")
_memory: ContextVar[dict[Any, Any] | None] = ContextVar("kpum_memo", default=None)


@contextmanager
def request_scope() -> Iterator[None]:
    """Remember until the end of the block."""
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def remembered(key: Any, make: Callable[[], T]) -> T:
    """Return what ``make`` gave the first time in this request; outside a request, ask it anew."""
    memory = _memory.get()
    if memory is None:
        return make()
    if key not in memory:
        memory[key] = make()
    value: T = memory[key]
    return value


def forget() -> None:
    """Forget everything: something that was remembered has just been changed."""
    memory = _memory.get()
    if memory is not None:
        memory.clear()
