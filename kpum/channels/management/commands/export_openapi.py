"""Write the API's OpenAPI document where the tests and the readers find it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from kpum.channels.api import api


class Command(BaseCommand):
    help = "Write the OpenAPI document of the channels API to a file."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", default=Path("docs/openapi-v1.json"))

    def handle(self, *args: Any, **options: Any) -> None:
        text = json.dumps(api.get_openapi_schema(), indent=2, ensure_ascii=False, default=str)
        options["file"].write_text(text + "\n", encoding="utf-8")
        self.stdout.write(f"{options['file']} written")
