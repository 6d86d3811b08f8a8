"""Copies of each kind, and what they hold, read without the client where that is easy."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from kpum.client import open_mirror

PROVE = bool(os.environ.get("KPUM_PROVE"))


@contextmanager
def postgresql() -> Iterator[str]:
    """Yield the address of an empty database on the server that this half runs on."""
    import psycopg
    from django.db import connection

    facts = connection.get_connection_params()
    given = {name: facts[name] for name in ("host", "port", "user", "password") if facts.get(name)}
    name = f"mirror_{uuid4().hex[:12]}"
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as there:
        there.execute(f"create database {name}".encode())
        try:
            words = "&".join(f"{key}={value}" for key, value in given.items())
            yield f"postgresql:///{name}?{words}"
        finally:
            there.execute(f"drop database {name} with (force)".encode())


def held(target: str) -> dict[tuple[str, str], bytes]:
    """Return what a copy holds."""
    if target.startswith("sqlite:///"):
        with closing(sqlite3.connect(target.removeprefix("sqlite:///"))) as there:
            rows = there.execute("select id, locale, body from kpum_mirror_document").fetchall()
        return {(row[0], row[1]): row[2] for row in rows}
    if target.startswith("postgresql://"):
        with closing(open_mirror(target)) as mirror:
            return {(row.id, row.locale): row.body for row in mirror.documents()}
    return {
        tuple(file.name.split(".")[:2]): file.read_bytes()
        for file in Path(target, "documents").iterdir()
    }
