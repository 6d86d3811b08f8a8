"""Channels and receivers: what the clients asked for, and how far behind each of them is."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet

from kpum.core import clock
from kpum.integrations import plots, queries, registry
from kpum.integrations.models import ApiClient
from kpum.integrations.policies import reads_register
from kpum.integrations.usage import ledger

DAYS = 30


class FiguresView(WagtailAdminTemplateMixin, TemplateView):
    """Requests by day, and each client with its figures and lag; the same numbers in tables."""

    http_method_names = ["get", "head", "options"]
    template_name = "kpum/integrations/figures.html"
    header_icon = "history"
    page_title: Any = _("Channels and receivers")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not reads_register(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse("kpum_interfaces:index"), "label": _("Interface register")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # What this process has not written yet is its own; other processes write theirs.
        ledger.write()
        days = queries.last_days(clock.today(), DAYS)
        labels = [formats.date_format(day, "SHORT_DATE_FORMAT") for day in days]
        heads = registry.heads()
        by_day = list(zip(labels, queries.requests_by_day(days), strict=True))
        clients = queries.figures(ApiClient.objects.all(), days, heads, clock.now())
        lags = [(one, lag) for one in clients for lag in one.lags]
        lengths = plots.lengths([lag.changes for _one, lag in lags], width=240, height=14)
        return super().get_context_data(**kwargs) | {
            "days": by_day,
            "requests": plots.bars(by_day, width=720, height=160),
            "clients": [
                (one, plots.bars(list(zip(labels, one.days, strict=True)), width=150, height=32))
                for one in clients
            ],
            "lags": [(*lag, plot) for lag, plot in zip(lags, lengths, strict=True)],
            "heads": _heads(heads),
        }


def _heads(heads: dict[str, registry.Head]) -> list[tuple[Any, registry.Head | None]]:
    return [(name, heads.get(code)) for code, name in registry.channel_choices()]


class ReadersMenuItem(MenuItem):
    """An entry for those who read the whole register."""

    def is_shown(self, request: HttpRequest) -> bool:
        return reads_register(request.user)


class FiguresViewSet(ViewSet):
    """Addresses below ``channel-figures/``."""

    name: Any = "kpum_figures"
    url_prefix: Any = "channel-figures"
    icon = "history"
    menu_label: Any = _("Channels and receivers")
    menu_name = "kpum-figures"
    menu_item_class: Any = ReadersMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", FiguresView.as_view(), name="index")]
