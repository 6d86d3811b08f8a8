"""Everything that happens by itself: due publications, marked subtrees, letters, Wagtail's tasks."""

import logging
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from kpum.channels.actions import rebuild_marked
from kpum.channels.chunks import build_chunks
from kpum.channels.leaving import follow_marked
from kpum.outbox.actions import deliver_waiting
from kpum.pages.actions import publish_due

logger = logging.getLogger("kpum.worker")


class Command(BaseCommand):
    help = "Run the background work until interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--every", type=float, default=10.0, help="seconds between two looks at the clock"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        ticking = threading.Thread(target=_tick, args=(stop, options["every"]), daemon=True)
        ticking.start()
        try:
            call_command("db_worker", interval=1, verbosity=options["verbosity"])
        finally:
            stop.set()
            ticking.join(timeout=5)


def _tick(stop: threading.Event, seconds: float) -> None:
    """Do what is due, and whatever a crash between commit and task left behind."""
    while not stop.wait(seconds):
        for work in (publish_due, rebuild_marked, follow_marked, deliver_waiting, build_chunks):
            try:
                close_old_connections()
                work()
            except Exception:
                logger.exception("%s failed; the next look tries again", work.__name__)
