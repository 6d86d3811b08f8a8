"""Databases of the bench's own: one for each number of pages, never the portal's."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

SETTINGS = "kpum.settings.bench"
_SUFFIXES = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Place:
    """A database for so many pages, as ``KPUM_DATABASE_URL`` names it."""

    pages: int
    url: str

    @property
    def vendor(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return urlsplit(self.url).scheme

    @property
    def name(self) -> str:
        """Return the database's name, without what opens it."""
        return unquote(urlsplit(self.url).path)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of a process that works there."""
        own = {"DJANGO_SETTINGS_MODULE": SETTINGS, "KPUM_DATABASE_URL": self.url}
        return os.environ | own

    @property
    def file(self) -> Path:
        """Return the file of an SQLite database."""
        return Path(self.name)


def remove_file(file: Path) -> None:
    """Remove an SQLite database with the files beside it."""
    for suffix in _SUFFIXES:
        file.with_name(f"{file.name}{suffix}").unlink(missing_ok=True)


def place_for(pages: int, named: str, folder: Path) -> Place:
    """Return where so many pages are built.

    Args:
        pages: how many.
        named: the database that the environment names: of a PostgreSQL, the bench takes one beside
            it, ``…_bench_<pages>``, and never that one; anything else stands for SQLite.
        folder: where SQLite files of the bench lie.
    """
    parts = urlsplit(named)
    if parts.scheme not in {"postgresql", "postgres"}:
        return Place(pages, f"sqlite://{quote(str(folder))}/pages-{pages}.sqlite3")
    name = f"{parts.path.rstrip('/') or '/kpum'}_bench_{pages}"
    return Place(pages, urlunsplit(parts._replace(scheme="postgresql", path=name)))
