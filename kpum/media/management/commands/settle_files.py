"""Work out anew which pictures and files the public pages use, and what is known of their bytes."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpum.media.actions import keep_all_facts, settle_all_files


class Command(BaseCommand):
    """Repairs what raw changes of the database left behind; changes nothing where all is well."""

    help = _("Make public exactly the pictures and files that public pages use.")

    def handle(self, *_args: Any, **options: Any) -> None:
        keep_all_facts()
        changed = settle_all_files()
        if options["verbosity"]:
            said = ngettext(
                "The files of %(count)s page changed.",
                "The files of %(count)s pages changed.",
                changed,
            )
            self.stdout.write(said % {"count": changed})
