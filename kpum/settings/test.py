"""What the tests loosen; imports with no environment at all, as mypy's Django plugin needs."""

import os
import tempfile
from pathlib import Path

from kpum.settings.base import *

SECRET_KEY = "tests-only-not-a-secret-but-long-enough-for-every-check-there-is"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS = ["*"]

if os.environ.get("KPUM_TEST_DATABASE_URL"):
    os.environ["KPUM_DATABASE_URL"] = os.environ["KPUM_TEST_DATABASE_URL"]
    DATABASES = {"default": env.database("KPUM_DATABASE_URL")}
else:
    # A file, not memory: the crash tests look at it from a second process.
    _test_dir = Path(tempfile.gettempdir()) / f"kpum-tests-{os.getuid()}"
    _test_dir.mkdir(mode=0o700, exist_ok=True)
    DATABASES = {"default": env.sqlite(_test_dir / "kpum.sqlite3")}
    # Nobody pulls the plug of a test's database; a process killed in it is as safe as ever.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(_test_dir / f"test-{os.getpid()}.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = Path(tempfile.gettempdir()) / f"kpum-tests-media-{os.getuid()}"
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# Autosave is tested on purpose, not by accident of timing.
WAGTAIL_AUTOSAVE_INTERVAL = 0
# Whole mirrors are made in a second; the tests of the limits set their own.
KPUM = {"STRANGER_REQUESTS_PER_MINUTE": 1_000_000, "CLIENT_REQUESTS_PER_MINUTE": 1_000_000}
