"""Which document is at a path of the portal, through the redirects that moving and renaming made."""

import re
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from django.apps import apps
from django.db.models import F
from django.utils.encoding import uri_to_iri
from wagtail.models import Site

from kpum.channels import queries
from kpum.channels.queries import Row

#: A path that begins with two slashes would be taken for a host.
_ADDRESS = re.compile(r"(?:https?://(?P<host>[A-Za-z0-9._:-]+))?(?P<path>/(?!/)[^?#]*)")


class Found(NamedTuple):
    """The row at an address, and the address asked for when it has another now."""

    row: Row
    redirected_from: str | None


def find(channel: str, path: str) -> Found | None:
    """Return what the channel holds at a path or a whole address; None when nothing.

    The live document, else the tombstone of the last that was there.
    """
    parts = _ADDRESS.match(path)
    site = _site_of(parts["host"] or "") if parts else None
    if parts is None or site is None:
        return None
    address = _with_slash(parts["path"])
    row = queries.document_at(channel, site.root_url + address)
    if row is not None and not row.is_gone:
        return Found(row, None)
    led = _redirected(channel, site, address)
    if led is not None and not (row is not None and led.is_gone):
        return Found(led, address)
    return Found(row, None) if row is not None else None


def _site_of(host: str) -> Site | None:
    sites = list(Site.objects.order_by("-is_default_site", "pk"))
    if not host:
        return sites[0] if sites else None
    return next((site for site in sites if urlsplit(site.root_url).netloc == host.lower()), None)


def _with_slash(path: str) -> str:
    """Return the path as the portal writes it: percent-encoded, with a slash at its end."""
    encoded = quote(path or "/", safe="/%~!$&'()*+,;=:@")
    return encoded if encoded.endswith("/") else encoded + "/"


def _redirected(channel: str, site: Site, address: str) -> Row | None:
    if not apps.is_installed("wagtail.contrib.redirects"):
        return None
    redirects = apps.get_model("wagtailredirects", "Redirect")
    stored = redirects.normalise_path(uri_to_iri(address))
    rows = redirects.get_for_site(site).filter(old_path=stored, redirect_page__isnull=False)
    # One that is the site's own goes before one that is every site's.
    redirect = (
        rows.order_by(F("site").desc(nulls_last=True))
        .select_related("redirect_page__locale")
        .first()
    )
    if redirect is None or redirect.redirect_page_route_path:
        return None
    page = redirect.redirect_page
    return queries.document(channel, page.translation_key, page.locale.language_code)
