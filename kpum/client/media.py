"""Pictures and files of the documents, each stored once under the hash of its bytes."""

import hashlib
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kpum.client import files, reading
from kpum.client.channel import ChannelClient
from kpum.client.errors import GarbledAnswer, MirrorError, NotFound
from kpum.client.follow import state_for
from kpum.client.mirror import Mirror
from kpum.client.records import MediaFacts


@dataclass
class MediaReport:
    """What was done with the files of a copy."""

    fetched: int = 0
    removed: int = 0
    #: Files that documents name and the portal does not give (any more): asked for again next time.
    missing: list[str] = field(default_factory=list)


class MediaFolder:
    """Files under ``ab/<sha256>``; made when missing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the file with this hash is, or would be."""
        return self.folder / sha256[:2] / sha256

    def holds(self, facts: MediaFacts) -> bool:
        """Return whether a file of the right size is there; ``is_true`` reads it, too."""
        file = self.path(facts.sha256)
        return file.is_file() and file.stat().st_size == facts.size

    def is_true(self, facts: MediaFacts) -> bool:
        """Return whether the bytes are those of the hash."""
        if not self.holds(facts):
            return False
        with self.path(facts.sha256).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == facts.sha256

    def fetch(self, client: ChannelClient, facts: MediaFacts) -> None:
        """Fetch a file; it appears only when its bytes are those of the hash.

        Raises:
            NotFound: the channel does not have it (any more).
            GarbledAnswer: the portal sends other bytes.
            ChannelError: as from every question.
        """
        with files.failing_with_words(self.folder), closing(files.NewFile(self.folder)) as new:
            digest = hashlib.sha256()

            def begin() -> Callable[[bytes], object]:
                nonlocal digest
                digest = hashlib.sha256()
                new.start_over()
                return take

            def take(piece: bytes) -> None:
                digest.update(piece)
                new.write(piece)

            client.fetch_media(facts.id, begin, facts.size)
            if digest.hexdigest() != facts.sha256:
                raise GarbledAnswer(f"The file {facts.id} has other bytes than its documents say.")
            new.keep(self.path(facts.sha256))

    def keep_only(self, wanted: Iterable[str]) -> int:
        """Remove what no document uses, and what killed runs left; return how many files went."""
        kept = set(wanted)
        with files.failing_with_words(self.folder):
            files.sweep(self.folder)
            old = [file for file in self.folder.glob("??/*") if file.name not in kept]
            for file in old:
                file.unlink(missing_ok=True)
        return len(old)


def media_of(document: dict[str, Any]) -> list[MediaFacts]:
    """Return the files that a document names; what we do not understand is passed over."""
    found = []
    for row in document.get("media") or []:
        try:
            found.append(reading.media_of(row))
        except GarbledAnswer:
            continue
    return found


def fetch_media(
    client: ChannelClient, mirror: Mirror, folder: MediaFolder, *, every_byte: bool = False
) -> MediaReport:
    """Have the files of exactly the documents that a copy holds; its lock is held.

    Args:
        client: of the copy's channel.
        mirror: the copy, up to date.
        folder: where the files are.
        every_byte: read every file again instead of trusting its size.

    Raises:
        ChannelError: the portal does not answer, or the folder cannot be written.
    """
    state = state_for(client, mirror)
    report = MediaReport()
    if state.media_at == state.cursor and not every_byte:
        return report
    wanted = {
        facts.sha256: facts for stored in mirror.documents() for facts in media_of(stored.data)
    }
    there = folder.is_true if every_byte else folder.holds
    for facts in wanted.values():
        with files.failing_with_words(folder.folder):
            if there(facts):
                continue
        try:
            folder.fetch(client, facts)
            report.fetched += 1
        except (NotFound, GarbledAnswer):
            report.missing.append(facts.id)
    report.removed = folder.keep_only(wanted)
    if report.fetched:
        files.settle()
    mirror.apply([], replace(state, media_at=-1 if report.missing else state.cursor))
    return report


def folder_beside(target: str) -> Path:
    """Return where the files of a copy are, unless told otherwise.

    Raises:
        MirrorError: a copy in PostgreSQL has no place of its own for files.
    """
    if target.startswith(("postgres://", "postgresql://")):
        raise MirrorError("Say where the pictures and files are to go: --media-folder FOLDER.")
    if target.startswith("sqlite:///"):
        return Path(f"{target.removeprefix('sqlite:///')}.media")
    return Path(target) / "media"
