"""The screens of the reports. They answer questions and change nothing."""

import json
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.viewsets.base import ViewSet

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.design.spreadsheets import ExportColumn, SafeSpreadsheetMixin
from kpum.org import wording
from kpum.org.models import Unit
from kpum.org.viewsets.screens import ListView
from kpum.reports.action_labels import action_in_words
from kpum.reports.filters import TrailFilterSet
from kpum.reports.policies import oversees_portal
from kpum.reports.queries import units_without_order

READING = ["get", "head", "options"]


class ChangeColumn(Column):
    """How it was, and how it is now."""

    cell_template_name = "kpum/reports/change_cell.html"


class TrailView(SafeSpreadsheetMixin, ListView):
    """Who did what to what, when, on what authority, before and after; the newest first."""

    http_method_names = READING
    model = AuditEntry
    index_url_name = "kpum_trail:index"
    index_results_url_name = "kpum_trail:index_results"
    page_title = gettext_lazy("Audit trail")
    header_icon = "history"
    filterset_class = TrailFilterSet
    searched_texts = ("actor_name", "acting_for", "subject_label", "authority", "before", "after")
    default_ordering = "-at"
    export_filename = "audit-trail"
    export_columns = (
        ExportColumn("at", gettext_lazy("Time"), lambda row: row.at),
        ExportColumn("person", gettext_lazy("Person"), lambda row: row.actor_name),
        ExportColumn("person_id", gettext_lazy("Person's id"), lambda row: row.actor_id),
        ExportColumn("acting_for", gettext_lazy("Acting for"), lambda row: row.acting_for),
        ExportColumn(
            "action", gettext_lazy("What was done"), lambda row: action_in_words(row.action)
        ),
        ExportColumn("action_code", gettext_lazy("Action's code"), lambda row: row.action),
        ExportColumn("subject", gettext_lazy("On what"), lambda row: row.subject_label),
        ExportColumn("subject_code", gettext_lazy("Subject's code"), lambda row: row.subject),
        ExportColumn("before", gettext_lazy("Before"), lambda row: row.before),
        ExportColumn("after", gettext_lazy("After"), lambda row: row.after),
        ExportColumn("authority", gettext_lazy("Authority"), lambda row: row.authority),
        ExportColumn(
            "data",
            gettext_lazy("Details"),
            lambda row: json.dumps(row.data, ensure_ascii=False) if row.data else "",
        ),
    )

    def may_export(self) -> bool:
        return bool(self.user_has_permission("export"))

    def get_columns(self) -> list[Any]:
        return [
            Column(
                "at",
                label=_("Time"),
                accessor=lambda row: f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}",
                sort_key="at",
                width="15%",
            ),
            Column("actor_name", label=_("Person"), sort_key="actor_name"),
            Column("acting_for", label=_("Acting for")),
            Column(
                "action",
                label=_("What was done"),
                accessor=lambda row: action_in_words(row.action),
                sort_key="action",
            ),
            Column("subject_label", label=_("On what"), sort_key="subject_label"),
            ChangeColumn("change", label=_("Before → after"), accessor="after", width="20%"),
            Column("authority", label=_("Authority"), width="18%"),
        ]

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ordering = str(self.ordering)
        return queryset.order_by(ordering, "-pk" if ordering.startswith("-") else "pk")


class UnitsWithoutOrderView(ListView):
    """Units whose public pages nobody answers for by an internal order in force (K-22)."""

    http_method_names = READING
    model = Unit
    any_permission_required: Any = None
    index_url_name = "kpum_missing_orders:index"
    index_results_url_name = "kpum_missing_orders:index_results"
    page_title = gettext_lazy("Units without an internal order")
    header_icon = "warning"
    searched_texts = ("name", "code")
    default_ordering = "path"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not oversees_portal(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> QuerySet[Any]:
        return units_without_order(clock.today())

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by(str(self.ordering), "pk")

    def get_columns(self) -> list[Any]:
        return [
            Column("unit", label=_("Unit"), accessor=wording.unit_in_words, sort_key="name"),
            NumberColumn("public_pages", label=_("Public pages"), sort_key="public_pages"),
        ]


class OverseersMenuItem(MenuItem):
    """An entry for those who oversee the portal."""

    def is_shown(self, request: HttpRequest) -> bool:
        return oversees_portal(request.user)


class ReportViewSet(ViewSet):
    """A list in the menu of reports."""

    name: Any = None
    menu_label: Any = ""
    menu_hook: Any = "register_reports_menu_item"
    menu_item_class: Any = OverseersMenuItem
    view: Any = None

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.view.as_view(), name="index"),
            path("results/", self.view.as_view(results_only=True), name="index_results"),
        ]


class TrailViewSet(ReportViewSet):
    """Addresses below ``audit-trail/``."""

    name = "kpum_trail"
    url_prefix = "audit-trail"
    icon = "history"
    menu_label = gettext_lazy("Audit trail")
    menu_name = "kpum-trail"
    view = TrailView


class MissingOrdersViewSet(ReportViewSet):
    """Addresses below ``missing-orders/``."""

    name = "kpum_missing_orders"
    url_prefix = "missing-orders"
    icon = "warning"
    menu_label = gettext_lazy("Units without an internal order")
    menu_name = "kpum-missing-orders"
    view = UnitsWithoutOrderView
