"""Cursors for what followers ask all day."""

from typing import Any

from django.db import connection


def often() -> Any:
    """Return a cursor for what is asked all day: on PostgreSQL its statements are prepared, and planned once.

    Planning costs more there than answering. Django's own cursors prepare nothing; how often a
    statement must come first is ``prepare_threshold`` among the database's options.
    """
    if connection.vendor != "postgresql":
        return connection.cursor()
    from django.db.backends.postgresql import base

    # psycopg 2, in a host that still has it, prepares nothing.
    preparing: Any = getattr(base, "ServerBindingCursor", None)
    if preparing is None:
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection._prepare_cursor(preparing(connection.connection))  # type: ignore[attr-defined]  # noqa: SLF001
