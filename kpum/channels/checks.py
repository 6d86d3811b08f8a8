"""What must hold before a manifest is asked for: keys that sign."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from kpum.channels import signing


def check_signing_keys(**_kwargs: Any) -> list[CheckMessage]:
    """Say it at start, not to the first follower who wants a proof."""
    try:
        signing.keys()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="kpum.E003")]
    return []


def connect() -> None:
    """Ask with every check."""
    register(Tags.security)(check_signing_keys)
