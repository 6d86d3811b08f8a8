"""django-migration-linter over our own migrations: what would break a portal while it is updated.

    python -m tests.databases -- python -m tests.migrations

on PostgreSQL, whose locks are production's; some statements can be written only where the tables are,
so everything is migrated first.
"""

import os
import sys
from pathlib import Path

import django

#: They change columns, but at most to hold longer texts: a portal that still runs reads and writes on.
ONLY_WIDER = ("0003_lists_media_chunks_manifests", "0004_channels_as_data")


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "kpum.settings.test"
    django.setup()
    from django.apps import apps
    from django_migration_linter import MigrationLinter

    from tests import prepared
    from tests.architecture import house

    prepared.prepare()
    ours = [app.label for app in apps.get_app_configs() if app.name.split(".")[0] in house.PACKAGES]
    linter = MigrationLinter(
        str(Path.cwd()),
        include_apps=ours,
        # The first ones make tables where there were none: nothing runs that they could break.
        ignore_initial_migrations=True,
        quiet=["ignore", "ok"],
        no_cache=True,
        ignore_name=list(ONLY_WIDER),
    )
    linter.lint_all_migrations()
    linter.print_summary()
    return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(main())
