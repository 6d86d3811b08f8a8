"""What clients ask for and how far they are: gathered in memory, written at most twice a minute.

A request on the hot path writes nothing: it adds to this process's ledger. The first request after
``EVERY`` seconds takes the ledger and adds it to the rows, and so does a process that ends. A process
that is killed loses the figures of these seconds, and nothing else.
"""

import atexit
import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import DatabaseError, transaction
from django.db.models import F, Q

from kpum.core import clock
from kpum.integrations.models import ApiClient, ApiKey, ClientCursor, ClientUsage

logger = logging.getLogger("kpum.integrations")
EVERY = 30.0


@dataclass
class Tally:
    """What one client did in one day, as far as it is not written yet."""

    requests: int = 0
    bytes: int = 0
    refusals: int = 0

    def add(self, other: "Tally") -> None:
        """Add another tally to this one."""
        self.requests += other.requests
        self.bytes += other.bytes
        self.refusals += other.refusals


@dataclass
class Entries:
    """A ledger's entries: tallies by client and day, cursors by client and channel, uses by key."""

    tallies: dict[tuple[int, date], Tally] = field(default_factory=dict)
    cursors: dict[tuple[int, str], tuple[int, datetime]] = field(default_factory=dict)
    keys: dict[int, datetime] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.tallies)

    def count(self, client_id: int, day: date, tally: Tally) -> None:
        """Add a tally to a client's day."""
        self.tallies.setdefault((client_id, day), Tally()).add(tally)


class Ledger:
    """One process's unwritten figures; safe for its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries = Entries()
        self._written_at = float("-inf")

    def note(
        self, client_id: int, key_id: int, tally: Tally, cursor: tuple[str, int] | None = None
    ) -> None:
        """Add what a client did, and its place in a channel; write when it is time."""
        now = clock.now()
        with self._lock:
            self._entries.count(client_id, clock.today(), tally)
            if tally.requests:
                self._entries.keys[key_id] = now
            if cursor is not None:
                self._entries.cursors[client_id, cursor[0]] = (cursor[1], now)
            due = time.monotonic() - self._written_at >= EVERY
        if due:
            self.write()

    def write(self) -> None:
        """Add everything to the rows; a database that cannot take it now is asked again later."""
        entries = self._take()
        if not entries:
            return
        try:
            with transaction.atomic():
                _write(entries)
        except DatabaseError:
            logger.exception("The figures of clients were not written; they are kept")
            with self._lock:
                for (client_id, day), tally in entries.tallies.items():
                    self._entries.count(client_id, day, tally)
                self._entries.cursors = entries.cursors | self._entries.cursors
                self._entries.keys = entries.keys | self._entries.keys

    def forget(self) -> None:
        """Drop everything unwritten, as a killed process would."""
        self._take()
        self._written_at = float("-inf")

    def _take(self) -> Entries:
        with self._lock:
            taken, self._entries = self._entries, Entries()
            self._written_at = time.monotonic()
        return taken


def _write(entries: Entries) -> None:
    """Add to the rows, in one order for all processes: none waits for another in a ring."""
    ids = {client_id for client_id, _day in entries.tallies}
    known = set(ApiClient.objects.filter(pk__in=ids).values_list("pk", flat=True))
    for (client_id, day), tally in sorted(entries.tallies.items(), key=lambda entry: entry[0]):
        if client_id in known:
            _add_usage(client_id, day, tally)
    for (client_id, channel), (cursor, at) in sorted(entries.cursors.items()):
        if client_id in known:
            _set_cursor(client_id, channel, cursor, at)
    for key_id, at in sorted(entries.keys.items()):
        earlier = Q(last_used_at=None) | Q(last_used_at__lt=at)
        ApiKey.objects.filter(earlier, pk=key_id).update(last_used_at=at)


def _add_usage(client_id: int, day: date, tally: Tally) -> None:
    row = ClientUsage.objects.filter(client_id=client_id, day=day)
    more = {
        "requests": F("requests") + tally.requests,
        "bytes": F("bytes") + tally.bytes,
        "refusals": F("refusals") + tally.refusals,
    }
    if not row.update(**more):
        ClientUsage.objects.bulk_create(
            [ClientUsage(client_id=client_id, day=day)], ignore_conflicts=True
        )
        row.update(**more)


def _set_cursor(client_id: int, channel: str, cursor: int, at: datetime) -> None:
    """Store where a client is; what another process heard later stays."""
    row = ClientCursor.objects.filter(client_id=client_id, channel=channel)
    if not row.filter(at__lte=at).update(cursor=cursor, at=at):
        ClientCursor.objects.bulk_create(
            [ClientCursor(client_id=client_id, channel=channel, cursor=cursor, at=at)],
            ignore_conflicts=True,
        )


#: The ledger of this process.
ledger = Ledger()
atexit.register(ledger.write)
