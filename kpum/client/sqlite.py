"""A copy in an SQLite file."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from kpum.client import files
from kpum.client.errors import MirrorError
from kpum.client.sql import TABLES, SqlMirror


class SqliteMirror(SqlMirror):
    """A ``Mirror`` in an SQLite file; made when missing. Others may read it while it is kept.

    Raises:
        MirrorError: from every method, when the file cannot be read or written.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.place = str(file)
        with files.failing_with_words(file):
            file.parent.mkdir(parents=True, exist_ok=True)
        with self._words():
            self._connection = sqlite3.connect(file, isolation_level=None, timeout=30)
            try:
                self._run("pragma journal_mode = wal")
                self._run("pragma synchronous = full")
                for table in TABLES:
                    self._run(table.format(number="integer", blob="blob", real="real"))
            except BaseException:
                self._connection.close()
                raise

    def lock(self) -> AbstractContextManager[None]:
        """Keep every other run away; readers are let in."""
        return files.locked(self.file.with_name(f"{self.file.name}.lock"))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise MirrorError(
                f"{self.place} cannot be read or written: {error}. What was stored stays; mend that,"
                " and run again."
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._run("begin immediate")
        try:
            yield
            self._run("commit")
        except BaseException:
            # A full disk ends the transaction by itself.
            if self._connection.in_transaction:
                self._run("rollback")
            raise

    def _run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._words():
            return self._connection.execute(statement, values).fetchall()
