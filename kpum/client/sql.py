"""A copy in a database: changes and cursor are one transaction."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from kpum.client.mirror import Key, State, Stored
from kpum.client.records import Change, Successor

#: {blob} and {number} are the database's own words.
TABLES = (
    """create table if not exists kpum_mirror_document (
        id text not null, locale text not null, type text not null,
        sequence {number} not null, etag text not null, body {blob} not null,
        received_at {real} not null, generation integer not null, primary key (id, locale))""",
    """create table if not exists kpum_mirror_tombstone (
        id text not null, locale text not null, type text not null,
        sequence {number} not null, reason text not null, successor text not null,
        generation integer not null, primary key (id, locale))""",
    """create table if not exists kpum_mirror_state (
        only_row integer primary key check (only_row = 1), state text not null)""",
)
_STORE = """insert into kpum_mirror_document
    (id, locale, type, sequence, etag, body, received_at, generation) values (?, ?, ?, ?, ?, ?, ?, ?)
    on conflict (id, locale) do update set type = excluded.type, sequence = excluded.sequence,
    etag = excluded.etag, body = excluded.body, received_at = excluded.received_at,
    generation = excluded.generation"""
_BURY = """insert into kpum_mirror_tombstone
    (id, locale, type, sequence, reason, successor, generation) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (id, locale) do update set type = excluded.type, sequence = excluded.sequence,
    reason = excluded.reason, successor = excluded.successor, generation = excluded.generation"""
_SETTLE = """insert into kpum_mirror_state (only_row, state) values (1, ?)
    on conflict (only_row) do update set state = excluded.state"""
_READ = "select body, received_at from kpum_mirror_document where id = ? and locale = ?"
_READ_TOMBSTONE = """select type, sequence, reason, successor from kpum_mirror_tombstone
    where id = ? and locale = ?"""
_DROP = "delete from kpum_mirror_document where id = ? and locale = ?"
_DROP_TOMBSTONE = "delete from kpum_mirror_tombstone where id = ? and locale = ?"


class SqlMirror:
    """What the databases have in common. A subclass gives ``_run``, ``_transaction`` and ``lock``."""

    place: str

    def lock(self) -> AbstractContextManager[None]:
        """Keep every other run away."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the connection."""
        raise NotImplementedError

    def _transaction(self) -> AbstractContextManager[None]:
        raise NotImplementedError

    def _run(self, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement with ``?`` for its values; return its rows."""
        raise NotImplementedError

    def state(self) -> State | None:
        """Return how far the copy has come."""
        rows = self._run("select state from kpum_mirror_state")
        return State.of_json(rows[0][0]) if rows else None

    def apply(self, changes: Sequence[Change], state: State) -> None:
        """Store the changes and the state, all or nothing."""
        with self._transaction():
            for change in changes:
                self._store(change, state.generation)
            self._run(_SETTLE, [state.as_json()])

    def finish(self, state: State) -> list[Key]:
        """Drop what the feed did not name since the copy began again."""
        old = [state.generation]
        with self._transaction():
            gone = self._run(
                "select id, locale from kpum_mirror_document where generation < ?", old
            )
            self._run("delete from kpum_mirror_document where generation < ?", old)
            self._run("delete from kpum_mirror_tombstone where generation < ?", old)
            self._run(_SETTLE, [state.as_json()])
        return [(row[0], row[1]) for row in gone]

    def documents(self) -> Iterator[Stored]:
        """Yield every document, some hundred at a time."""
        last: Key = ("", "")
        while rows := self._run(
            "select id, locale, body, received_at from kpum_mirror_document"
            " where id > ? or (id = ? and locale > ?) order by id, locale limit 200",
            [last[0], *last],
        ):
            for row in rows:
                yield Stored(row[0], row[1], bytes(row[2]), row[3])
            last = (rows[-1][0], rows[-1][1])

    def document(self, document_id: str, locale: str) -> Stored | None:
        """Return one document, if the copy has it."""
        rows = self._run(_READ, [document_id, locale])
        return Stored(document_id, locale, bytes(rows[0][0]), rows[0][1]) if rows else None

    def tombstone(self, document_id: str, locale: str) -> Change | None:
        """Return why a document left, if the copy was told."""
        rows = self._run(
            _READ_TOMBSTONE,
            [document_id, locale],
        )
        if not rows:
            return None
        kind, sequence, reason, told = rows[0]
        successor = Successor(**json.loads(told)) if told else None
        return Change(sequence, document_id, locale, kind, reason=reason, successor=successor)

    def forget(self, keys: Sequence[Key]) -> None:
        """Drop documents that the channel does not have."""
        with self._transaction():
            for key in keys:
                self._run(_DROP, key)

    def _store(self, change: Change, generation: int) -> None:
        head = [change.id, change.locale, change.type, change.sequence]
        if change.is_gone:
            told = json.dumps(asdict(change.successor)) if change.successor else ""
            self._run(_BURY, [*head, change.reason, told, generation])
            self._run(_DROP, change.key)
        else:
            self._run(_STORE, [*head, change.etag, change.body, time.time(), generation])
            self._run(_DROP_TOMBSTONE, change.key)
