"""Reads over the register: agreements, what waits for whom, clients with their figures and lag."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet, Sum
from django.utils.timesince import timesince

from kpum.integrations.enums import InterfaceState, Side, Verdict
from kpum.integrations.models import (
    ApiClient,
    ClientCursor,
    ClientUsage,
    DataInterface,
    InterfaceAgreement,
)
from kpum.integrations.registry import Head


def agreements_in_force(interface: DataInterface) -> QuerySet[InterfaceAgreement]:
    """Return the agreements to the terms as they stand."""
    return InterfaceAgreement.objects.filter(
        interface=interface, verdict=Verdict.AGREED, version=interface.version, lapsed_at=None
    )


def sides_missing(interface: DataInterface) -> list[Side]:
    """Return the sides that have not agreed to the terms as they stand."""
    given = set(agreements_in_force(interface).values_list("side", flat=True))
    return [side for side in Side if side.value not in given]


def waiting_on(sides: Iterable[Side]) -> list[DataInterface]:
    """Return the interfaces under consultation that lack one of these sides; two queries."""
    wanted = {side.value for side in sides}
    given = InterfaceAgreement.objects.filter(verdict=Verdict.AGREED, lapsed_at=None)
    found = (
        DataInterface.objects.filter(state=InterfaceState.CONSULTED)
        .select_related("system", "owner_unit")
        .prefetch_related(Prefetch("agreements", queryset=given, to_attr="given"))
        .order_by("state_since", "pk")
    )
    return [row for row in found if wanted - {one.side for one in _given(row)}]


def _given(interface: Any) -> list[InterfaceAgreement]:
    return list(interface.given)


def register_rows(rows: QuerySet[DataInterface]) -> QuerySet[DataInterface]:
    """Return the interfaces with what a list or an export says of them; a constant number of queries."""
    return rows.select_related("system", "owner_unit").prefetch_related(
        Prefetch("agreements", queryset=InterfaceAgreement.objects.order_by("pk")),
        Prefetch("clients", queryset=ApiClient.objects.prefetch_related("keys").order_by("code")),
    )


@dataclass(frozen=True)
class Lag:
    """How far a client is behind a channel.

    Attributes:
        changes: sequence numbers between the client's cursor and the last change; 0 when it is up
            to date.
        behind: how long the last change has been waiting for the client; None when it is up to date.
    """

    channel: str
    cursor: int
    asked_at: datetime
    changes: int
    behind: timedelta | None

    @property
    def waited(self) -> str:
        """Return how long the last change has been waiting, in words; nothing when up to date."""
        return timesince(self.asked_at, self.asked_at + self.behind) if self.behind else ""


@dataclass(frozen=True)
class ClientFigures:
    """A client with what it asked for on each day of a period, and how far behind it is."""

    client: ApiClient
    days: tuple[int, ...]
    requests: int
    bytes: int
    refusals: int
    lags: tuple[Lag, ...]


def figures(
    clients: QuerySet[ApiClient], days: list[date], heads: dict[str, Head], now: datetime
) -> list[ClientFigures]:
    """Return the figures of each client over the days; three queries for any number of clients.

    Args:
        clients: whose figures.
        days: in order, without gaps.
        heads: the last change of each channel.
        now: the moment at which they are looked at.
    """
    chosen = list(clients.select_related("interface").order_by("code"))
    ids = [client.pk for client in chosen]
    usage: dict[int, dict[date, ClientUsage]] = defaultdict(dict)
    for row in ClientUsage.objects.filter(client__in=ids, day__range=(days[0], days[-1])):
        usage[row.client_id][row.day] = row
    cursors: dict[int, list[ClientCursor]] = defaultdict(list)
    for cursor in ClientCursor.objects.filter(client__in=ids).order_by("channel"):
        cursors[cursor.client_id].append(cursor)
    return [
        _figures(
            client,
            [usage[client.pk].get(day) or ClientUsage(day=day) for day in days],
            tuple(lag_of(row, heads.get(row.channel), now) for row in cursors[client.pk]),
        )
        for client in chosen
    ]


def _figures(client: ApiClient, rows: list[ClientUsage], lags: tuple[Lag, ...]) -> ClientFigures:
    return ClientFigures(
        client=client,
        days=tuple(row.requests for row in rows),
        requests=sum(row.requests for row in rows),
        bytes=sum(row.bytes for row in rows),
        refusals=sum(row.refusals for row in rows),
        lags=lags,
    )


def lag_of(cursor: ClientCursor, head: Head | None, now: datetime) -> Lag:
    """Return how far behind a channel's last change a cursor is."""
    changes = max(0, head.sequence - cursor.cursor) if head else 0
    behind = None
    if changes and head is not None and head.at is not None:
        behind = max(timedelta(), now - head.at)
    return Lag(cursor.channel, cursor.cursor, cursor.at, changes, behind)


def requests_by_day(days: list[date]) -> list[int]:
    """Return how many requests of all clients each of the days had; one query."""
    rows = ClientUsage.objects.filter(day__range=(days[0], days[-1])).order_by()
    counted = dict(rows.values_list("day").annotate(total=Sum("requests")))
    return [counted.get(day, 0) for day in days]


def last_days(today: date, number: int) -> list[date]:
    """Return so many days up to today, in order."""
    return [today - timedelta(days=ago) for ago in reversed(range(number))]
