"""Imports people's authorisations from a SEZAM export, all of it or nothing."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from kpum.org.errors import BadExport, ImportRefused
from kpum.org.sezam_diff import (
    AuthorisationChanged,
    Change,
    ChangeKind,
    MandateEndChanged,
    MandateEnded,
    MandateGranted,
    MandateTakenBack,
    PersonAdded,
    PersonChanged,
)
from kpum.org.sezam_export import ExportFormat
from kpum.org.sezam_facts import Span
from kpum.org.sezam_held import span_of
from kpum.org.sezam_import import SezamReport, import_mandates


class Command(BaseCommand):
    """Shows what an export of authorisations changes, and changes it."""

    help = _("Import people, authorisations and mandates from a SEZAM export (UTF-8).")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--dry-run", action="store_true", help=_("Report the changes and write nothing.")
        )
        parser.add_argument(
            "--format",
            choices=[form.value for form in ExportFormat],
            help=_("The form of the file; by its name, unless given."),
        )
        parser.add_argument(
            "--complete",
            action="store_true",
            help=_("End what SEZAM gave and the file lacks; refused above 10 per cent of it."),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        by_name = "json" if path.suffix.lower() == ".json" else "csv"
        try:
            report = import_mandates(
                data=path.read_bytes(),
                origin=path.name,
                form=ExportFormat(options["format"] or by_name),
                complete=options["complete"],
                dry_run=options["dry_run"],
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

    def _print(self, report: SezamReport, *, dry_run: bool) -> None:
        headings = {
            ChangeKind.PERSON_ADDED: _("People added"),
            ChangeKind.PERSON_CHANGED: _("People changed"),
            ChangeKind.AUTHORISATION: _("Authorisations recorded"),
            ChangeKind.GRANTED: _("Mandates granted"),
            ChangeKind.END_CHANGED: _("Mandates with another end"),
            ChangeKind.ENDED: _("Mandates ended"),
            ChangeKind.TAKEN_BACK: _("Mandates taken back"),
        }
        for kind, heading in headings.items():
            changes = [change for change in report.changes if change.kind is kind]
            self.stdout.write(f"{heading}: {len(changes)}")
            for change in changes:
                self.stdout.write(f"  {change.sezam_id}  {change.name}  ({_detail(change)})")
        self.stdout.write(_("Unchanged lines: %(count)s") % {"count": report.unchanged})
        if dry_run:
            self.stdout.write(_("A dry run: nothing was written."))


def _detail(change: Change) -> str:
    match change:
        case PersonAdded(facts=facts):
            told = "; ".join(f"{name}: “{value}”" for name, value in facts.items())
        case PersonChanged(differences=differences):
            told = "; ".join(
                f"{name}: {f'“{old}”' if old else '–'} → “{new}”"
                for name, (old, new) in differences.items()
            )
        case AuthorisationChanged(number=number, span=span, old=old):
            before = f"{old[0]}, {_period(old[1])} → " if old else ""
            told = f"{before}{number}, {_period(span)}"
        case MandateGranted(source=line, span=span):
            place = f", {line.unit or line.branch}" if line.unit or line.branch else ""
            told = f"{line.role.value}{place}, {_period(span)}"
        case MandateEndChanged(mandate=mandate, span=span):
            told = f"{mandate.wording}, {_period(span_of(mandate))} → {_period(span)}"
        case MandateEnded(mandate=mandate) | MandateTakenBack(mandate=mandate):
            told = mandate.wording
        case _:
            raise TypeError(change)
    return told if change.line is not None else _("%(what)s; not in the file") % {"what": told}


def _period(span: Span) -> str:
    begin, end = (
        timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else "…"
        for moment in (span.begin, span.end)
    )
    return f"{begin} – {end}"
