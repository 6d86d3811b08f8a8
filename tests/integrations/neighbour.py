"""A neighbour on this machine that answers every address in its own way, and remembers who asked."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Neighbour(BaseHTTPRequestHandler):
    """``/status/404`` answers 404, ``/hop/3`` sends on three times, and so on."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.command, self.path, dict(self.headers)))
        host = self.headers.get("Host", "")
        self.server.enter(host)
        name, _slash, rest = self.path.lstrip("/").partition("/")
        try:
            getattr(self, f"answer_{name}")(rest)
        except OSError:
            self.close_connection = True
        finally:
            self.server.busy[host] -= 1

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""

    def _say(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer_status(self, rest: str) -> None:
        self._say(int(rest))

    def answer_only_get(self, rest: str) -> None:
        self._say(200 if self.command == "GET" else int(rest))

    def answer_hop(self, rest: str) -> None:
        left = int(rest)
        self._say(*((302,) if left else (200,)), Location=f"/hop/{left - 1}" if left else "")

    def answer_loop(self, _rest: str) -> None:
        self._say(301, Location="/loop/")

    def answer_to(self, rest: str) -> None:
        self._say(307, Location=rest)

    def answer_welcome(self, _rest: str) -> None:
        if "seen=1" in self.headers.get("Cookie", ""):
            self._say(200)
        else:
            self._say(302, Location=self.path, Set_Cookie="seen=1; Path=/; HttpOnly")

    def answer_slow(self, _rest: str) -> None:
        time.sleep(0.6)
        self._say(200)

    def answer_dribble(self, _rest: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(12):
            time.sleep(0.05)
            self.wfile.write(f"X-{number}: a\r\n".encode())

    def answer_garbage(self, _rest: str) -> None:
        self.wfile.write(b"\x00\xffnot at all\r\n\r\n")
        self.close_connection = True

    def answer_mute(self, _rest: str) -> None:
        self.close_connection = True

    def answer_endless(self, _rest: str) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 300_000)
        self.close_connection = True

    def answer_large(self, _rest: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 40))
        self.end_headers()


class Street(ThreadingHTTPServer):
    """The neighbour's door."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Neighbour)
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.busy: Counter[str] = Counter()
        self.forget()

    def forget(self) -> None:
        """Forget who asked."""
        self.asked.clear()
        #: How many requests there were at once, in all and of one host name.
        self.busiest = self.busiest_name = 0

    def enter(self, host: str) -> None:
        self.busy[host] += 1
        self.busiest = max(self.busiest, self.busy.total())
        self.busiest_name = max(self.busiest_name, self.busy[host])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"

    def handle_error(self, *_args: Any) -> None:
        """A caller who hangs up is no error."""


@contextmanager
def neighbour() -> Iterator[Street]:
    """Have him at home for a block."""
    street = Street()
    thread = Thread(target=street.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield street
    finally:
        street.shutdown()
        street.server_close()
        thread.join()
