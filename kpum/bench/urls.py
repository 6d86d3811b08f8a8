"""The addresses of the bench's servers: the portal's own, and stock Wagtail's APIs beside them."""

from django.urls import include, path
from wagtail.api.v3.urls import api as stock_v3

from kpum.bench.stock import stock_v2
from kpum.bench.views import empty

urlpatterns = [
    path("bench/empty", empty),
    path("bench/v2/", stock_v2().urls),
    path("bench/v3/", stock_v3.urls),
    path("", include("kpum.urls")),
]
