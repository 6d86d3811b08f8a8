"""A copy in a PostgreSQL database; needs the package psycopg."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kpum.client.errors import MirrorBusy, MirrorError, plain
from kpum.client.mirror import without_password
from kpum.client.sql import TABLES, SqlMirror

_LOCK = "hashtext('kpum_mirror'), hashtext(current_schema())"


class PostgresqlMirror(SqlMirror):
    """A ``Mirror`` in the first schema of the connection's search path; tables are made when missing.

    One schema holds one channel: ``?options=-csearch_path%3Dbip`` chooses another.

    Raises:
        MirrorError: from every method, when the database cannot be reached, read or written.
    """

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError:
            raise MirrorError(
                "A copy in PostgreSQL needs the Python package psycopg (3)."
            ) from None
        self._fault: type[Exception] = psycopg.Error
        self.place = without_password(url)
        with self._words():
            self._connection = psycopg.connect(url, autocommit=True, connect_timeout=30)
            with self._transaction():
                # Two runs that begin at once would both make the tables.
                self._run("select pg_advisory_xact_lock(hashtext('kpum_mirror_tables'))")
                for table in TABLES:
                    self._run(table.format(number="bigint", blob="bytea", real="double precision"))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other run away, as long as the connection lives."""
        if not self._run(f"select pg_try_advisory_lock({_LOCK})")[0][0]:
            raise MirrorBusy(f"{self.place} is being kept by another run: wait for its end.")
        try:
            yield
        finally:
            if not self._connection.closed:
                self._run(f"select pg_advisory_unlock({_LOCK})")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except self._fault as error:
            raise MirrorError(
                f"{self.place} cannot be read or written: {plain(str(error))}. What was stored stays; mend"
                " that, and run again."
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._words(), self._connection.transaction():
            yield

    def _run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._words():
            cursor = self._connection.execute(statement.replace("?", "%s").encode(), values)
            return cursor.fetchall() if cursor.description else []
