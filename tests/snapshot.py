"""A small database state, made once by the code under test and laid out again by plain inserts.

Building the small city takes several hundred statements; copying it takes a few dozen. A snapshot
belongs to one state of what migrations leave: after a test that flushed the database it is made anew.
"""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import Locale, Page

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
#: Kept by search indexes themselves, from the rows of the tables they index.
_DERIVED = "_fts"
_ONE_INSERT = 30_000


@dataclass(frozen=True)
class _Table:
    columns: tuple[str, ...]
    rows: Rows


@dataclass(frozen=True)
class _Snapshot:
    value: bytes
    tables: dict[str, _Table]


_taken: dict[Any, _Snapshot] = {}


def laid_out(make: Callable[[], T]) -> T:
    """Return what ``make`` builds: the first time by calling it, then from the snapshot."""
    key = (make, _foundation())
    if key in _taken:
        snapshot = _taken[key]
        for name, table in snapshot.tables.items():
            _lay(name, table)
    else:
        before = _dump()
        value = make()
        after = _dump()
        changed = {name: table for name, table in after.items() if table != before.get(name)}
        snapshot = _taken[key] = _Snapshot(pickle.dumps(value), changed)
    copy: T = pickle.loads(snapshot.value)  # noqa: S301 - written by ourselves a moment ago
    return copy


def _foundation() -> tuple[Any, ...]:
    """Return what the rows of a snapshot point at without bringing it."""
    return (
        connection.alias,
        tuple(ContentType.objects.order_by("pk").values_list("pk", "app_label", "model")),
        tuple(Locale.objects.order_by("pk").values_list("pk", flat=True)),
        tuple(Page.objects.filter(depth=1).values_list("pk", flat=True)),
    )


def _dump() -> dict[str, _Table]:
    quote = connection.ops.quote_name
    tables = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if _DERIVED in name:
                continue
            cursor.execute(f"SELECT * FROM {quote(name)}")  # noqa: S608
            columns = tuple(column[0] for column in cursor.description)
            tables[name] = _Table(columns, sorted(cursor.fetchall(), key=repr))
    return tables


def _lay(name: str, table: _Table) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column) for column in table.columns)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {quote(name)}")  # noqa: S608
        step = max(1, _ONE_INSERT // len(table.columns))
        for start in range(0, len(table.rows), step):
            rows = table.rows[start : start + step]
            one = f"({', '.join(['%s'] * len(table.columns))})"
            values = ", ".join([one] * len(rows))
            cursor.execute(  # names are the database's own
                f"INSERT INTO {quote(name)} ({columns}) VALUES {values}",  # noqa: S608
                [value for row in rows for value in row],
            )
