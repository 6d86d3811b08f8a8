"""System checks for the house rules that only a running installation can break."""

import importlib.util
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured

from kpum.core.conf import portal_settings

#: Ordinary words that a host may use for packages of its own.
OUR_PACKAGES = ("branch_pages", "search", "services", "workflows")
_MARK = "apps.py"


@register()
def check_settings(**_kwargs: Any) -> list[CheckMessage]:
    """The KPUM dictionary holds only keys we know."""
    try:
        portal_settings()
    except (ImproperlyConfigured, TypeError) as error:
        return [Error(str(error), id="kpum.E001")]
    return []


@register()
def check_shadowed_packages(**_kwargs: Any) -> list[CheckMessage]:
    """No package of the host shadows one of ours (``wagtail start`` makes a ``search``)."""
    errors: list[CheckMessage] = []
    for name in OUR_PACKAGES:
        spec = importlib.util.find_spec(name)
        folder = Path(next(iter(spec.submodule_search_locations or [""]))) if spec else Path()
        mark = folder / _MARK
        if not (mark.is_file() and f'label = "kpum_{name}"' in mark.read_text(encoding="utf-8")):
            errors.append(
                Error(
                    f"The package “{name}” that Python finds is not KPUM's.",
                    hint=f"Rename or remove the project's own “{name}” package ({folder}).",
                    id="kpum.E002",
                )
            )
    return errors


@register()
def check_page_gate(**_kwargs: Any) -> list[CheckMessage]:
    """Without the gate some of Wagtail's views show titles of other units' drafts."""
    if "kpum.pages.middleware.PageGateMiddleware" in settings.MIDDLEWARE:
        return []
    return [
        Warning(
            "Some admin views name other units' drafts: PageGateMiddleware is not configured.",
            hint="Add “kpum.pages.middleware.PageGateMiddleware” to MIDDLEWARE, after messages.",
            id="kpum.W002",
        )
    ]


@register()
def check_mandate_backend(**_kwargs: Any) -> list[CheckMessage]:
    """Without the backend a mandate opens no admin to anybody."""
    if "kpum.org.backends.MandateBackend" in settings.AUTHENTICATION_BACKENDS:
        return []
    return [
        Warning(
            "People with mandates cannot enter the admin: MandateBackend is not configured.",
            hint="Add “kpum.org.backends.MandateBackend” to AUTHENTICATION_BACKENDS.",
            id="kpum.W001",
        )
    ]
