"""Links in running text: they lead to public pages only, for citizens and for every channel."""

from typing import Any

from django.utils.html import escape
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler


class PublicPageLinkHandler(PageLinkHandler):
    """Stock links lead to drafts, too: to a page that is not there, by an address not yet public."""

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        """Return the opening tag of each link; without an address where nothing public is."""
        pages: list[Any] = cls.get_many(attrs_list)
        wanted = [page.pk for page in pages if page is not None]
        public = set(
            Page.objects.live().public().filter(pk__in=wanted).values_list("pk", flat=True)
        )
        return [
            "<a>"
            if page is None or page.pk not in public
            else f'<a href="{escape(page.localized.url)}">'
            for page in pages
        ]
