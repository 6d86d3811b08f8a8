"""Links in running text: they lead to public pages only, for citizens and for every channel."""

from typing import Any

from django.utils.html import escape
from wagtail.models import Page
from wagtail.rich_text.pages import PageLinkHandler

#: No key of ours has more digits, and no database is asked for one that has.
_DIGITS = 18


def page_key(text: object) -> int | None:
    """Return the key that a stored link names; None for what can be none, however it came there."""
    word = str(text)
    return int(word) if word.isdecimal() and len(word) <= _DIGITS else None


class PublicPageLinkHandler(PageLinkHandler):
    """Stock links lead to drafts, too: to a page that is not there, by an address not yet public."""

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Any]:
        """Return the pages of links; what names none is none, where stock raises an error."""
        known = [{"id": page_key(attrs.get("id"))} for attrs in attrs_list]
        return list(super().get_many(known))

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        """Return the opening tag of each link; without an address where nothing public is."""
        pages = cls.get_many(attrs_list)
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
