"""The screens of contacts: how citizens reach the units that are the person's to speak for."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn

from kpum.org import wording
from kpum.org.actions import set_contact
from kpum.org.forms import ContactForm
from kpum.org.models import Unit
from kpum.org.viewsets.screens import ListView, PowersViewSet, RowActView


class ContactIndexView(ListView):
    """Units within the person's reach, and how citizens reach them now."""

    model = Unit
    any_permission_required = ["change"]
    index_url_name = "kpum_contacts:index"
    index_results_url_name = "kpum_contacts:index_results"
    page_title = gettext_lazy("Contact of units")
    header_icon = "mail"
    searched_texts = ("name", "code", "abbreviation", "phone", "email")
    default_ordering = "path"

    def get_columns(self) -> list[Any]:
        name: Any = self._get_title_column_class(TitleColumn)
        return [
            name(
                "name",
                label=_("Unit"),
                accessor=wording.unit_in_words,
                sort_key="name",
                get_url=lambda unit: reverse("kpum_contacts:edit", args=[unit.pk]),
            ),
            Column("address", label=_("Address")),
            Column("phone", label=_("Phone")),
            Column("email", label=_("E-mail")),
            Column("opening_hours", label=_("Opening hours")),
        ]

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by(str(self.ordering), "pk")

    def get_list_more_buttons(self, _instance: Unit) -> list[Any]:
        """Return none: the name itself leads to the form."""
        return []


class SetContactView(RowActView):
    """Change how citizens reach a unit; the directory and every channel follow at once."""

    model = Unit
    permission_here = "change"
    form_class = ContactForm
    index_url_name = "kpum_contacts:index"
    page_title = gettext_lazy("Contact of a unit")
    header_icon = "mail"
    button = gettext_lazy("Publish the contact")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.object}

    def get_facts(self) -> list[tuple[Any, Any]]:
        facts: list[tuple[Any, Any]] = [(_("Unit"), wording.unit_in_words(self.object))]
        facts.append(
            (_("Note"), _("Citizens and the city's other portals see the change at once."))
        )
        return facts

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        home, _units, here = super().get_breadcrumbs_items()
        contacts = {"url": reverse(self.index_url_name), "label": ContactIndexView.page_title}
        return [home, contacts, here]

    def act(self, form: forms.ModelForm) -> str:
        unit = set_contact(unit=self.object, actor=self.request.user, contact=form.cleaned_data)
        return _("%(unit)s: the contact has been published.") % {"unit": unit.name}


class ContactViewSet(PowersViewSet):
    """Addresses below ``contacts/``."""

    name = "kpum_contacts"
    url_prefix = "contacts"
    model = Unit
    icon = "mail"
    menu_label = gettext_lazy("Contact of units")
    menu_name = "kpum-contacts"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ContactIndexView.as_view(), name="index"),
            path("results/", ContactIndexView.as_view(results_only=True), name="index_results"),
            path("edit/<int:pk>/", SetContactView.as_view(), name="edit"),
        ]
