"""What an operator should know before strangers come: whether the limits hold for all processes."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

#: Caches that each process has for itself, or that keep nothing.
_OF_ONE_PROCESS = frozenset(
    {
        "django.core.cache.backends.locmem.LocMemCache",
        "django.core.cache.backends.dummy.DummyCache",
    }
)


def check_shared_cache(**_kwargs: Any) -> list[CheckMessage]:
    """With a cache of its own, each process grants the whole limit by itself."""
    backend = settings.CACHES.get("default", {}).get("BACKEND", "")
    if backend not in _OF_ONE_PROCESS:
        return []
    return [
        Warning(
            "The limits of the API hold for each process by itself: the default cache is not shared.",
            hint="Set KPUM_CACHE_URL (or CACHES) to a Redis or Valkey server.",
            id="kpum.W003",
        )
    ]


def connect() -> None:
    """Say it where an installation is judged: ``check --deploy``."""
    register(Tags.caches, deploy=True)(check_shared_cache)
