"""The lists of texts that are due for a check, by page and by unit (I-29, D-45). They change nothing."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, NumberColumn, TitleColumn
from wagtail.admin.widgets.button import Button
from wagtail.permissions import policy_registry

from kpum.core import clock
from kpum.design.spreadsheets import ExportColumn, SafeSpreadsheetMixin
from kpum.org import queries as org
from kpum.org import wording
from kpum.org.enums import Right
from kpum.org.filters import UnitFilter
from kpum.org.models import Unit
from kpum.org.powers import Place, rights_over
from kpum.org.viewsets.screens import ListView, PolicyMenuItem
from kpum.pages.models import Stewardship
from kpum.reports import upkeep
from kpum.reports.upkeep import Cause
from kpum.reports.viewsets import READING, ReportViewSet

#: So many days ahead the list looks, unless the reader says otherwise; and at the most.
_DAYS, _MOST_DAYS = 30, 1100


def _units(request: HttpRequest | None) -> QuerySet[Unit]:
    if request is None:
        return Unit.objects.none()
    return Unit.objects.filter(org.units_in_reach(org.reach_of_view(request.user)))


class UpkeepFilterSet(WagtailFilterSet):
    unit = UnitFilter(
        label=gettext_lazy("Unit, with those below"), queryset=_units, method="of_unit"
    )
    cause = django_filters.ChoiceFilter(
        label=gettext_lazy("Why it is here"),
        choices=Cause.choices,
        empty_label=gettext_lazy("All"),
        method="for_cause",
    )
    within = django_filters.NumberFilter(
        label=gettext_lazy("Due within so many days"),
        min_value=0,
        max_value=_MOST_DAYS,
        decimal_places=0,
        method="due_within",
    )

    class Meta:
        model = Stewardship
        fields: list[str] = []

    def of_unit(self, rows: QuerySet[Any], _name: str, unit: Unit) -> QuerySet[Any]:
        return rows.filter(owner_unit__path__startswith=unit.path)

    def for_cause(self, rows: QuerySet[Any], _name: str, cause: str) -> QuerySet[Any]:
        return rows.filter(upkeep.is_for(Cause(cause)))

    def due_within(self, rows: QuerySet[Any], _name: str, days: Any) -> QuerySet[Any]:
        """Keep what is due in these days, and whatever is here for another cause."""
        return rows.filter(upkeep.due_by(clock.today() + timedelta(days=int(days))))


class CausesColumn(Column):
    """Why the text is in the list."""

    cell_template_name = "kpum/components/reasons_cell.html"


def _day(day: Any) -> str:
    return wording.day_in_words(day) if day else "–"


class UpkeepView(SafeSpreadsheetMixin, ListView):
    """The public texts of one's units that want somebody's eye, the longest overdue first."""

    http_method_names = READING
    model = Stewardship
    index_url_name = "kpum_upkeep:index"
    index_results_url_name = "kpum_upkeep:index_results"
    page_title = gettext_lazy("Texts to be checked")
    header_icon = "calendar-check"
    filterset_class = UpkeepFilterSet
    filter_defaults = {"within": str(_DAYS)}
    searched_texts = ("page__title", "owner_unit__name", "owner_unit__code")
    default_ordering = "review_due"
    related = ("page", "owner_unit")
    export_filename = "texts-to-be-checked"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.export_columns = (
            ExportColumn("unit", _("Unit"), lambda row: row.owner_unit.code),
            ExportColumn("unit_name", _("Unit's name"), lambda row: row.owner_unit.name),
            ExportColumn("title", _("Page"), lambda row: row.page.title),
            ExportColumn("address", _("Address"), lambda row: row.page.full_url),
            ExportColumn("last_verified", _("Last checked"), lambda row: row.last_verified),
            ExportColumn("review_due", _("Check due"), lambda row: row.review_due),
            ExportColumn("causes", _("Why it is here"), lambda row: "; ".join(self.causes_of(row))),
        )
        super().setup(request, *args, **kwargs)

    @cached_property
    def changed_acts(self) -> Any:
        # A table that leaves is written when the request, and what it remembers, is over.
        return upkeep.changed_acts()

    def causes_of(self, row: Any) -> list[str]:
        """Return why the text is in the list."""
        return upkeep.causes_in_words(row, self.changed_acts)

    def may_export(self) -> bool:
        return bool(self.user_has_permission("export"))

    def get_base_queryset(self) -> QuerySet[Any]:
        return upkeep.of_public_texts(super().get_base_queryset())

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = str(self.ordering).removeprefix("-")
        order: Any = F(name).asc(nulls_first=True)
        if str(self.ordering).startswith("-"):
            order = F(name).desc(nulls_last=True)
        return queryset.order_by(order, "pk")

    def get_record_url(self, instance: Stewardship) -> str:
        return reverse("kpum_page_record", args=[instance.page_id])

    def get_columns(self) -> list[Any]:
        title: Any = self._get_title_column_class(TitleColumn)
        return [
            title(
                "title",
                label=_("Page"),
                accessor="page.title",
                sort_key="page__title",
                get_url=self.get_record_url,
            ),
            Column(
                "unit", label=_("Unit"), accessor="owner_unit.code", sort_key="owner_unit__code"
            ),
            Column(
                "last_verified",
                label=_("Last checked"),
                accessor=lambda row: _day(row.last_verified),
                sort_key="last_verified",
            ),
            Column(
                "review_due",
                label=_("Check due"),
                accessor=lambda row: _day(row.review_due),
                sort_key="review_due",
            ),
            CausesColumn("causes", label=_("Why it is here"), accessor=self.causes_of),
        ]

    @cached_property
    def _powers(self) -> list[Any]:
        return org.powers_in_request(self.request.user)

    def get_list_more_buttons(self, instance: Stewardship) -> list[Any]:
        """Return the ways to confirm and to change the text, for who may; no query."""
        place = Place(instance.owner_unit.path, instance.page.path)
        rights = rights_over(self._powers, place)
        here = f"?{urlencode({'next': self.request.get_full_path()})}"
        buttons = []
        if Right.DECIDE in rights:
            address = reverse("kpum_confirm", args=[instance.page_id])
            buttons.append(
                Button(
                    _("Confirm that it is right"),
                    url=address + here,
                    icon_name="check",
                    priority=10,
                )
            )
        if Right.CHANGE in rights:
            address = reverse("wagtailadmin_pages:edit", args=[instance.page_id])
            buttons.append(Button(_("Edit"), url=address, icon_name="edit", priority=20))
        return buttons


class UpkeepByUnitView(SafeSpreadsheetMixin, ListView):
    """How many texts of each unit are overdue, due soon, or rest on an act that has changed."""

    http_method_names = READING
    model = Unit
    any_permission_required: Any = None
    index_url_name = "kpum_upkeep_units:index"
    index_results_url_name = "kpum_upkeep_units:index_results"
    page_title = gettext_lazy("Texts to be checked, by unit")
    header_icon = "calendar-check"
    searched_texts = ("name", "code")
    default_ordering = "-overdue"
    export_filename = "texts-to-be-checked-by-unit"
    export_columns = (
        ExportColumn("code", gettext_lazy("Unit"), lambda row: row.code),
        ExportColumn("name", gettext_lazy("Unit's name"), lambda row: row.name),
        ExportColumn("public_pages", gettext_lazy("Public pages"), lambda row: row.public_pages),
        ExportColumn("overdue", gettext_lazy("Overdue"), lambda row: row.overdue),
        ExportColumn("soon", gettext_lazy("Due within 30 days"), lambda row: row.soon),
        ExportColumn("act_changed", gettext_lazy("Act changed"), lambda row: row.act_changed),
    )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.permission_policy = policy_registry.get_by_type(Stewardship)
        self.any_permission_required = ["view"]
        return super().dispatch(request, *args, **kwargs)

    def may_export(self) -> bool:
        return bool(self.user_has_permission("export"))

    def get_base_queryset(self) -> QuerySet[Any]:
        seen = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, ["view"]
        )
        return upkeep.units_with_counts(seen)

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by(str(self.ordering), "path")

    def get_list_url(self, instance: Unit) -> str:
        return f"{reverse('kpum_upkeep:index')}?{urlencode({'unit': instance.pk})}"

    def get_columns(self) -> list[Any]:
        unit: Any = self._get_title_column_class(TitleColumn)
        return [
            unit(
                "unit",
                label=_("Unit"),
                accessor=wording.unit_in_words,
                sort_key="name",
                get_url=self.get_list_url,
            ),
            NumberColumn("public_pages", label=_("Public pages"), sort_key="public_pages"),
            NumberColumn("overdue", label=_("Overdue"), sort_key="overdue"),
            NumberColumn("soon", label=_("Due within 30 days"), sort_key="soon"),
            NumberColumn("act_changed", label=_("Act changed"), sort_key="act_changed"),
        ]

    def get_list_more_buttons(self, _instance: Unit) -> list[Any]:
        """Return none: the name leads to the unit's texts."""
        return []


class UpkeepMenuItem(PolicyMenuItem):
    """An entry for whoever sees texts."""

    model = Stewardship


class UpkeepViewSet(ReportViewSet):
    """Addresses below ``upkeep/``."""

    name = "kpum_upkeep"
    url_prefix = "upkeep"
    icon = "calendar-check"
    menu_label = gettext_lazy("Texts to be checked")
    menu_name = "kpum-upkeep"
    menu_item_class = UpkeepMenuItem
    view = UpkeepView


class UpkeepByUnitViewSet(ReportViewSet):
    """Addresses below ``upkeep-by-unit/``."""

    name = "kpum_upkeep_units"
    url_prefix = "upkeep-by-unit"
    icon = "calendar-check"
    menu_label = gettext_lazy("Texts to be checked, by unit")
    menu_name = "kpum-upkeep-units"
    menu_item_class = UpkeepMenuItem
    view = UpkeepByUnitView
