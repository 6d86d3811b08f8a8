"""Writing files so that each is there whole or not at all."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from kpum.client.errors import MirrorBusy, MirrorError

_UNFINISHED = ".writing-"


@contextlib.contextmanager
def failing_with_words(place: Path | str) -> Iterator[None]:
    """Turn a fault of the disk into a sentence."""
    try:
        yield
    except OSError as error:
        raise MirrorError(
            f"{place} cannot be read or written: {error.strerror or error}. What was stored stays; mend"
            " that, and run again."
        ) from error


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock that ends with the process.

    Raises:
        MirrorBusy: another process holds it.
    """
    with failing_with_words(file):
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MirrorBusy(
                f"{file.parent} is being kept by another run: wait for its end."
            ) from None
        yield
    finally:
        os.close(handle)


class NewFile:
    """A file in the making: seen under its name only when ``keep`` is called."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._handle, name = tempfile.mkstemp(dir=folder, prefix=_UNFINISHED)
        self._path = Path(name)

    def write(self, data: bytes) -> None:
        """Add bytes; the system may take them in pieces."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._handle, rest) :]

    def start_over(self) -> None:
        """Drop what was written."""
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)

    def keep(self, file: Path) -> None:
        """Make the file appear, whole."""
        os.fchmod(self._handle, 0o644)
        file.parent.mkdir(parents=True, exist_ok=True)
        os.replace(self._path, file)  # noqa: PTH105 - the call that the tests let fail

    def close(self) -> None:
        """Let the file go; it disappears unless it was kept."""
        os.close(self._handle)
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def write_whole(file: Path, data: bytes, *, by_way_of: Path) -> None:
    """Write a file that is there whole or not at all; the folder ``by_way_of`` is on the same disk."""
    with contextlib.closing(NewFile(by_way_of)) as new:
        new.write(data)
        new.keep(file)


def settle() -> None:
    """Have everything that was written on the disk: once for many files, before what tells of them."""
    os.sync()


def sweep(folder: Path) -> None:
    """Remove what killed runs left half-written; only while the lock is held."""
    for file in folder.glob(f"{_UNFINISHED}*"):
        file.unlink(missing_ok=True)
