"""KPUM's public addresses, for one ``include()`` in a host's urls, before Wagtail's own."""

from django.urls import path

from kpum.channels.api import api
from kpum.channels.views import documentation
from search.views import search

urlpatterns = [
    path("api/v1/docs", documentation, name="kpum_api_docs"),
    path("api/v1/", api.urls),
    path("szukaj/", search, name="kpum_search"),
]
