"""Typed readers of environment variables that refuse odd values, each naming the variable."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

#: Every variable the settings read, for the documentation test.
KNOWN = (
    "KPUM_ADMIN_BASE_URL",
    "KPUM_ALLOWED_HOSTS",
    "KPUM_CACHE_URL",
    "KPUM_DATABASE_URL",
    "KPUM_MEDIA_ROOT",
    "KPUM_SECRET_KEY",
    "KPUM_STATIC_ROOT",
    "KPUM_VAR",
)


def _read(name: str, convert: Callable[[str], T], default: T | None) -> T:
    if name not in KNOWN:
        raise ImproperlyConfigured(f"{name} is not listed in kpum.settings.env.KNOWN")
    raw = os.environ.get(name, "").strip()
    if raw:
        return convert(raw)
    if default is None:
        raise ImproperlyConfigured(f"The environment variable {name} must be set")
    return default


def text(name: str, default: str | None = None) -> str:
    """Return the variable as text; without a default it must be set."""
    return _read(name, str, default)


def words(name: str, default: tuple[str, ...] | None = None) -> list[str]:
    """Return the variable's comma-separated words."""
    return list(
        _read(name, lambda raw: tuple(w.strip() for w in raw.split(",") if w.strip()), default)
    )


def path(name: str, default: Path | None = None) -> Path:
    """Return the variable as an absolute path."""
    return _read(name, lambda raw: Path(raw).expanduser().resolve(), default)


def database(name: str, default: str | None = None) -> dict[str, object]:
    """Return a Django database setting from ``sqlite:///file`` or ``postgresql://user:pw@host/db``."""
    raw = _read(name, str, default)
    parts = urlsplit(raw)
    if parts.scheme == "sqlite":
        return sqlite(Path(unquote(parts.path)))
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(
            f"{name}: the scheme must be sqlite or postgresql, not “{parts.scheme}”"
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # Only what asks for it is prepared: the hottest reads of the channels.
        "OPTIONS": {"prepare_threshold": 5},
    }


def cache(name: str) -> dict[str, object]:
    """Return a Django cache setting from ``redis://host:6379/0``; each process's own when not set."""
    raw = _read(name, str, "locmem://")
    scheme = urlsplit(raw).scheme
    if scheme == "locmem":
        return {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    if scheme not in {"redis", "rediss", "unix"}:
        raise ImproperlyConfigured(f"{name}: the scheme must be redis or rediss, not “{scheme}”")
    return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": raw}


def sqlite(file: Path) -> dict[str, object]:
    """Return the setting for an SQLite file: WAL, and one writer at a time from the first statement."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        # Opening the file costs more than most answers.
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            # IMMEDIATE makes SQLite's single writer also our order of publication (ADR 0003).
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
