"""Write the JSON Schemas of the documents where the tests and the readers find them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from kpum.channels import kinds


class Command(BaseCommand):
    help = "Write the JSON Schema of each document type into the folder of this minor version."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, nargs="?", default=Path("docs/schemas"))

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] / f"v{kinds.VERSION}"
        folder.mkdir(parents=True, exist_ok=True)
        for kind in kinds.codes():
            (folder / f"{kind}.json").write_text(kinds.as_text(kind), encoding="utf-8")
        self.stdout.write(f"{folder} written")
