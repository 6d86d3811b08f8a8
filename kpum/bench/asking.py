"""Asking a server of the bench, and what its answers cost it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from kpum.bench.building import HOST
from kpum.bench.serving import Server
from kpum.bench.wsgi import ASK, HEADER

_PLAIN = {"Accept-Encoding": "identity"}


class Invalid(Exception):
    """An answer is not what it must be, so its speed says nothing."""


class TimedOut(Exception):
    """A row took longer than it may."""


@dataclass(frozen=True)
class Request:
    """One request: where, with which headers, and what it must answer."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    #: How many documents the answer brings.
    documents: int = 1
    #: The length of its body as it was checked; None: it was not.
    size: int | None = None


@dataclass
class Cost:
    """What a series of requests cost."""

    requests: int = 0
    documents: int = 0
    bytes: int = 0
    #: Processor time of the server and of PostgreSQL, and time by the clock.
    cpu: float = 0.0
    wall: float = 0.0
    #: How many times larger the whole job is than the sample that was asked.
    scale: float = 1.0

    @property
    def whole(self) -> float:
        """Return the processor time of the whole job."""
        return self.cpu * self.scale


class Asker:
    """One client with one connection.

    Args:
        server: what is asked.
        transport: how to reach it, for tests.
    """

    def __init__(self, server: Server, transport: httpx.BaseTransport | None = None) -> None:
        self.server = server
        self._http = httpx.Client(
            base_url=server.url,
            timeout=600,
            headers={"Host": HOST},
            follow_redirects=False,
            transport=transport,
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def fetch(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        """Return an answer whose status is 200.

        Raises:
            Invalid: it has another.
        """
        answer = self._http.get(path, headers=_PLAIN | (headers or {}))
        if answer.status_code != httpx.codes.OK:
            raise Invalid(f"{path} answered {answer.status_code}: {answer.text[:300]}")
        return answer

    def queries_of(self, request: Request) -> int:
        """Return how many queries a request costs the server."""
        self._http.get(request.path, headers=_PLAIN | request.headers | {HEADER: "1"})
        return int(self._http.get(ASK).text)

    def measure(self, requests: Sequence[Request], deadline: float, scale: float = 1.0) -> Cost:
        """Ask one after another; return what it cost the server.

        Raises:
            Invalid: an answer has another status or length than when it was checked.
            TimedOut: the clock passed the deadline.
        """
        cost = Cost(scale=scale)
        begun, used = time.perf_counter(), self.server.seconds()
        for request in requests:
            size = self._size_of(request)
            cost.requests += 1
            cost.documents += request.documents
            cost.bytes += size
            if time.monotonic() > deadline:
                raise TimedOut
        cost.cpu, cost.wall = self.server.seconds() - used, time.perf_counter() - begun
        return cost

    def _size_of(self, request: Request) -> int:
        """Ask, and return the bytes of the body as they came over the wire."""
        with self._http.stream("GET", request.path, headers=_PLAIN | request.headers) as answer:
            size = sum(len(piece) for piece in answer.iter_raw())
            if answer.status_code != request.status:
                raise Invalid(f"{request.path} answered {answer.status_code}, not {request.status}")
        if request.size is not None and size != request.size:
            raise Invalid(f"{request.path} brought {size} bytes, where {request.size} were checked")
        return size
