"""Whether a request may read a channel: asked once for each (ADR 0012)."""

from dataclasses import dataclass, field

from django.http import HttpRequest

from kpum.integrations.channel_source import open_channels
from kpum.integrations.enums import Verb
from kpum.integrations.errors import Refused


@dataclass(frozen=True)
class Admission:
    """Who was let in, and the headers that tell him his limits."""

    #: The client's name in logs and figures; empty for a stranger on an open channel.
    client: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_anonymous(self) -> bool:
        """Return whether the answer may be kept for everybody."""
        return not self.client


def admit(request: HttpRequest, *, channel: str, verb: Verb) -> Admission:
    """Return who is let in to a channel that exists.

    Raises:
        Refused: the channel wants a key.
    """
    if channel not in open_channels():
        raise Refused(
            401,
            "key-needed",
            "Key needed",
            f"The channel “{channel}” is read with a key of an agreed interface.",
        )
    return Admission()
