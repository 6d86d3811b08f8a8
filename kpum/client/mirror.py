"""A mirror of a channel in a folder: one file a document, and the cursor it is true for."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kpum.client.errors import ChannelError


class FolderMirror:
    """Documents as ``documents/<id>.<locale>.json``; ``cursor.json`` is written after them.

    Killed at any point, the next run applies the same changes again and arrives at the same place.
    """

    def __init__(self, folder: Path, channel_url: str) -> None:
        self._folder = folder
        self._documents = folder / "documents"
        self._cursor_file = folder / "cursor.json"
        self._url = channel_url
        self._documents.mkdir(parents=True, exist_ok=True)

    @property
    def cursor(self) -> int:
        """Return how far the mirror has followed; 0 for a new one.

        Raises:
            ChannelError: the folder mirrors another channel.
        """
        if not self._cursor_file.exists():
            return 0
        state = json.loads(self._cursor_file.read_text(encoding="utf-8"))
        if state["url"] != self._url:
            raise ChannelError(f"{self._folder} mirrors {state['url']}, not {self._url}.")
        return int(state["cursor"])

    def advance(self, cursor: int) -> None:
        """Say that everything up to the cursor has been applied."""
        self._write(self._cursor_file, {"url": self._url, "cursor": cursor})

    def put(self, document_id: str, locale: str, document: dict[str, Any]) -> None:
        """Store a document as it is now."""
        self._write(self._file(document_id, locale), document)

    def remove(self, document_id: str, locale: str) -> None:
        """Remove a document; one that is not there is no error."""
        self._file(document_id, locale).unlink(missing_ok=True)

    def keys(self) -> Iterator[tuple[str, str]]:
        """Yield (document id, locale) of everything the mirror holds."""
        for file in sorted(self._documents.glob("*.json")):
            document_id, locale, _suffix = file.name.split(".", 2)
            yield document_id, locale

    def documents(self) -> Iterator[dict[str, Any]]:
        """Yield every document the mirror holds."""
        for file in sorted(self._documents.glob("*.json")):
            yield json.loads(file.read_text(encoding="utf-8"))

    def _file(self, document_id: str, locale: str) -> Path:
        if not (set(document_id) <= set("0123456789abcdef-") and locale.replace("-", "").isalnum()):
            raise ChannelError(f"The portal sent an odd document id: {document_id!r} {locale!r}.")
        return self._documents / f"{document_id}.{locale}.json"

    def _write(self, file: Path, content: dict[str, Any]) -> None:
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".writing-")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(content, stream, ensure_ascii=False, indent=1)
        Path(name).replace(file)
