"""Compare every channel with what is public, and put right what was edited past the portal."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kpum.channels.reconcile import reconcile, start_new_epoch


class Command(BaseCommand):
    help = "Compare every channel with what is public, and put right what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only tell; ends with 1 when something differs"
        )
        parser.add_argument(
            "--after-restore",
            action="store_true",
            help="the database went back to a backup: have every follower start again from 0",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run = options["dry_run"]
        if options["after_restore"]:
            if dry_run:
                raise CommandError("--after-restore changes the feed: leave out --dry-run.")
            self.stdout.write(f"new epoch {start_new_epoch()}: followers start again from 0")
        report = reconcile(dry_run=dry_run, say=lambda finding: self.stdout.write(str(finding)))
        self.stdout.write(
            f"{report.pages} pages, {report.units} units, {report.rows} rows compared, "
            f"{report.found} differed"
        )
        if report.waiting:
            self.stdout.write(f"{report.waiting} wait for the worker and were not compared")
        if dry_run and report.found:
            raise CommandError(f"{report.found} differ; nothing was changed.")
