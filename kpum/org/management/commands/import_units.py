"""Imports the city's units from an INTEGRATOR export, all of it or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kpum.org.errors import BadExport, ImportRefused
from kpum.org.unit_diff import Added, Change, ChangeKind, Closed
from kpum.org.unit_import import ImportReport, import_units

_BAR_WIDTH = 40


class Command(BaseCommand):
    """Shows what an export of units changes, and changes it."""

    help = _("Import the city's units from an INTEGRATOR export (CSV, UTF-8).")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument(
            "--dry-run", action="store_true", help=_("Report the changes and write nothing.")
        )
        parser.add_argument(
            "--complete",
            action="store_true",
            help=_(
                "Close the units that the file lacks; refused above 10 per cent of the open units."
            ),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            report = import_units(
                data=path.read_bytes(),
                origin=path.name,
                complete=options["complete"],
                dry_run=options["dry_run"],
                progress=self._draw_bar if self.stderr.isatty() else None,
            )
        except OSError as error:
            raise CommandError(str(error)) from error
        except BadExport as error:
            for problem in error.problems:
                self.stderr.write(f"{path}:{problem}")
            raise CommandError(str(error)) from error
        except ImportRefused as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 0:
            self._print(report, dry_run=options["dry_run"])

    def _print(self, report: ImportReport, *, dry_run: bool) -> None:
        headings = {
            ChangeKind.ADDED: _("Added"),
            ChangeKind.CHANGED: _("Changed"),
            ChangeKind.MOVED: _("Moved"),
            ChangeKind.CLOSED: _("Closed"),
            ChangeKind.REOPENED: _("Reopened"),
        }
        for kind, heading in headings.items():
            changes = [change for change in report.changes if change.kind is kind]
            self.stdout.write(f"{heading}: {len(changes)}")
            for change in changes:
                self.stdout.write(f"  {_line(change)}")
        self.stdout.write(_("Unchanged: %(count)s") % {"count": report.unchanged})
        if dry_run:
            self.stdout.write(_("A dry run: nothing was written."))

    def _draw_bar(self, done: int, total: int) -> None:
        filled = _BAR_WIDTH * done // total
        bar = "#" * filled + "." * (_BAR_WIDTH - filled)
        self.stderr.write(f"\r[{bar}] {done}/{total}", ending="\n" if done == total else "")


def _line(change: Change) -> str:
    unit = change.unit
    if isinstance(change, Added):
        detail = _("under %(parent)s") % {"parent": unit.parent_code or "–"}
    elif isinstance(change, Closed) and change.absent:
        detail = _("not in the file, last day %(day)s") % {"day": unit.valid_to}
    else:
        pairs = change.differences.items()
        detail = "; ".join(f"{name}: {_told(old)} → {_told(new)}" for name, (old, new) in pairs)
    return f"{unit.code}  {unit.name}  ({detail})"


def _told(value: Any) -> str:
    if isinstance(value, tuple):
        value = " | ".join(value)
    return "–" if value in {None, ""} else f"“{value}”" if isinstance(value, str) else str(value)
