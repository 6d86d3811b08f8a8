"""What a channel sends, as values."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Successor:
    """Where to go instead of a document that is gone; ``url`` is for people."""

    id: str
    locale: str
    url: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document: ``body`` is the exact bytes whose SHA-256 is ``etag``."""

    id: str
    locale: str
    type: str
    etag: str
    body: bytes

    @property
    def data(self) -> dict[str, Any]:
        """Return the document's fields."""
        fields: dict[str, Any] = json.loads(self.body)
        return fields


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the feed: a document as it is now, or a tombstone.

    ``body`` is empty for a tombstone, and when only ids were asked for.
    """

    sequence: int
    id: str
    locale: str
    type: str
    etag: str = ""
    body: bytes = b""
    reason: str = ""
    successor: Successor | None = None

    @property
    def is_gone(self) -> bool:
        """Return whether the document left the channel."""
        return bool(self.reason)

    @property
    def key(self) -> tuple[str, str]:
        """Return what the document is stored under: id and locale."""
        return self.id, self.locale

    @property
    def document(self) -> dict[str, Any]:
        """Return the document's fields.

        Raises:
            ValueError: the change is a tombstone, or only ids were asked for.
        """
        fields: dict[str, Any] = json.loads(self.body)
        return fields


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the feed: apply ``changes`` in order, keep ``next``, ask again while ``more``."""

    changes: tuple[Change, ...]
    next: int
    more: bool
    #: Another one than before: the portal went back to a backup. None: the portal does not say.
    epoch: str | None = None
    #: The channel's code, where the page tells it.
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """A picture or file of a document, by the hash of its bytes."""

    id: str
    sha256: str
    size: int
    content_type: str = ""
    title: str = ""
    alt: str = ""
    kind: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class TypeRoot:
    """How many documents of a type a true copy holds, and the root of their hashes."""

    type: str
    count: int
    root: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a true copy holds at a sequence (ADR 0012)."""

    channel: str
    sequence: int
    count: int
    root: str
    types: tuple[TypeRoot, ...]
    epoch: str | None = None
    #: The compact JWS; ``kpum.client.signatures`` proves it.
    jws: str = ""
