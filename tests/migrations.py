"""django-migration-linter over our own migrations: what would break a running older version.

python -m tests.migrations
"""

import os
import sys
from pathlib import Path

from tests.architecture import house


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "kpum.settings.test"
    import django

    django.setup()
    from django.apps import apps
    from django_migration_linter import MigrationLinter

    ours = [app.label for app in apps.get_app_configs() if app.name.split(".")[0] in house.PACKAGES]
    linter = MigrationLinter(str(Path.cwd()), include_apps=ours, no_cache=True)
    linter.lint_all_migrations()
    linter.print_summary()
    return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(main())
