"""The servers of ``manage.py bench``: the portal as it is, and Wagtail's own APIs beside it."""

from kpum.settings.base import *

#: Signs nothing that anybody keeps: the bench's databases are invented, and removed after a run.
SECRET_KEY = "the-bench-serves-invented-pages-to-itself-alone-and-keeps-nothing"  # noqa: S105
DEBUG = False
ALLOWED_HOSTS = ["*"]

INSTALLED_APPS = [
    "kpum.bench.apps.SideBySideConfig",
    *(name for name in INSTALLED_APPS if name != "kpum.bench"),
    "wagtail.api.v2",
    "wagtail.api.v3",
]
ROOT_URLCONF = "kpum.bench.urls"
WSGI_APPLICATION = "kpum.bench.wsgi.application"

STATIC_ROOT = VAR_DIR / "bench" / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# Stock's pages hold 20 unless told: ours hold 100, so both may.
WAGTAILAPI_LIMIT_MAX = 100
# One address asks everything, as fast as it can.
KPUM = {"STRANGER_REQUESTS_PER_MINUTE": 10**9, "CLIENT_REQUESTS_PER_MINUTE": 10**9}
