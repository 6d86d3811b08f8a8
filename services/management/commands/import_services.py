"""Imports service cards from a table, a workbook or JSON: as drafts, all of them or none."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kpum.core.errors import KpumError
from services.card_files import BadFile, FileForm
from services.card_import import BadRows, ImportReport, RowReport, import_cards
from services.card_judge import Fate

_BAR_WIDTH = 40


class Command(BaseCommand):
    """Shows what a file of cards changes, row by row, and changes it."""

    help = _("Import service cards as drafts from a .csv, .xlsx or .json file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--dry-run", action="store_true", help=_("Report the changes and write nothing.")
        )
        parser.add_argument(
            "--skip-bad",
            action="store_true",
            help=_("Write the good rows, and the others to the file of --rejected."),
        )
        parser.add_argument(
            "--rejected",
            type=Path,
            metavar="FILE",
            help=_("Where rows that were not taken go, in the same form, with reasons."),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        form = form_of(path)
        self._judge_options(options, form)
        try:
            report = import_cards(
                data=path.read_bytes(),
                form=form,
                origin=path.name,
                dry_run=options["dry_run"],
                skip_bad=options["skip_bad"],
                progress=self._progress(options),
            )
        except BadFile as error:
            if isinstance(error, BadRows):
                self._print(error.report, options)
            for fault in error.faults:
                self.stderr.write(f"{path}:{fault}")
            raise CommandError(str(error)) from error
        except (KpumError, OSError) as error:
            raise CommandError(str(error)) from error
        self._print(report, options)
        self._keep_rejected(report, options)
        if options["dry_run"]:
            self.stdout.write(_("A dry run: nothing was written."))

    def _judge_options(self, options: dict[str, Any], form: FileForm) -> None:
        rejected: Path | None = options["rejected"]
        if options["skip_bad"] != (rejected is not None):
            raise CommandError(_("--skip-bad and --rejected FILE go together."))
        if rejected is None:
            return
        if form_of(rejected) is not form:
            raise CommandError(_("The rejected rows go to a file of the same form."))
        if rejected.exists() or not rejected.absolute().parent.is_dir():
            told = {"file": rejected}
            raise CommandError(_("%(file)s is there already, or its folder is not.") % told)

    def _keep_rejected(self, report: ImportReport, options: dict[str, Any]) -> None:
        if not report.rejected:
            return
        for row in report.rows:
            for fault in row.faults:
                self.stderr.write(f"{options['file']}:{fault}")
        if not options["dry_run"]:
            options["rejected"].write_bytes(report.rejected)
            self.stdout.write(_("Rows not taken: %(file)s") % {"file": options["rejected"]})

    def _print(self, report: ImportReport, options: dict[str, Any]) -> None:
        if options["verbosity"] > 0:
            for row in report.rows:
                if row.fate is not Fate.UNCHANGED:
                    self.stdout.write(_line(row))
        for fate, heading in _headings().items():
            self.stdout.write(f"{heading}: {report.count(fate)}")

    def _progress(self, options: dict[str, Any]) -> Any:
        if options["verbosity"] < 1:
            return None
        return self._draw_bar if self.stderr.isatty() else self._tell

    def _draw_bar(self, done: int, total: int) -> None:
        filled = _BAR_WIDTH * done // total
        bar = "#" * filled + "." * (_BAR_WIDTH - filled)
        self.stderr.write(f"\r[{bar}] {done}/{total}", ending="\n" if done == total else "")

    def _tell(self, done: int, total: int) -> None:
        told = {"done": done, "total": total}
        self.stderr.write(_("Cards written: %(done)s of %(total)s") % told)


def form_of(path: Path) -> FileForm:
    """Return the form of a file by its name.

    Raises:
        CommandError: the name has none of the endings.
    """
    try:
        return FileForm(path.suffix.lower().removeprefix("."))
    except ValueError as error:
        message = _("%(file)s: the name must end with .csv, .xlsx or .json.")
        raise CommandError(message % {"file": path}) from error


def _headings() -> dict[Fate, str]:
    return {
        Fate.NEW: _("New"),
        Fate.CHANGED: _("Changed"),
        Fate.UNCHANGED: _("Unchanged"),
        Fate.BAD: _("Bad"),
    }


def _line(row: RowReport) -> str:
    told = f"{row.line}  {row.code}  {_headings()[row.fate]}"
    if row.fate is Fate.CHANGED:
        told += f": {', '.join(row.changes)}"
    # A file may hold what no terminal can write.
    return told.encode("utf-8", "replace").decode()
