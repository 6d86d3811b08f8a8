"""Who listens to which kind of event; filled by the upper rooms in ``ready()``."""

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpum.outbox.models import OutboxEvent

Handler = Callable[["OutboxEvent"], None]
_handlers: dict[str, list[Handler]] = defaultdict(list)


def subscribe(kind: str, handler: Handler) -> None:
    """Have ``handler`` called for every event of ``kind``; a second registration is refused."""
    if handler in _handlers[kind]:
        raise ValueError(f"{handler.__qualname__} already listens to {kind}")
    _handlers[kind].append(handler)


def handlers_for(kind: str) -> list[Handler]:
    """Return the listeners of a kind, in the order they registered."""
    return list(_handlers[kind])
