"""What the channels cost beside stock Wagtail, in databases that the bench makes for itself."""

import os
import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kpum.bench import keeper, places
from kpum.bench.asking import Invalid
from kpum.bench.keeper import KeeperFailed
from kpum.bench.plan import Amounts
from kpum.bench.report import Report
from kpum.bench.running import run
from kpum.bench.serving import ServerFailed
from kpum.bench.verdict import DECISIVE

_NUMBERS = (
    ("--rounds", 5, "how often each job is done, by turns"),
    ("--requests", 300, "single documents a round"),
    ("--details", 1000, "details of stock v3 a round of a full sync"),
    ("--checked", DECISIVE, "details of stock v3 that are compared with ours"),
    ("--publications", 20, "publications a round, in each way"),
    ("--seconds", 1800, "what a row may take"),
)


def _count(text: str) -> int:
    """Return a positive whole number.

    Raises:
        ValueError: it is none; argparse names the option.
    """
    number = int(text)
    if number < 1:
        raise ValueError
    return number


class Command(BaseCommand):
    help = "Measure the channels API beside stock Wagtail's APIs v2 and v3, in one run."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True)
        api = kinds.add_parser("api", help="feed, documents and publishing beside stock Wagtail")
        api.add_argument(
            "--pages",
            type=_count,
            nargs="+",
            default=[1000, DECISIVE, 50_000],
            help="sizes of the portals",
        )
        for name, default, words in _NUMBERS:
            api.add_argument(name, type=_count, default=default, help=f"{words} ({default})")
        api.add_argument(
            "--as-built", action="store_true", help="take the portals that an earlier run built"
        )
        api.add_argument("--out", type=Path, metavar="FILE.json", help="written after every row")
        api.add_argument(
            "--database",
            default=os.environ.get("KPUM_DATABASE_URL", ""),
            help="a PostgreSQL, whose name the bench's own databases begin with; else SQLite files",
        )
        kinds.add_parser("keep", help="work in one database, order by order; what api starts")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["kind"] == "keep":
            keeper.serve(sys.stdin, sys.stdout)
            return
        sizes = sorted(set(options["pages"]))
        own = [places.place_for(size, options["database"], _folder()) for size in sizes]
        amounts = Amounts(
            rounds=options["rounds"],
            requests=options["requests"],
            details=options["details"],
            publications=options["publications"],
            seconds=options["seconds"],
            checked=options["checked"],
            as_built=options["as_built"],
        )
        report = Report(options["out"], self._say, {"amounts": vars(amounts)})
        # Ended from outside, it takes its server with it.
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        try:
            judged = run(own, amounts, report)
        except (Invalid, KeeperFailed, ServerFailed) as error:
            raise CommandError(str(error)) from error
        finally:
            signal.signal(signal.SIGTERM, before)
        if DECISIVE in sizes and not all(one.is_reached for one in judged):
            raise CommandError("Not every target was reached.")

    def _say(self, words: str) -> None:
        # Somebody may be reading the file that this goes to.
        self.stdout.write(words)
        self.stdout.flush()


def _folder() -> Path:
    return Path(getattr(settings, "VAR_DIR", Path.cwd() / "var")) / "bench"
