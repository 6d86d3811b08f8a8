"""Exports service cards to a table, a workbook or JSON, in the shape that an import takes."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kpum.core.errors import KpumError
from kpum.org.models import Unit
from services.card_export import export_cards
from services.management.commands.import_services import form_of


class Command(BaseCommand):
    """Writes the cards to a file."""

    help = _("Export service cards to a .csv, .xlsx or .json file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--unit", default="", metavar="CODE", help=_("Only this unit's cards."))
        parser.add_argument(
            "--drafts",
            action="store_true",
            help=_("Every card with its latest draft. The file is not for the public then."),
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path, unit = options["file"], options["unit"]
        if unit and not Unit.objects.filter(code=unit).exists():
            raise CommandError(_("There is no unit %(unit)s.") % {"unit": unit})
        try:
            export = export_cards(form=form_of(path), unit=unit, drafts=options["drafts"])
            path.write_bytes(export.data)
        except (KpumError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 0:
            self.stdout.write(_("Cards: %(count)s") % {"count": export.cards})
            if export.left_out:
                told = {"count": export.left_out}
                self.stdout.write(_("Drafts without a code, left out: %(count)s") % told)
