"""The bench's web server: gunicorn, as the demo and an installation run it, with one thread to watch.

One thread of one worker answers everything, so that what is counted belongs to one request. Processor
time of a request depends neither on how many others there are nor on the client, which is a process
of its own.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from kpum.bench import cpu
from kpum.bench.places import Place

_PATIENCE = 60.0


class ServerFailed(Exception):
    """The web server did not come up."""


@dataclass(frozen=True)
class Server:
    """A server that answers: its address, and the processes whose time counts."""

    url: str
    processes: list[int]

    def seconds(self) -> float:
        """Return the processor time that it, and PostgreSQL, have used so far."""
        return cpu.seconds_of(self.processes)


@contextmanager
def running(place: Place, postmaster: int) -> Iterator[Server]:
    """Serve a place for as long as the block lasts.

    Raises:
        ServerFailed: it did not answer in a minute.
    """
    port = _free_port()
    child = subprocess.Popen(  # noqa: S603 - our own command
        [
            sys.executable, "-m", "gunicorn", "kpum.bench.wsgi:application",
            "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--workers", "1",
            "--threads", "1", "--keep-alive", "600", "--timeout", "600", "--log-level", "error",
        ],
        env=place.environment,
        start_new_session=True,
    )  # fmt: skip
    try:
        _wait_until_up(port, child)
        yield Server(f"http://127.0.0.1:{port}", [child.pid, *([postmaster] if postmaster else [])])
    finally:
        child.terminate()
        child.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(port: int, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and child.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10) as wire:
            wire.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            if b" 200 " in wire.recv(64):
                return
        time.sleep(0.1)
    raise ServerFailed("The bench's web server did not answer; what it said is above.")
