"""The addresses of the runnable project."""

from django.urls import include, path, re_path
from django.views.defaults import page_not_found
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from kpum.media.views import serve_document
from kpum.views import health

urlpatterns = [
    # Wagtail's own test of its error page would let anybody with a login cause errors.
    path("admin/failwhale/", page_not_found, {"exception": None}),
    path("admin/", include(wagtailadmin_urls)),
    re_path(r"^documents/(\d+)/(.*)$", serve_document),
    path("documents/", include(wagtaildocs_urls)),
    path("healthz", health, name="kpum_health"),
    path("", include("kpum.plugin_urls")),
    path("", include("kpum.media.urls")),
    path("", include(wagtail_urls)),
]
