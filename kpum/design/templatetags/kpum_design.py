"""Tags and filters of every public page: icons, navigation, and how values are written."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext
from wagtail.models import Page, Site

from kpum.core.conf import PortalSettings, portal_settings
from kpum.design import wording
from kpum.design.icons import drawings

register = template.Library()

#: A file of its own needs it, a drawing inside a page does not.
_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'
#: The depth of a site's first page; above it is only the tree's root, which has no address.
_TOP = 2

register.filter("pln", wording.money)
register.filter("iban", wording.account)
register.filter("at_most", wording.at_most)
register.filter("tel", wording.telephone_link)
register.filter("address", wording.address)
register.filter("heading", wording.without_hanging_words)
register.filter("sentence", wording.sentence)
register.filter("by_letter", wording.by_first_letter)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a pictogram beside a text that says the same; nothing for a name without a drawing."""
    drawing = drawings().get(name, "").replace(_NAMESPACE, "", 1)
    return mark_safe(drawing.replace("<svg ", '<svg class="icon" aria-hidden="true" ', 1))  # noqa: S308


@register.simple_tag
def kpum_styles() -> SafeString:
    """Link the style sheet."""
    return format_html('<link rel="stylesheet" href="{}">', static("kpum/css/kpum.css"))


@register.simple_tag
def kpum_favicon() -> SafeString:
    """Link the portal's mark."""
    return format_html('<link rel="icon" type="image/svg+xml" href="{}">', static("kpum/mark.svg"))


@register.simple_tag(takes_context=True)
def first_page_url(context: Context) -> str:
    """Return the address of the site's first page."""
    first = _first_page(context)
    return (first.get_url(context.get("request")) if first else None) or "/"


@register.simple_tag
def portal() -> PortalSettings:
    """Return the portal's name, owner and contact centre."""
    return portal_settings()


def trail(page: Page) -> list[Page]:
    """Return the pages from the site's first down to this one.

    Free on a public page: Wagtail leaves the parents on it on the way there.
    """
    steps = [page]
    while steps[0].depth > _TOP:
        steps.insert(0, steps[0].get_parent())
    return steps


def _first_page(context: Context) -> Page | None:
    page, request = context.get("page"), context.get("request")
    if isinstance(page, Page):
        return next((step for step in trail(page) if step.get_url(request)), None)
    site = Site.find_for_request(request) if request else None
    return site.root_page if site else None


@register.simple_tag(takes_context=True)
def main_areas(context: Context) -> list[dict[str, Any]]:
    """Return the areas of the main navigation: public pages under the first one, marked for menus."""
    first = _first_page(context)
    if first is None:
        return []
    page, request = context.get("page"), context.get("request")
    here = {step.pk for step in trail(page)} if isinstance(page, Page) else set()
    areas = [
        {"title": area.title, "url": area.get_url(request), "holds_this": area.pk in here}
        for area in first.get_children().live().public().in_menu()
    ]
    for area in areas:
        area["is_this"] = request is not None and request.path == urlsplit(area["url"] or "").path
    return areas


@register.inclusion_tag("kpum/components/breadcrumbs.html", takes_context=True)
def breadcrumbs(context: Context, current: str = "") -> dict[str, Any]:
    """Show the way to this page; ``current`` names what is shown below it, at its own address."""
    page, request = context.get("page"), context.get("request")
    if isinstance(page, Page):
        steps = trail(page) if current else trail(page)[:-1]
    else:
        steps = [first] if (first := _first_page(context)) else []
    links = [
        {"title": pgettext("first page", "Home") if position == 0 else step.title, "url": url}
        for position, step in enumerate(steps)
        # A step that is not public would be named by its draft, and lead nowhere.
        if step.live and (url := step.get_url(request))
    ]
    return {"links": links, "current": current or getattr(page, "title", "")}


@register.simple_tag(takes_context=True)
def frame_language(context: Context) -> str:
    """Return the language of the page and of the frame around it."""
    page = context.get("page")
    return page.locale.language_code if isinstance(page, Page) else settings.LANGUAGE_CODE


@register.simple_tag(takes_context=True)
def canonical_url(context: Context) -> str:
    """Return the one address of what is shown, without query; empty when there is none."""
    page, request = context.get("page"), context.get("request")
    if not isinstance(request, HttpRequest):
        return ""
    parts = page.get_url_parts(request) if isinstance(page, Page) else None
    if parts and parts[1]:
        return parts[1] + escape_uri_path(request.path)
    return request.build_absolute_uri(request.path)


@register.simple_tag(takes_context=True)
def edit_url(context: Context) -> str:
    """Return where a signed-in editor may change the page; others cost nothing and get nothing."""
    page, request = context.get("page"), context.get("request")
    if not isinstance(page, Page) or not isinstance(request, HttpRequest) or page.pk is None:
        return ""
    # Looking at the session would make every answer private; its cookie tells enough.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    user = getattr(request, "user", None)
    may_edit = user is not None and page.permissions_for_user(user).can_edit()
    return reverse("wagtailadmin_pages:edit", args=[page.pk]) if may_edit else ""


@register.filter
def host(url: str) -> str:
    """Return the site an address leads to, such as “gov.pl”."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


@register.filter
def description(page: Any) -> str:
    """Return the sentence or two that tell what a page is about."""
    texts = (getattr(page, name, "") for name in ("summary", "lead", "search_description"))
    return next((text for text in texts if text), "")


@register.filter
def kind_of(page: Page) -> str:
    """Return what a page is, in words."""
    return wording.sentence(str(page._meta.verbose_name))


@register.filter
def choice_label(value: Any, name: str) -> str:
    """Return the words of a choice inside a structured block's value."""
    labels = dict(value.block.child_blocks[name].field.choices)
    return str(labels.get(value[name], value[name]))


@register.filter
def alphabetical(pages: Iterable[Page]) -> list[Page]:
    """Return pages by title, as a Polish dictionary orders them."""
    return sorted(pages, key=lambda page: wording.polish_order(page.title))
