"""The screens of outside systems: what stands beyond the portal, as the ordinances name it."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn

from kpum.integrations.actions import save_system
from kpum.integrations.forms import SystemForm
from kpum.integrations.models import OutsideSystem
from kpum.org.viewsets.screens import ActView, ListView, PowersViewSet, RowActView


class SystemIndexView(ListView):
    """Every outside system of the register."""

    model = OutsideSystem
    index_url_name = "kpum_systems:index"
    index_results_url_name = "kpum_systems:index_results"
    add_url_name = "kpum_systems:add"
    add_item_label = gettext_lazy("Add an outside system")
    page_title: Any = gettext_lazy("Outside systems")
    header_icon = "globe"
    searched_texts = ("code", "name", "description")
    default_ordering = "name"

    def get_columns(self) -> list[Any]:
        name: Any = self._get_title_column_class(TitleColumn)
        return [
            name("name", label=_("Name"), sort_key="name", get_url=self._address_of),
            Column("code", label=_("Code"), sort_key="code"),
            Column("relation", label=_("Relation"), accessor="get_relation_display"),
            Column("described_in", label=_("Named in")),
            Column("description", label=_("What it is")),
        ]

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by(str(self.ordering), "pk")

    def _address_of(self, system: OutsideSystem) -> str | None:
        if not self.user_has_permission_for_instance("change", system):
            return None
        return reverse("kpum_systems:edit", args=[system.pk])

    def get_list_more_buttons(self, _instance: OutsideSystem) -> list[Any]:
        """Return none: the name itself leads to the form."""
        return []


class AddSystemView(ActView):
    """Add an outside system."""

    model = OutsideSystem
    permission_required: Any = "add"
    form_class = SystemForm
    index_url_name = "kpum_systems:index"
    page_title: Any = gettext_lazy("Add an outside system")
    header_icon = "globe"
    button = gettext_lazy("Store the system")

    def get_system(self) -> OutsideSystem:
        return OutsideSystem()

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.get_system()}

    def act(self, form: forms.ModelForm) -> str:
        system = save_system(system=form.instance, actor=self.request.user)
        return _("%(system)s has been stored.") % {"system": system}


class EditSystemView(AddSystemView, RowActView):
    """Correct an outside system."""

    permission_required: Any = None
    permission_here = "change"
    page_title: Any = gettext_lazy("Correct an outside system")

    def get_system(self) -> OutsideSystem:
        return self.object


class SystemViewSet(PowersViewSet):
    """Addresses below ``outside-systems/``."""

    name = "kpum_systems"
    url_prefix = "outside-systems"
    model = OutsideSystem
    icon = "globe"
    menu_label = gettext_lazy("Outside systems")
    menu_name = "kpum-systems"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", SystemIndexView.as_view(), name="index"),
            path("results/", SystemIndexView.as_view(results_only=True), name="index_results"),
            path("new/", AddSystemView.as_view(), name="add"),
            path("edit/<int:pk>/", EditSystemView.as_view(), name="edit"),
        ]
