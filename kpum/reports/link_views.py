"""Links of public pages that lead nowhere, unit by unit, and how addresses came to stand so (M-18)."""

from typing import Any

import django_filters
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from kpum.design.spreadsheets import ExportColumn, SafeSpreadsheetMixin
from kpum.integrations.link_checks.enums import AddressState
from kpum.integrations.link_checks.models import AddressChange, reason_in_words
from kpum.org.viewsets.screens import ListView, PowersViewSet
from kpum.pages.link_models import PageLink
from kpum.pages.link_queries import dead_links, with_what_is_there
from kpum.reports.queries import changes_by_unit

READING = ["get", "head", "options"]


class Listed(models.TextChoices):
    """Which links a person looks at."""

    DEAD = "dead", gettext_lazy("lead nowhere")
    FAILING = "failing", gettext_lazy("fail for now")
    UNCHECKABLE = "uncheckable", gettext_lazy("cannot be checked")


class LinkFilterSet(WagtailFilterSet):
    listed = django_filters.ChoiceFilter(
        label=gettext_lazy("Links that"), choices=Listed.choices, method="of_kind", empty_label=None
    )

    class Meta:
        model = PageLink
        fields: list[str] = []

    def of_kind(self, rows: QuerySet[Any], _name: str, kind: str) -> QuerySet[Any]:
        """Keep the links of a kind."""
        return rows.filter(dead_links() if kind == Listed.DEAD else Q(address__state=kind))


def unit_of(row: Any) -> str:
    """Return the unit whose page it is."""
    return str(row.page.stewardship.owner_unit)


def link_of(row: Any) -> str:
    """Return where the link leads: an address, or the title that the public knew."""
    if row.address is not None:
        return str(row.address)
    return row.target_title or _("page %(number)s") % {"number": row.target_page}


def answer_of(row: Any) -> str:
    """Return what is there."""
    if row.address is not None:
        return str(row.address.words)
    if not row.target_exists:
        return _("the page no longer exists")
    return _("the page has been withdrawn") if row.since else _("the page is not public")


def field_of(row: Any) -> str:
    """Return the field as its editor knows it."""
    try:
        field: Any = row.page.cached_content_type.model_class()._meta.get_field(row.field)
    except (AttributeError, FieldDoesNotExist):
        return str(row.field)
    if not hasattr(field, "verbose_name"):
        field = field.related_model._meta
        return capfirst(str(field.verbose_name_plural))
    return capfirst(str(field.verbose_name))


def _moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else ""


class DeadLinksView(SafeSpreadsheetMixin, ListView):
    """Which links of whose page lead nowhere, what is there, and since when."""

    http_method_names = READING
    model = PageLink
    index_url_name = "kpum_dead_links:index"
    index_results_url_name = "kpum_dead_links:index_results"
    page_title = gettext_lazy("Links that lead nowhere")
    header_icon = "link"
    filterset_class = LinkFilterSet
    filter_defaults = {"listed": Listed.DEAD.value}
    searched_texts = (
        "page__title", "address__address", "page__stewardship__owner_unit__name",
        "page__stewardship__owner_unit__code", "target_title",
    )  # fmt: skip
    default_ordering = "unit"
    related = ("page__stewardship__owner_unit", "address")
    export_filename = "dead-links"
    export_columns = (
        ExportColumn("unit", gettext_lazy("Unit"), unit_of),
        ExportColumn("unit_code", gettext_lazy("Unit's code"), lambda row: row.page.stewardship.owner_unit.code),
        ExportColumn("page", gettext_lazy("Page"), lambda row: row.page.title),
        ExportColumn("page_id", gettext_lazy("Page's number"), lambda row: row.page_id),
        ExportColumn("field", gettext_lazy("Field"), field_of),
        ExportColumn("link", gettext_lazy("Link"), link_of),
        ExportColumn("answer", gettext_lazy("What answers"), answer_of),
        ExportColumn("since", gettext_lazy("Since"), lambda row: row.since),
        ExportColumn("checked", gettext_lazy("Last checked"), lambda row: row.address.last_checked if row.address else None),
    )  # fmt: skip

    def may_export(self) -> bool:
        return bool(self.user_has_permission("view"))

    def get_base_queryset(self) -> QuerySet[Any]:
        return with_what_is_there(super().get_base_queryset().filter(page__live=True))

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ordering = str(self.ordering)
        if ordering.lstrip("-") == "unit":
            ordering = ordering.replace("unit", "page__stewardship__owner_unit__path")
        return queryset.order_by(ordering, "page__path", "pk")

    def get_columns(self) -> list[Any]:
        return [
            Column("unit", label=_("Unit"), accessor=unit_of, sort_key="unit", width="20%"),
            TitleColumn(
                "page", label=_("Page"), accessor=lambda row: row.page.title,
                get_url=lambda row: reverse("kpum_page_record", args=[row.page_id]),
            ),
            Column("field", label=_("Field"), accessor=field_of),
            Column("link", label=_("Link"), accessor=link_of, width="30%"),
            Column("answer", label=_("What answers"), accessor=answer_of),
            Column(
                "since", label=_("Since"), accessor=lambda row: _moment(row.since), sort_key="since"
            ),
        ]  # fmt: skip

    @cached_property
    def header_buttons(self) -> list[Any]:  # type: ignore[override]
        history = HeaderButton(
            label=_("History"), url=reverse("kpum_dead_links:history"), icon_name="history"
        )
        return [*super().header_buttons, history]


def change_in_words(row: AddressChange) -> str:
    """Return how an address stood, and how it stands."""
    before, after = AddressState(row.before).label, AddressState(row.after).label
    return f"{before} → {after}"


class LinkHistoryView(SafeSpreadsheetMixin, ListView):
    """When the addresses that the person's pages lead to came to stand otherwise; the newest first."""

    http_method_names = READING
    model = AddressChange
    index_url_name = "kpum_dead_links:history"
    index_results_url_name = "kpum_dead_links:history_results"
    page_title = gettext_lazy("History of links")
    header_icon = "history"
    searched_texts = ("address__address", "unit_name")
    default_ordering = "-at"
    related = ("address",)
    export_filename = "history-of-links"
    export_columns = (
        ExportColumn("at", gettext_lazy("Time"), lambda row: row.at),
        ExportColumn("unit", gettext_lazy("Unit"), lambda row: row.unit_name),
        ExportColumn("address", gettext_lazy("Address"), lambda row: row.address.address),
        ExportColumn("change", gettext_lazy("Before → after"), change_in_words),
        ExportColumn(
            "answer",
            gettext_lazy("What answered"),
            lambda row: reason_in_words(row.reason, row.status),
        ),
    )

    def may_export(self) -> bool:
        return bool(self.user_has_permission("view"))

    def get_base_queryset(self) -> QuerySet[Any]:
        return changes_by_unit(super().get_base_queryset(), self.request.user)

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ordering = str(self.ordering)
        tie = "-pk" if ordering.startswith("-") else "pk"
        return queryset.order_by(ordering, tie, "unit_path")

    def get_columns(self) -> list[Any]:
        return [
            Column(
                "at", label=_("Time"), accessor=lambda row: _moment(row.at), sort_key="at", width="15%"
            ),
            Column("unit_name", label=_("Unit"), sort_key="unit_path"),
            Column("address", label=_("Address"), width="35%"),
            Column("change", label=_("Before → after"), accessor=change_in_words),
            Column(
                "answer", label=_("What answered"),
                accessor=lambda row: reason_in_words(row.reason, row.status),
            ),
        ]  # fmt: skip


class DeadLinksViewSet(PowersViewSet):
    """Addresses below ``dead-links/``."""

    name = "kpum_dead_links"
    url_prefix = "dead-links"
    icon = "link"
    model = PageLink
    menu_label = gettext_lazy("Links that lead nowhere")
    menu_name = "kpum-dead-links"
    menu_hook: Any = "register_reports_menu_item"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", DeadLinksView.as_view(), name="index"),
            path("results/", DeadLinksView.as_view(results_only=True), name="index_results"),
            path("history/", LinkHistoryView.as_view(), name="history"),
            path(
                "history/results/",
                LinkHistoryView.as_view(results_only=True),
                name="history_results",
            ),
        ]
