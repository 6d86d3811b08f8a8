"""The sitemap: every public page of the public channel, in a constant number of queries."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps import Sitemap
from wagtail.contrib.sitemaps.views import sitemap as sitemap_of
from wagtail.models import Page

from kpum.pages.queries import public_pages


class PublicSitemap(Sitemap):
    """Pages of the site that was asked; addresses come from the page's row, so no type is loaded."""

    def items(self) -> QuerySet[Page]:
        root = self.get_wagtail_site().root_page
        pages = public_pages().filter(path__startswith=root.path).select_related("locale")
        return pages.order_by("path")

    def _urls(self, page: int, protocol: Any, domain: Any) -> list[dict[str, Any]]:
        return list(self._entries(page))

    def _entries(self, number: int) -> Iterator[dict[str, Any]]:
        for page in self.paginator.page(number).object_list:
            address = page.get_full_url(self.request)
            if address:
                yield {"location": address, "lastmod": page.last_published_at}


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Answer ``/sitemap.xml``; ``?p=2`` is its second page where there are more than 50,000."""
    answer: HttpResponse = sitemap_of(
        request,
        sitemaps={"pages": PublicSitemap(request)},
        template_name="kpum/portal/sitemap.xml",
    )
    return answer
