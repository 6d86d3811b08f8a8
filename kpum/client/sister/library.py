"""What the sister portal knows of a copy: its titles, units and files; read anew when the copy changes."""

import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

from kpum.client.media import media_of
from kpum.client.mirror import Mirror, State, Stored
from kpum.client.opening import open_mirror
from kpum.client.records import MediaFacts


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in the lists."""

    id: str
    locale: str
    type: str
    title: str
    unit: str
    changed: str
    received_at: float

    @property
    def path(self) -> str:
        """Return the document's address here."""
        return f"/dokument/{self.id}/{self.locale}"


@dataclass
class Shelf:
    """All documents at one state of the copy."""

    state: State | None
    entries: list[Entry] = field(default_factory=list)
    files: dict[str, MediaFacts] = field(default_factory=dict)

    @property
    def types(self) -> Counter[str]:
        """Return how many documents there are of each type."""
        return Counter(entry.type for entry in self.entries)

    @property
    def units(self) -> list[Entry]:
        """Return the units, by name."""
        return [entry for entry in self.entries if entry.type == "unit"]

    def unit(self, unit_id: str) -> Entry | None:
        """Return a unit by its id."""
        return next((entry for entry in self.units if entry.id == unit_id), None)

    def owned_by(self, unit_id: str) -> list[Entry]:
        """Return the documents of a unit."""
        return [entry for entry in self.entries if entry.unit == unit_id]

    def found(self, words: str) -> list[Entry]:
        """Return the documents whose title has all the words, with or without Polish letters."""
        wanted = folded(words).split()
        return [
            entry
            for entry in self.entries
            if wanted and all(word in folded(entry.title) for word in wanted)
        ]

    @property
    def newest(self) -> float:
        """Return when the last document came; 0 for an empty copy."""
        return max((entry.received_at for entry in self.entries), default=0.0)


class Library:
    """Opens the copy for each question, and keeps the shelf of its last state."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._shelf: Shelf | None = None
        self._lock = threading.Lock()

    @contextmanager
    def opened(self) -> Iterator[Mirror]:
        """Open the copy.

        Raises:
            MirrorError: it cannot be read.
        """
        with closing(open_mirror(self._target)) as mirror:
            yield mirror

    def shelf(self, mirror: Mirror) -> Shelf:
        """Return the documents as they are now."""
        with self._lock:
            state = mirror.state()
            if self._shelf is None or self._shelf.state != state:
                self._shelf = _read(mirror, state)
            return self._shelf


def _read(mirror: Mirror, state: State | None) -> Shelf:
    shelf = Shelf(state)
    for stored in mirror.documents():
        shelf.entries.append(_entry(stored))
        for facts in media_of(stored.data):
            shelf.files[facts.sha256] = facts
    shelf.entries.sort(key=lambda entry: (folded(entry.title), entry.id, entry.locale))
    return shelf


def _entry(stored: Stored) -> Entry:
    data = stored.data
    owner = data.get("owner_unit")
    return Entry(
        id=stored.id,
        locale=stored.locale,
        type=str(data.get("type") or "?"),
        title=str(data.get("title") or data.get("name") or stored.id),
        unit=str(owner.get("id")) if isinstance(owner, dict) else "",
        changed=str(data.get("last_published_at") or ""),
        received_at=stored.received_at,
    )


def folded(text: str) -> str:
    """Return a text without case and diacritics, for comparing."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l"))
    return "".join(char for char in plain if not unicodedata.combining(char))
