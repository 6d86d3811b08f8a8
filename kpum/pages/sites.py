"""A site's host name, port and first page decide every address: they change at the door only."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from kpum.audit.actions import record
from kpum.core.errors import KpumError
from kpum.pages import door
from kpum.pages.authority import Authority, SystemMandate


def set_site(  # noqa: PLR0913 - what a site is
    *,
    hostname: str,
    port: int,
    root_page_id: int,
    name: str = "",
    is_default: bool = True,
    only: bool = False,
    authority: Authority | None = None,
) -> Site:
    """Make the site of a first page, or change its address; the feed's addresses follow.

    Args:
        hostname: the host's name, without a scheme.
        port: its port; 443 means https.
        root_page_id: the page shown at its first address; a site that has it is changed.
        name: what the admin calls it.
        is_default: whether it answers for every other host name, too.
        only: whether all other sites go.
        authority: a system mandate; that of ``manage.py set_site`` unless told.

    Raises:
        KpumError: no such page, or no such address; names the field.
    """
    authority = authority or Authority.of_system(SystemMandate.SITES)
    with door.opened(authority), transaction.atomic():
        root: Any = Page.objects.filter(pk=root_page_id).first()
        if root is None:
            raise KpumError(_("There is no page %(number)s.") % {"number": root_page_id})
        site = Site.objects.filter(root_page=root).first() or Site(root_page=root)
        before = _in_words(site) if site.pk else ""
        site.hostname, site.port, site.site_name = hostname, port, name or site.site_name
        site.is_default_site = is_default
        others = Site.objects.exclude(pk=site.pk)
        gone = (
            list(others)
            if only
            else list(others.filter(is_default_site=True) if is_default else ())
        )
        _settle_others(gone, remove=only)
        try:
            site.full_clean()
        except ValidationError as error:
            details = "; ".join(
                f"{field}: {' '.join(m)}" for field, m in error.message_dict.items()
            )
            raise KpumError(details) from error
        site.save()
        record(
            action="site.set",
            actor=None,
            subject=f"site:{site.pk}",
            label=str(site),
            authority=authority.wording,
            before="; ".join(filter(None, [before, *(_in_words(row) for row in gone)])),
            after=_in_words(site),
            data={"root_page": root.pk},
        )
        return site


def _settle_others(sites: list[Site], *, remove: bool) -> None:
    for site in sites:
        if remove:
            Site.objects.filter(pk=site.pk).delete()
        else:
            site.is_default_site = False
            site.save()


def _in_words(site: Site) -> str:
    words: dict[str, Any] = {
        "host": site.hostname,
        "port": site.port,
        "title": site.root_page.title,
    }
    if site.is_default_site:
        return _("%(host)s:%(port)s, first page “%(title)s”, the default site") % words
    return _("%(host)s:%(port)s, first page “%(title)s”") % words
