"""What a copy of a channel is, whatever it is kept in."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from kpum.client.errors import MirrorError
from kpum.client.records import Change

Key = tuple[str, str]


@dataclass(frozen=True)
class State:
    """How far a copy has come; written together with the changes it tells of."""

    url: str
    cursor: int = 0
    #: The life of the portal's database that the cursor belongs to; None: not told yet.
    epoch: str | None = None
    #: Counts how often the copy began again from 0.
    generation: int = 0
    #: Began again and is not through yet: what the feed does not name until then is dropped.
    rebuilding: bool = False
    #: The cursor at which the pictures and files were complete.
    media_at: int = -1
    #: The last proof: when, at which sequence, how many documents, and whether they were right.
    proof: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        """Return the state as it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def of_json(cls, text: str) -> "State":
        """Return a stored state; one of an older version of the client begins anew.

        Raises:
            MirrorError: it is no state of a copy.
        """
        try:
            stored = json.loads(text)
            url = str(stored["url"])
            if "generation" not in stored:
                return cls(url=url, generation=1, rebuilding=True)
            known = {name: stored[name] for name in cls.__dataclass_fields__ if name in stored}
            return cls(**known)
        except (ValueError, KeyError, TypeError) as error:
            raise MirrorError(
                "The copy's state cannot be read: remove the copy, and begin anew."
            ) from error


@dataclass(frozen=True, slots=True)
class Stored:
    """A document in a copy: its exact bytes, and when they came (seconds since 1970)."""

    id: str
    locale: str
    body: bytes
    received_at: float

    @property
    def data(self) -> dict[str, Any]:
        """Return the document's fields; none when the bytes are no longer a document."""
        try:
            fields = json.loads(self.body)
        except ValueError:
            return {}
        return fields if isinstance(fields, dict) else {}


class Mirror(Protocol):
    """A copy of one channel. Every method raises ``MirrorError`` when the copy cannot be read or written."""

    #: Where the copy is, without any password.
    place: str

    def lock(self) -> AbstractContextManager[None]:
        """Keep every other run away; ends with the process, however it ends.

        Raises:
            MirrorBusy: another run has it.
        """

    def state(self) -> State | None:
        """Return how far the copy has come; None for a new one."""

    def apply(self, changes: Sequence[Change], state: State) -> None:
        """Store documents and tombstones, and the state, so that a crash never shows the state alone.

        While ``state.rebuilding``, remembers which documents were named.
        """

    def finish(self, state: State) -> list[Key]:
        """Drop what was not named since ``state.generation`` began, and store the state; return what went."""

    def documents(self) -> Iterator[Stored]:
        """Yield every document."""

    def document(self, document_id: str, locale: str) -> Stored | None:
        """Return one document, if the copy has it."""

    def tombstone(self, document_id: str, locale: str) -> Change | None:
        """Return why a document left and where to go instead, if the copy was told."""

    def forget(self, keys: Sequence[Key]) -> None:
        """Drop documents that the channel does not have."""

    def close(self) -> None:
        """Close files and connections."""


def without_password(url: str) -> str:
    """Return a database's address as it may be shown."""
    shown = re.sub(r"//([^/@:]*):[^/@]*@", r"//\1:…@", url)
    return re.sub(r"(?i)(password=)[^&]*", r"\1…", shown)
