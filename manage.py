#!/usr/bin/env python
"""Run Django's management commands; KPUM's settings are chosen by DJANGO_SETTINGS_MODULE."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kpum.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
