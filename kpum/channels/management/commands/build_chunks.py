"""Store the feed's pages that are missing, as the worker does."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from kpum.channels.chunks import build_chunks, forget_all_chunks


class Command(BaseCommand):
    help = "Store the compressed pages of the feed that are missing: full copies then cost little."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anew", action="store_true", help="forget the stored pages first, after raw changes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["anew"]:
            forget_all_chunks()
        self.stdout.write(f"{build_chunks()} pages stored")
