"""The demo: one command makes the city and serves it until interrupted."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from wagtail.models import Site

from kpum.demo import server
from kpum.demo.builders import city
from kpum.demo.builders.org import PASSWORD
from kpum.demo.content import people
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.sites import set_site

_HOST = "localhost"


class Command(BaseCommand):
    help = "Prepare the demo city, if it is not there, and serve it until interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="start over from nothing")
        parser.add_argument("--no-serve", action="store_true", help="prepare only")

    def handle(self, *args: Any, **options: Any) -> None:
        port = options["port"]
        if not options["no_serve"] and (taken := server.why_taken(port)):
            raise CommandError(taken)
        if options["reset"]:
            self._forget()
        self._prepare(port)
        if not options["no_serve"]:
            server.serve(port=port, ready=lambda: self._introduce(port))

    def _forget(self) -> None:
        if connection.vendor != "sqlite":
            call_command("flush", interactive=False, verbosity=0)
            return
        connection.close()
        database = str(connection.settings_dict["NAME"])
        for suffix in ("", "-wal", "-shm"):
            Path(database + suffix).unlink(missing_ok=True)

    def _prepare(self, port: int) -> None:
        if connection.vendor == "sqlite":
            Path(str(connection.settings_dict["NAME"])).parent.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        server.collect_static()
        if not city.is_built():
            self._say("Buduję miasto pokazowe:")
            city.build(hostname=_HOST, port=port, say=lambda what: self._say(f"  – {what}"))
        site = Site.objects.get(is_default_site=True)
        if site.port != port:
            set_site(
                hostname=site.hostname,
                port=port,
                root_page_id=site.root_page_id,
                authority=Authority.of_system(SystemMandate.DEMO),
            )

    def _introduce(self, port: int) -> None:
        self._say(
            f"\nPortal:         http://{_HOST}:{port}/"
            f"\nPanel redakcji: http://{_HOST}:{port}/admin/"
            f"\nAPI:            http://{_HOST}:{port}/api/v1/docs"
            f"\n\nHasło każdej osoby z obsady: {PASSWORD}\n"
        )
        shown: set[str] = set()
        for row in people():
            if row["role"] not in shown:
                shown.add(row["role"])
                where = f" ({row['unit']})" if row["unit"] else ""
                self._say(f"  {row['username']:<28} {row['function']}{where}")
        self._say(
            "\nKlucz do API wydaje ewidencja interfejsów w panelu albo polecenie, na przykład:"
            "\n  manage.py issue_key bip-import"
        )
        self._say("\nCtrl+C kończy pracę.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
