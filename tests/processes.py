"""Real processes on the test's database: a gunicorn, a worker; forked, so that they start at once."""

import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

_PATIENCE = 30.0


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    """The portal under gunicorn, as the demo runs it, on one port."""

    def __init__(self, port: int) -> None:
        self._port = port
        super().__init__()

    def load_config(self) -> None:
        values = {"bind": f"127.0.0.1:{self._port}", "workers": 2, "loglevel": "critical"}
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return get_wsgi_application()


def fork(run: Callable[[], object], log: Path) -> int:
    """Run something in a process of its own, with its own connections; return its id."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    with log.open("a") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        sys.argv = ["kpum"]
        try:
            run()
        except BaseException:  # noqa: BLE001 - the log is all that is left of this process
            traceback.print_exc(file=output)
            output.flush()
        os._exit(0)


def kill(pid: int) -> None:
    """End a process at once, without a chance to clean up."""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


class Server:
    """A gunicorn whose processes can be killed; the port is its own."""

    def __init__(self, log: Path) -> None:
        self._log, self._pid = log, 0
        self.url = ""

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._pid = fork(lambda: _Gunicorn(port).run(), self._log)
        self.get("/healthz", {})

    def get(
        self, address: str, query: dict[str, Any], headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Return the answer, asking again while the server comes back."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return httpx.get(
                    self.url + address, params=query, headers=headers, timeout=_PATIENCE
                )
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def kill_those_who_answer(self) -> None:
        """Kill every process that answers requests; the master starts others."""
        for process in psutil.Process(self._pid).children():
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def kill(self) -> None:
        """Kill the master and whoever answers."""
        if self._pid:
            children = psutil.Process(self._pid).children()
            kill(self._pid)
            for process in children:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(children, timeout=_PATIENCE)
            self._pid = 0


class Worker:
    """``manage.py worker``, which can be killed."""

    def __init__(self, log: Path) -> None:
        self._log, self._pid = log, 0

    def start(self) -> None:
        self._pid = fork(lambda: call_command("worker", every=0.05, verbosity=0), self._log)

    def kill(self) -> None:
        if self._pid:
            kill(self._pid)
            self._pid = 0
