"""The report of cards that do not agree with BIP, ePUAP or gov.pl, by unit. It changes nothing."""

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets.button import Button

from kpum.channels.consistency import Fault, Kind, faults_of
from kpum.core import memo
from kpum.design.spreadsheets import ExportColumn, SafeSpreadsheetMixin
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.filters import UnitFilter
from kpum.org.models import Unit
from kpum.org.powers import Place, rights_over
from kpum.org.viewsets.screens import ListView
from kpum.pages.models import Stewardship
from kpum.pages.queries import owned_in
from services.models import ServiceCardPage


def _cards_of(user: Any) -> QuerySet[Any]:
    """Return the public cards within the person's sight."""
    seen = Stewardship.objects.filter(owned_in(org.reach_of_view(user))).order_by()
    cards: QuerySet[Any] = ServiceCardPage.objects.live().filter(
        pk__in=seen.values("page"), alias_of=None
    )
    return cards


def _faults(user: Any) -> dict[int, list[Fault]]:
    key = ("consistency", user.pk)
    return memo.remembered(key, lambda: faults_of(_cards_of(user)))


def _units(request: HttpRequest | None) -> QuerySet[Unit]:
    if request is None:
        return Unit.objects.none()
    return Unit.objects.filter(org.units_in_reach(org.reach_of_view(request.user)))


class ConsistencyFilterSet(WagtailFilterSet):
    unit = UnitFilter(
        label=gettext_lazy("Unit, with those below"), queryset=_units, method="of_unit"
    )
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("What does not agree"),
        choices=Kind.choices,
        empty_label=gettext_lazy("All"),
        method="of_kind",
    )

    class Meta:
        model = ServiceCardPage
        fields: list[str] = []

    def of_unit(self, rows: QuerySet[Any], _name: str, unit: Unit) -> QuerySet[Any]:
        return rows.filter(stewardship__owner_unit__path__startswith=unit.path)

    def of_kind(self, rows: QuerySet[Any], _name: str, kind: str) -> QuerySet[Any]:
        faults = _faults(self.request.user).items()
        ids = [pk for pk, found in faults if any(fault.kind is Kind(kind) for fault in found)]
        return rows.filter(pk__in=ids)


class FaultsColumn(Column):
    """Everything that does not agree."""

    cell_template_name = "kpum/components/reasons_cell.html"


class ConsistencyView(SafeSpreadsheetMixin, ListView):
    """The public cards of one's units that disagree with a counterpart, each with all that is wrong."""

    http_method_names = ["get", "head", "options"]
    model = ServiceCardPage
    any_permission_required: Any = None
    index_url_name = "kpum_consistency:index"
    index_results_url_name = "kpum_consistency:index_results"
    page_title = gettext_lazy("Consistency with other portals")
    header_icon = "link"
    filterset_class = ConsistencyFilterSet
    searched_texts = ("title", "code")
    default_ordering = "code"
    export_filename = "consistency"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.may_export():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.export_columns = (
            ExportColumn("unit", _("Unit"), lambda row: row.stewardship.owner_unit.code),
            ExportColumn(
                "unit_name", _("Unit's name"), lambda row: row.stewardship.owner_unit.name
            ),
            ExportColumn("code", _("Code"), lambda row: row.code),
            ExportColumn("title", _("Card"), lambda row: row.title),
            ExportColumn(
                "faults", _("What does not agree"), lambda row: " ".join(self.words_of(row))
            ),
        )
        super().setup(request, *args, **kwargs)

    def may_export(self) -> bool:
        return bool(org.reach_of_view(self.request.user))

    @cached_property
    def faults(self) -> dict[int, list[Fault]]:
        return _faults(self.request.user)

    def words_of(self, row: Any) -> list[str]:
        """Return what is wrong with a card, a sentence each."""
        return [fault.words for fault in self.faults.get(row.pk, [])]

    def get_base_queryset(self) -> QuerySet[Any]:
        cards = _cards_of(self.request.user).filter(pk__in=list(self.faults))
        return cards.select_related("stewardship__owner_unit")

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by(str(self.ordering), "pk")

    def get_record_url(self, instance: Any) -> str:
        return reverse("kpum_page_record", args=[instance.pk])

    def get_columns(self) -> list[Any]:
        title: Any = self._get_title_column_class(TitleColumn)
        return [
            title("title", label=_("Card"), sort_key="title", get_url=self.get_record_url),
            Column("code", label=_("Code"), sort_key="code"),
            Column(
                "unit",
                label=_("Unit"),
                accessor="stewardship.owner_unit.code",
                sort_key="stewardship__owner_unit__code",
            ),
            FaultsColumn("faults", label=_("What does not agree"), accessor=self.words_of),
        ]

    @cached_property
    def _powers(self) -> list[Any]:
        return org.powers_in_request(self.request.user)

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        """Return the way to the form, for who may change the card; no query."""
        place = Place(instance.stewardship.owner_unit.path, instance.path)
        if Right.CHANGE not in rights_over(self._powers, place):
            return []
        address = reverse("wagtailadmin_pages:edit", args=[instance.pk])
        return [Button(_("Edit"), url=address, icon_name="edit", priority=10)]


class ConsistencyMenuItem(MenuItem):
    """An entry for whoever sees texts."""

    def is_shown(self, request: HttpRequest) -> bool:
        return bool(org.reach_of_view(request.user))


class ConsistencyViewSet(ViewSet):
    """Addresses below ``consistency/``."""

    name: Any = "kpum_consistency"
    url_prefix = "consistency"
    icon = "link"
    menu_label: Any = gettext_lazy("Consistency with other portals")
    menu_name = "kpum-consistency"
    menu_hook: Any = "register_reports_menu_item"
    menu_item_class: Any = ConsistencyMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ConsistencyView.as_view(), name="index"),
            path("results/", ConsistencyView.as_view(results_only=True), name="index_results"),
        ]
