"""Why a client is not admitted."""

from dataclasses import dataclass, field


@dataclass
class Refused(Exception):
    """A request that is not admitted: an HTTP status, a stable kind, and what to do."""

    status: int
    kind: str
    title: str
    detail: str
    headers: dict[str, str] = field(default_factory=dict)
