"""Serving the demo: a taken port is named, both children end together, Ctrl+C is no error."""

import errno
import signal
import socket
import sys
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from kpum.demo import server
from kpum.demo.management.commands import demo

PORTAL = """
import socket, sys
door = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    guest, _ = door.accept()
    guest.recv(100)
    guest.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nok")
    guest.close()
"""


@contextmanager
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


@pytest.fixture
def free_port():
    with taken_port() as port:
        pass
    return port


@pytest.fixture
def children(monkeypatch):
    """The worker sleeps; every child that was started is remembered."""
    started = []

    def start(command):
        if "worker" in command:
            command = [sys.executable, "-c", "import time; time.sleep(60)"]
        started.append(real(command))
        return started[-1]

    real = server._start
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(server, "_start", start)
    yield started
    signal.signal(signal.SIGTERM, before)
    for child in started:
        child.kill()
        child.wait()


def test_a_taken_port_is_named_with_another_to_try():
    with taken_port() as port:
        told = server.why_taken(port)

        assert str(port) in told
        assert f"PORT={port + 1}" in told
        with pytest.raises(CommandError, match=f"Port {port} jest zajęty"):
            call_command("demo", port=port)


def test_a_free_port_may_be_used(free_port):
    assert server.why_taken(free_port) == ""


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_number_that_is_no_port_is_refused(port):
    assert "1–65535" in server.why_taken(port)


def refusing(error, families=(socket.AF_INET, socket.AF_INET6)):
    """Return a socket that cannot be bound in these families."""

    class Refusing(socket.socket):
        def bind(self, address):
            if self.family in families:
                raise error

    return Refusing


def test_a_port_of_the_systems_own_is_told_from_a_taken_one(monkeypatch):
    monkeypatch.setattr(server.socket, "socket", refusing(PermissionError()))

    assert "zastrzeżony" in server.why_taken(80)


def test_a_machine_without_the_newer_addresses_serves_all_the_same(monkeypatch):
    missing = OSError(errno.EADDRNOTAVAIL, "no such address")
    monkeypatch.setattr(server.socket, "socket", refusing(missing, (socket.AF_INET6,)))

    assert server.why_taken(8000) == ""


def test_the_demo_says_it_is_ready_once_the_portal_answers_and_ends_on_ctrl_c(
    monkeypatch, children, free_port
):
    monkeypatch.setattr(server, "_web", lambda port: [sys.executable, "-c", PORTAL, str(port)])

    def ready():
        assert server._answers(free_port)
        raise KeyboardInterrupt

    server.serve(port=free_port, ready=ready)

    assert len(children) == 2
    assert all(child.poll() is not None for child in children)


def test_a_portal_that_does_not_start_ends_the_demo(monkeypatch, children, free_port):
    monkeypatch.setattr(server, "_web", lambda port: [sys.executable, "-c", "raise SystemExit(3)"])

    with pytest.raises(CommandError, match="nie wystartował"):
        server.serve(port=free_port, ready=lambda: None)


def test_a_portal_that_ends_by_itself_ends_the_demo(monkeypatch, children, free_port):
    monkeypatch.setattr(server, "_web", lambda port: [sys.executable, "-c", PORTAL, str(port)])

    with pytest.raises(CommandError, match="niespodziewanie"):
        server.serve(port=free_port, ready=lambda: children[0].kill())  # noqa: PLW0108 - there is no child yet

    assert all(child.poll() is not None for child in children)


def test_a_portal_that_never_answers_is_given_up(monkeypatch, children, free_port):
    monkeypatch.setattr(server, "_PATIENCE", 0.3)
    monkeypatch.setattr(
        server, "_web", lambda port: [sys.executable, "-c", "import time; time.sleep(60)"]
    )

    with pytest.raises(CommandError, match="nie odpowiedział"):
        server.serve(port=free_port, ready=lambda: None)


def test_the_portal_is_served_on_this_machine_only():
    command = server._web(8000)

    assert command[command.index("--bind") + 1] == "127.0.0.1:8000"


def test_static_files_are_collected_again_only_when_they_changed(monkeypatch, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    collected = []
    monkeypatch.setattr(server, "call_command", lambda name, **_options: collected.append(name))

    server.collect_static()
    server.collect_static()
    (tmp_path / ".collected").write_text("what was there before")
    server.collect_static()

    assert collected == ["collectstatic", "collectstatic"]


def test_the_command_prepares_serves_and_introduces_the_cast(monkeypatch, capsys):
    monkeypatch.setattr(demo.Command, "_prepare", lambda self, port: None)
    monkeypatch.setattr(server, "why_taken", lambda port: "")
    monkeypatch.setattr(server, "serve", lambda *, port, ready: ready())

    call_command("demo", port=8123)

    told = capsys.readouterr().out
    assert "http://localhost:8123/admin/" in told
    assert "honorata.wierzbolowska" in told
    assert "krakow-demo" in told


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_a_reset_starts_over_from_nothing(monkeypatch, tmp_path, vendor):
    database = tmp_path / "kpum.sqlite3"
    for suffix in ("", "-wal"):
        (tmp_path / f"kpum.sqlite3{suffix}").write_text("stare miasto")
    connection = SimpleNamespace(
        vendor=vendor, settings_dict={"NAME": str(database)}, close=lambda: None
    )
    called = []
    monkeypatch.setattr(demo, "connection", connection)
    monkeypatch.setattr(demo, "call_command", lambda name, **_options: called.append(name))
    monkeypatch.setattr(demo.Command, "_prepare", lambda self, port: None)

    call_command("demo", no_serve=True, reset=True)

    assert called == ([] if vendor == "sqlite" else ["flush"])
    assert any(tmp_path.iterdir()) == (vendor != "sqlite")
