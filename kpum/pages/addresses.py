"""Giving a page another address: what may be one, and where else the old one is written down."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from kpum.pages.errors import AddressRefused


def check_slug(slug: str, parent: Any, page: Page | None) -> None:
    """Raise unless the page (None: a new one) may have this address under the parent.

    Raises:
        AddressRefused: it is no address, or is taken.
    """
    allow_unicode = getattr(settings, "WAGTAIL_ALLOW_UNICODE_SLUGS", True)
    try:
        forms.SlugField(max_length=255, allow_unicode=allow_unicode).clean(slug)
    except ValidationError as error:
        raise AddressRefused(" ".join(error.messages)) from error
    if not Page._slug_is_available(slug, parent, page):  # noqa: SLF001 - Wagtail's own question
        raise AddressRefused(_("The address “%(slug)s” is taken.") % {"slug": slug})


def carry_into_drafts(page: Any) -> None:
    """Write the address into the stored texts: otherwise the next publication would undo it."""
    for revision in Revision.objects.filter(
        pk__in={page.live_revision_id, page.latest_revision_id}
    ):
        revision.content |= {"slug": page.slug, "url_path": page.url_path}
        revision.save(update_fields=["content"])
