"""Keep a mirror of a channel in a folder, with the reference client."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kpum.client.errors import ChannelError
from kpum.client.follow import follow


class Command(BaseCommand):
    help = "Follow a channel of the API: after each run the folder holds what the channel holds."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("url", help="such as http://localhost:8000/api/v1/channels/public")
        parser.add_argument("folder", type=Path)
        parser.add_argument("--key", default="", help="the key of an agreed interface")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = follow(options["url"], options["folder"], key=options["key"])
        except ChannelError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{report.stored} stored, {report.removed} removed, cursor {report.cursor}"
        )
