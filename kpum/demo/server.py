"""Serving the demo: the web server and the worker as two children of one command."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.core.management.base import CommandError

_PATIENCE = 60.0
_LAST_PORT = 65535


def why_taken(port: int) -> str:
    """Return a sentence when the port cannot be used, else an empty text."""
    if not 1 <= port <= _LAST_PORT:
        return f"PORT={port}: numer portu musi być z zakresu 1–{_LAST_PORT}."
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except PermissionError:
            return f"Port {port} jest zastrzeżony dla systemu: wybierz wyższy, np. make demo PORT=8000."
        except OSError as error:
            if family is socket.AF_INET6 and error.errno != errno.EADDRINUSE:
                continue
            return f"Port {port} jest zajęty: wybierz inny, np. make demo PORT={port + 1}."
    return ""


def collect_static() -> None:
    """Collect static files when they have changed since the last time."""
    digest = sha256()
    for finder in finders.get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.get_modified_time(path)}".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest.hexdigest())


def serve(*, port: int, ready: Callable[[], None]) -> None:
    """Run web server and worker until interrupted or until one of them ends.

    Raises:
        CommandError: one of the two ended by itself.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    children = [_start(_web(port))]
    try:
        _wait_until_up(port, children)
        children.append(_start([sys.executable, "manage.py", "worker", "--verbosity", "0"]))
        ready()
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        raise CommandError("Serwer albo praca w tle zakończyły się niespodziewanie.")
    except KeyboardInterrupt:
        pass
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=15)


def _web(port: int) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "kpum.wsgi:application",
        "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4", "--preload",
        "--log-level", "warning",
    ]  # fmt: skip


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # A process group of its own: Ctrl+C reaches us first, and we end the children in order.
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=os.environ, start_new_session=True)  # noqa: S603


def _wait_until_up(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            raise CommandError("Serwer nie wystartował.")
        if _answers(port):
            return
        time.sleep(0.2)
    raise CommandError(f"Serwer nie odpowiedział w ciągu {_PATIENCE:.0f} s.")


def _answers(port: int) -> bool:
    """Return whether the portal itself answers, not only its port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:
        return False
