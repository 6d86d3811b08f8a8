"""The statements that followers have asked all day: prepared, planned once, and answered with one row.

On PostgreSQL planning them costs more than answering, and what psycopg does around a statement that is
prepared costs as much again. So these few go to libpq as they are (docs/quality.md has the figures).
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import count
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections

#: The names of the statements that each connection has prepared.
_prepared: WeakKeyDictionary[Any, dict[str, bytes]] = WeakKeyDictionary()


def row_of(statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """Return the first row that a statement finds, or None.

    Args:
        statement: SQL with ``%s`` for each value; one of a few, as each stays prepared.
        values: texts, numbers and UUIDs.
    """
    with _cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _cursor() -> Any:
    """Return a cursor that prepares, where PostgreSQL is asked and may be; it is counted like any other."""
    database: Any = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        return database.cursor()
    database.close_if_health_check_failed()
    database.ensure_connection()
    held = database.connection
    # psycopg 2, in a host that still has it, prepares nothing; behind some poolers nobody may.
    if getattr(held, "prepare_threshold", None) is None:
        return database.cursor()
    return database._prepare_cursor(_OneRow(held))  # noqa: SLF001 - as its own cursors are wrapped


class _Sent(NamedTuple):
    """What was asked, where Django looks for it when it logs statements."""

    query: bytes


class _OneRow:
    """As much of a cursor as one row takes."""

    def __init__(self, held: Any) -> None:
        self._held = held
        self._result: Any = None
        self._query: _Sent | None = None

    def execute(self, statement: str, values: Sequence[Any]) -> None:
        self._query = _Sent(_numbered(statement))
        names = _prepared.setdefault(self._held, {})
        if statement not in names:
            name = f"kpum_{len(names)}".encode()
            self._checked(self._held.pgconn.prepare(name, self._query.query))
            names[statement] = name
        bound = [str(value).encode() for value in values]
        self._result = self._checked(self._held.pgconn.exec_prepared(names[statement], bound))

    def _checked(self, result: Any) -> Any:
        """Return the result of what went well.

        Raises:
            psycopg.Error: it did not, as psycopg itself would raise it.
        """
        from psycopg import OperationalError, errors, pq

        if self._held.pgconn.status != pq.ConnStatus.OK:
            raise OperationalError("the connection is lost")
        if result.status not in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
            raise errors.error_from_result(result)
        return result

    def fetchone(self) -> tuple[Any, ...] | None:
        from psycopg.adapt import Transformer

        if not self._result.ntuples:
            return None
        reader = Transformer(self._held)
        reader.set_pgresult(self._result)
        return reader.load_row(0, tuple)

    def close(self) -> None:
        """Nothing is held."""


@cache
def _numbered(statement: str) -> bytes:
    """Return the statement with PostgreSQL's own signs for its values."""
    number = count(1)
    return re.sub("%s", lambda _sign: f"${next(number)}", statement).encode()
