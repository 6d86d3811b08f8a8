"""A process that works in one of the bench's databases, order by order.

Orders come line by line (``build 1000``), answers go back as one line of JSON each. So the command
itself stays with the settings it was called with, and never opens a database of the bench.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection
from django.db.models import Max

from kpum.bench import building, cpu, publishing
from kpum.bench.places import Place, remove_file
from kpum.channels.chunks import build_chunks
from kpum.channels.models import Chunk, PublishedDocument
from kpum.org.models import Unit
from services.models import Category, Grouping, LifeEvent


class KeeperFailed(Exception):
    """An order could not be carried out; the text says why."""


def obey(order: str) -> dict[str, Any]:
    """Carry out one order.

    Raises:
        ForeignDatabase: the database is not the bench's.
        KeyError: no such order.
    """
    name, _space, argument = order.partition(" ")
    return _ORDERS[name](int(argument or 0))


def serve(orders: TextIO, answers: TextIO) -> None:
    """Carry out orders until there are no more; what fails is answered as ``error``."""
    for order in orders:
        try:
            answer = obey(order.strip())
        except (building.ForeignDatabase, ValueError, DatabaseError) as error:
            answer = {"error": str(error).strip()}
        answers.write(f"{json.dumps(answer)}\n")
        answers.flush()


def _build(pages: int) -> dict[str, Any]:
    """Empty the database, if it is the bench's, and build pages in it."""
    _ensure_database()
    _empty()
    call_command("migrate", verbosity=0, interactive=False)
    building.build(pages, say=_say)
    return _open(pages)


def _open(pages: int) -> dict[str, Any]:
    """Return the facts of what an earlier run built."""
    if not building.is_own():
        raise building.ForeignDatabase("There is nothing here that the bench built: build it anew.")
    return {
        "pages": pages,
        "units": Unit.objects.count(),
        "postmaster": _postmaster(),
        "database": _version(),
        "words": {"categories": _slugs(Category), "life_events": _slugs(LifeEvent)},
    }


def _say(words: str) -> None:
    # Answers alone go to the standard output.
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


def _slugs(model: type[Grouping]) -> dict[int, str]:
    return dict(model._default_manager.values_list("pk", "slug"))


def _publish(number: int) -> dict[str, Any]:
    return publishing.publish_some(number, _postmaster())


def _publish_later(number: int) -> dict[str, Any]:
    return publishing.publish_some(number, _postmaster(), at_once=False)


def _store(_argument: int) -> dict[str, Any]:
    """Store the compressed pages of the feed, as the worker does."""
    build_chunks()
    chunks = list(
        Chunk.objects.filter(channel="public").order_by("after").values_list("after", "last")
    )
    return {"chunks": chunks}


def _numbers(_argument: int) -> dict[str, Any]:
    """Return every sequence number of the public channel, in order, and how many are documents."""
    rows = PublishedDocument.objects.filter(channel="public").order_by("sequence")
    return {
        "numbers": list(rows.values_list("sequence", flat=True)),
        "last": rows.aggregate(last=Max("sequence"))["last"] or 0,
    }


_ORDERS: dict[str, Callable[[int], dict[str, Any]]] = {
    "build": _build,
    "open": _open,
    "publish": _publish,
    "publish_later": _publish_later,
    "store": _store,
    "numbers": _numbers,
}


def _ensure_database() -> None:
    """Make the database where the server has none of its name."""
    if connection.vendor == "sqlite":
        Path(str(connection.settings_dict["NAME"])).parent.mkdir(parents=True, exist_ok=True)
        return
    try:
        connection.ensure_connection()
    except OperationalError:
        name = connection.ops.quote_name(connection.settings_dict["NAME"])
        with connection._nodb_cursor() as cursor:  # noqa: SLF001 - Django has no other
            cursor.execute(f"CREATE DATABASE {name}")


def _empty() -> None:
    """Throw away what an earlier run built; a database that was only migrated stays as it is."""
    with connection.cursor() as cursor:
        if "wagtailcore_page" not in connection.introspection.table_names(cursor):
            return
    building.require_own()
    if not building.is_own():
        return
    if connection.vendor == "sqlite":
        connection.close()
        remove_file(Path(str(connection.settings_dict["NAME"])))
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def _postmaster() -> int:
    """Return the first process of PostgreSQL, where it runs on this machine; else 0."""
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    return cpu.parent_of(backend) if "postgres" in cpu.name_of(backend) else 0


def _version() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            return f"SQLite {cursor.fetchone()[0]}"
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}"


class Keeper:
    """The other end: a child process at work in a place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._child = subprocess.Popen(
            [sys.executable, "-m", "django", "bench", "keep"],
            env=place.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl+C reaches us first, and we end it in order.
            start_new_session=True,
        )

    def ask(self, order: str) -> dict[str, Any]:
        """Return what the child answers to an order.

        Raises:
            KeeperFailed: it could not, and says why; or it ended.
        """
        if self._child.stdin is None or self._child.stdout is None:
            raise KeeperFailed("The process in the bench's database has no pipes.")
        try:
            self._child.stdin.write(f"{order}\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise KeeperFailed(f"The process in {self.place.name} ended by itself.") from None
        line = self._child.stdout.readline()
        if not line:
            raise KeeperFailed(f"The process in {self.place.name} ended by itself.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise KeeperFailed(answer["error"])
        return answer

    def end(self) -> None:
        """Let the child go."""
        self._child.communicate(timeout=30)
