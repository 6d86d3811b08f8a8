"""A migrated database, made once and copied for every process of a run.

    python -m tests.prepared

makes it and prints its name. Two hundred migrations take a quarter of a minute, and much longer while
coverage looks on; a copy takes none.
"""

import os
import shutil
from pathlib import Path

from django.db import connection

#: Names the prepared database to the processes of pytest; without it each migrates its own.
VARIABLE = "KPUM_TEST_TEMPLATE"
SQLITE = Path("var/tests/template.sqlite3")
POSTGRESQL = "kpum_template"
SQLITE_SUFFIXES = ("", "-wal", "-shm")


def remove_sqlite(file: str | Path) -> None:
    """Remove a database with the files that SQLite keeps beside it."""
    for suffix in SQLITE_SUFFIXES:
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def create_postgresql(name: str, template: str) -> None:
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        quote = connection.ops.quote_name
        cursor.execute(f"DROP DATABASE IF EXISTS {quote(name)}")
        cursor.execute(f"CREATE DATABASE {quote(name)} TEMPLATE {quote(template)}")


def prepare() -> str:
    """Make the database anew, migrate it, and return its name."""
    from django.core.management import call_command

    if connection.vendor == "postgresql":
        name = POSTGRESQL
        create_postgresql(name, "template0")
    else:
        name = str(SQLITE)
        remove_sqlite(name)
        SQLITE.parent.mkdir(parents=True, exist_ok=True)
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0, interactive=False)
    connection.close()
    return name


def lay_out() -> None:
    """Copy the prepared database to where this process's test database belongs."""
    template, name = os.environ[VARIABLE], connection.settings_dict["TEST"]["NAME"]
    if connection.vendor == "postgresql":
        create_postgresql(name or f"test_{connection.settings_dict['NAME']}", template)
    else:
        remove_sqlite(name)
        shutil.copyfile(template, name)


def clear_away() -> None:
    """Remove this process's copy; the server of PostgreSQL goes as a whole."""
    connection.close()
    if connection.vendor == "sqlite":
        remove_sqlite(connection.settings_dict["TEST"]["NAME"])


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "kpum.settings.test"
    django.setup()
    print(prepare())
