"""Reminds those who may confirm public texts of checks that are due; once a day, from cron."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpum.pages.reminders import remind


class Command(BaseCommand):
    """Writes the letters; a second run the same day writes none."""

    help = _("Remind heads and coordinators of texts whose check is due.")

    def handle(self, *_args: Any, **_options: Any) -> None:
        letters = remind()
        words = ngettext("%(count)s letter leaves.", "%(count)s letters leave.", letters)
        self.stdout.write(words % {"count": letters})
