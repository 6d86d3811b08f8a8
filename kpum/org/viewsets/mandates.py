"""The screens of mandates: the list with its export, appointing, ending."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.widgets.button import Button

from kpum.core import clock
from kpum.core.errors import KpumError
from kpum.design.spreadsheets import ExportColumn, SafeSpreadsheetMixin
from kpum.org import wording
from kpum.org.actions import end_mandate, grant_mandate
from kpum.org.enums import Role, Standing
from kpum.org.errors import SingleRoleTaken
from kpum.org.filters import MandateFilterSet
from kpum.org.forms import MandateForm, ReasonForm
from kpum.org.models import Mandate
from kpum.org.people import name_fields
from kpum.org.standing import standing_of
from kpum.org.viewsets.screens import ActView, ListView, PowersViewSet, RowActView

RELATED = ("user__authorisation", "unit", "branch", "granted_by")


def standing_in_words(mandate: Mandate) -> str:
    """Return how the mandate stands now."""
    return str(standing_of(mandate, clock.now()).label)


class MandateIndexView(SafeSpreadsheetMixin, ListView):
    """Mandates that the person may see: his own, those of his units, or everybody's."""

    model = Mandate
    index_url_name = "kpum_mandates:index"
    index_results_url_name = "kpum_mandates:index_results"
    add_url_name = "kpum_mandates:add"
    header_icon = "key"
    add_item_label = gettext_lazy("Give a mandate")
    filterset_class = MandateFilterSet
    filter_defaults = {"standing": Standing.CURRENT.value}
    related = RELATED
    searched_people = ("user",)
    searched_texts = ("basis",)
    default_ordering = "person"
    export_filename = "mandates"
    export_columns = (
        ExportColumn("person", gettext_lazy("Person"), lambda row: str(row.user)),
        ExportColumn("login", gettext_lazy("Login"), lambda row: row.user.get_username()),
        ExportColumn("role", gettext_lazy("Role"), wording.role_in_words),
        ExportColumn("role_code", gettext_lazy("Role's code"), lambda row: row.role),
        ExportColumn("unit", gettext_lazy("Unit's code"), lambda row: row.unit and row.unit.code),
        ExportColumn("reach", gettext_lazy("Reach"), wording.reach_in_words),
        ExportColumn("valid_from", gettext_lazy("Valid from"), lambda row: row.valid_from),
        ExportColumn("valid_to", gettext_lazy("Valid until"), lambda row: row.valid_to),
        ExportColumn("basis", gettext_lazy("Basis"), lambda row: row.basis),
        ExportColumn(
            "granted_by",
            gettext_lazy("Granted by"),
            lambda row: wording.giver_in_words(row.granted_by),
        ),
        ExportColumn("standing", gettext_lazy("State now"), standing_in_words),
    )

    def may_export(self) -> bool:
        return bool(self.user_has_permission("export"))

    def get_columns(self) -> list[Any]:
        person: Any = self._get_title_column_class(TitleColumn)
        return [
            person("person", label=_("Person"), accessor="user", sort_key="person", width="20%"),
            Column("role", label=_("Role"), accessor=wording.role_in_words, sort_key="role"),
            Column("reach", label=_("Reach"), accessor=wording.reach_in_words, sort_key="reach"),
            Column(
                "valid_from",
                label=_("Valid from"),
                accessor=lambda row: wording.moment_in_words(row.valid_from),
                sort_key="valid_from",
            ),
            Column(
                "valid_to",
                label=_("Valid until"),
                accessor=lambda row: wording.moment_in_words(row.valid_to),
                sort_key="valid_to",
            ),
            Column("basis", label=_("Basis")),
            Column(
                "granted_by",
                label=_("Granted by"),
                accessor=lambda row: wording.giver_in_words(row.granted_by),
            ),
            StatusTagColumn(
                "standing",
                label=_("State now"),
                accessor=standing_in_words,
                primary=lambda row: standing_of(row, clock.now()) is Standing.CURRENT,
            ),
        ]

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ordering = str(self.ordering)
        sign = "-" if ordering.startswith("-") else ""
        fields = {
            "person": [f"user__{name}" for name in name_fields()],
            "reach": ["unit__code", "branch__title"],
        }.get(ordering.removeprefix("-"), [ordering.removeprefix("-")])
        return queryset.order_by(*(f"{sign}{field}" for field in fields), "pk")

    def get_list_more_buttons(self, instance: Mandate) -> list[Any]:
        """Return what may be done with a mandate that has not ended."""
        if standing_of(instance, clock.now()) is Standing.PAST:
            return []
        buttons = []
        if self.user_has_permission_for_instance("substitute", instance):
            address = f"{reverse('kpum_substitutions:add')}?mandate={instance.pk}"
            buttons.append(
                Button(_("Name a substitute"), url=address, icon_name="group", priority=10)
            )
        if self.user_has_permission_for_instance("end", instance):
            buttons += self._buttons_of_giver(instance)
        return buttons

    @staticmethod
    def _buttons_of_giver(mandate: Mandate) -> list[Any]:
        successor = f"?role={mandate.role}&unit={mandate.unit_id or ''}"
        successor += f"&branch={mandate.branch_id or ''}"
        single = Role(mandate.role).is_single
        buttons = [
            Button(
                _("Appoint a successor"),
                url=reverse("kpum_mandates:add") + successor + ("&replacing=on" if single else ""),
                icon_name="user",
                priority=20,
            )
        ]
        if mandate.holds_at(clock.now()) and Role(mandate.role) is not Role.EDITOR_IN_CHIEF:
            address = reverse("kpum_mandates:end", args=[mandate.pk])
            buttons.append(Button(_("End…"), url=address, icon_name="cross", priority=30))
        return buttons


class GrantView(ActView):
    """Give a mandate: who grants, anywhere; a head, his unit's roles."""

    model = Mandate
    permission_required = "add"
    form_class = MandateForm
    index_url_name = "kpum_mandates:index"
    page_title = gettext_lazy("Give a mandate")
    header_icon = "key"
    button = gettext_lazy("Give the mandate")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"giver": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        """Take from the address what a successor's mandate has in common with the present one."""
        return {
            name: self.request.GET.get(name) for name in ("role", "unit", "branch", "replacing")
        }

    def act(self, form: forms.Form) -> str:
        given = form.cleaned_data
        mandate = grant_mandate(
            user=given["user"],
            role=given["role"],
            unit=given["unit"],
            branch=given["branch"],
            basis=given["basis"],
            granted_by=self.request.user,
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
            replacing=given["replacing"],
        )
        return _("%(mandate)s: the mandate has been given.") % {"mandate": mandate}

    def field_of(self, error: KpumError, form: Any) -> str | None:
        given = form.cleaned_data
        if isinstance(error, SingleRoleTaken):
            return "replacing"
        if given["user"] == self.request.user:
            return "user"
        return next((name for name in ("unit", "branch") if given[name]), "role")


class EndMandateView(RowActView):
    """End a mandate this second, with a reason."""

    model = Mandate
    permission_here = "end"
    form_class = ReasonForm
    index_url_name = "kpum_mandates:index"
    page_title = gettext_lazy("End a mandate")
    header_icon = "cross"
    button = gettext_lazy("End the mandate now")
    danger = True

    def get_rows(self) -> QuerySet[Any]:
        return super().get_rows().select_related(*RELATED)

    def get_facts(self) -> list[tuple[Any, Any]]:
        mandate: Mandate = self.object
        return [
            (_("Person"), mandate.user),
            (_("Role"), wording.role_in_words(mandate)),
            (_("Reach"), wording.reach_in_words(mandate)),
            (_("Valid from"), wording.moment_in_words(mandate.valid_from)),
            (_("Valid until"), wording.moment_in_words(mandate.valid_to)),
            (_("Basis"), mandate.basis),
            (
                _("What happens"),
                _("The right ends this second, also for a person who is logged in."),
            ),
        ]

    def act(self, form: forms.Form) -> str:
        reason = form.cleaned_data["reason"]
        mandate = end_mandate(mandate=self.object, actor=self.request.user, reason=reason)
        return _("%(mandate)s: the mandate has ended.") % {"mandate": mandate}


class MandateViewSet(PowersViewSet):
    """Addresses below ``mandates/``."""

    name = "kpum_mandates"
    url_prefix = "mandates"
    model = Mandate
    icon = "key"
    menu_label = gettext_lazy("Mandates")
    menu_name = "kpum-mandates"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", MandateIndexView.as_view(), name="index"),
            path("results/", MandateIndexView.as_view(results_only=True), name="index_results"),
            path("new/", GrantView.as_view(), name="add"),
            path("end/<int:pk>/", EndMandateView.as_view(), name="end"),
        ]
