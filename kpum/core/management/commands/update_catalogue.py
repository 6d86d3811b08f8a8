"""Bring ``locale/`` up to date with the texts of our packages and templates, or check that it is."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Gather texts, merge them into the message catalogues and compile these; --check changes nothing."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="say what is wrong, and fail")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        try:
            from kpum.core import catalogue
        except ImportError as error:
            raise CommandError(
                f"The catalogue needs the developers' packages (requirements/dev.txt): {error}"
            ) from error
        root = Path(settings.BASE_DIR)
        found = catalogue.gather(root, our_packages(root))
        wrong = []
        for language in catalogue.catalogues(root / "locale"):
            if check:
                wrong += [f"{language.language}: {fault}" for fault in language.complaints(found)]
            else:
                stored = language.update(found)
                self.stdout.write(
                    f"{language.language}: {len(stored)} texts,"
                    f" {len(stored.untranslated_entries())} without a translation"
                )
        if wrong:
            raise CommandError("\n".join([*wrong, "Mend it with: make catalogue"]))


def our_packages(root: Path) -> set[str]:
    """Return the top packages of the installed apps that live in this repository."""
    tops = {app.name.partition(".")[0] for app in apps.get_app_configs()}
    return {top for top in tops if (root / top / "__init__.py").is_file()}
