"""KPUM's public addresses, for one ``include()`` in a host's urls, before Wagtail's own."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path

from kpum.channels.views import documentation, doors, unknown_address
from kpum.portal.sitemaps import sitemap


def search(request: HttpRequest) -> HttpResponse:
    """Show the search page.

    Imported when asked for: where a host's own ``search`` package shadows ours, the system check
    kpum.E002 says so, instead of an ImportError that names neither.
    """
    from search.views import search as view

    return view(request)


def regulation(request: HttpRequest) -> HttpResponse:
    """Show the publishing regulation; imported when asked for, like the search page."""
    from workflows.regulation_views import public_regulation

    return public_regulation(request)


urlpatterns = [
    path("api/v1/docs", documentation, name="kpum_api_docs"),
    path("api/v1/", doors()),
    re_path(r"^api/v1/(?P<rest>[\s\S]*)$", unknown_address),
    path("regulamin-publikowania/", regulation, name="kpum_regulation"),
    path("sitemap.xml", sitemap, name="kpum_sitemap"),
    path("szukaj/", search, name="kpum_search"),
]
