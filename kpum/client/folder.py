"""A copy in a folder: one file a document, and ``cursor.json``, written after them.

    documents/<id>.<locale>.json   the exact bytes of a document
    gone/<id>.<locale>.json        why a document left, and where to go instead
    cursor.json                    how far the copy has come

Killed at any point, the next run applies the same changes again and arrives at the same place.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path

from kpum.client import files
from kpum.client.mirror import Key, State, Stored
from kpum.client.records import Change, Successor


class FolderMirror:
    """A ``Mirror`` in a folder; made when missing.

    Raises:
        MirrorError: from every method, when the folder cannot be read or written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = str(folder)
        self._documents = folder / "documents"
        self._gone = folder / "gone"
        self._state_file = folder / "cursor.json"
        with files.failing_with_words(folder):
            self._documents.mkdir(parents=True, exist_ok=True)
            self._gone.mkdir(exist_ok=True)

    def lock(self) -> AbstractContextManager[None]:
        """Keep every other run away, and clear away what killed ones left."""
        return self._locked()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with files.locked(self.folder / ".lock"):
            with files.failing_with_words(self.folder):
                files.sweep(self.folder)
            yield

    def state(self) -> State | None:
        """Return how far the copy has come."""
        with files.failing_with_words(self._state_file):
            if not self._state_file.exists():
                return None
            return State.of_json(self._state_file.read_text(encoding="utf-8"))

    def apply(self, changes: Sequence[Change], state: State) -> None:
        """Store the changes, and after them the state."""
        with files.failing_with_words(self.folder):
            for change in changes:
                self._store(change)
            if state.rebuilding and changes:
                self._remember(changes, state.generation)
            self._settle(state)

    def finish(self, state: State) -> list[Key]:
        """Drop what the feed did not name since the copy began again."""
        with files.failing_with_words(self.folder):
            notes = self._notes(state.generation)
            lines = notes.read_text(encoding="utf-8").split("\n") if notes.exists() else []
            named = set(lines)
            dropped = [key for key in self._keys(self._documents) if " ".join(key) not in named]
            graves = [key for key in self._keys(self._gone) if " ".join(key) not in named]
            for folder, keys in ((self._documents, dropped), (self._gone, graves)):
                for key in keys:
                    self._file(folder, key).unlink(missing_ok=True)
            self._settle(state)
            for old in self.folder.glob("named-*.txt"):
                old.unlink(missing_ok=True)
        return dropped

    def documents(self) -> Iterator[Stored]:
        """Yield every document."""
        for key in self._keys(self._documents):
            found = self.document(*key)
            if found is not None:
                yield found

    def document(self, document_id: str, locale: str) -> Stored | None:
        """Return one document, if the copy has it."""
        file = self._file(self._documents, (document_id, locale))
        with files.failing_with_words(file):
            try:
                return Stored(document_id, locale, file.read_bytes(), file.stat().st_mtime)
            except FileNotFoundError:
                return None

    def tombstone(self, document_id: str, locale: str) -> Change | None:
        """Return why a document left, if the copy was told."""
        file = self._file(self._gone, (document_id, locale))
        with files.failing_with_words(file):
            if not file.exists():
                return None
            told = json.loads(file.read_text(encoding="utf-8"))
        successor = Successor(**told["successor"]) if told["successor"] else None
        facts = {name: told[name] for name in ("sequence", "id", "locale", "type", "reason")}
        return Change(**facts, successor=successor)

    def forget(self, keys: Sequence[Key]) -> None:
        """Drop documents that the channel does not have."""
        with files.failing_with_words(self.folder):
            for key in keys:
                self._file(self._documents, key).unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open."""

    def _store(self, change: Change) -> None:
        document, grave = (self._file(place, change.key) for place in (self._documents, self._gone))
        if change.is_gone:
            told = {
                name: value
                for name, value in asdict(change).items()
                if name in {"sequence", "id", "locale", "type", "reason", "successor"}
            }
            text = json.dumps(told, ensure_ascii=False, indent=1)
            files.write_whole(grave, text.encode(), by_way_of=self.folder)
            document.unlink(missing_ok=True)
        else:
            files.write_whole(document, change.body, by_way_of=self.folder)
            grave.unlink(missing_ok=True)

    def _remember(self, changes: Sequence[Change], generation: int) -> None:
        # A line torn by a crash must not swallow the next one, so each block begins with an end.
        lines = "".join(f"\n{' '.join(change.key)}" for change in changes)
        with self._notes(generation).open("a", encoding="utf-8") as notes:
            notes.write(f"{lines}\n")

    def _notes(self, generation: int) -> Path:
        return self.folder / f"named-{generation}.txt"

    def _settle(self, state: State) -> None:
        # When the power goes, the cursor must not be there without what it tells of.
        files.settle()
        files.write_whole(self._state_file, state.as_json().encode(), by_way_of=self.folder)

    def _keys(self, place: Path) -> list[Key]:
        names = sorted(file.name.split(".") for file in place.glob("*.json"))
        return [(name[0], name[1]) for name in names if len(name) == 3]  # noqa: PLR2004

    def _file(self, place: Path, key: Key) -> Path:
        return place / f"{key[0]}.{key[1]}.json"
