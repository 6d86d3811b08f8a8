"""The screens of substitutions: who acts for whom, naming one, ending one (K-14)."""

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
from kpum.org import wording
from kpum.org.actions import end_substitution, name_substitute
from kpum.org.enums import Standing
from kpum.org.filters import SubstitutionFilterSet
from kpum.org.forms import ReasonForm, SubstitutionForm
from kpum.org.models import Substitution
from kpum.org.people import name_fields
from kpum.org.standing import standing_of
from kpum.org.viewsets.screens import ActView, ListView, PowersViewSet, RowActView

RELATED = (
    "substitute__authorisation",
    "mandate__user__authorisation",
    "mandate__unit",
    "mandate__branch",
    "named_by",
)


class SubstitutionIndexView(ListView):
    """Substitutions that the person may see."""

    model = Substitution
    index_url_name = "kpum_substitutions:index"
    index_results_url_name = "kpum_substitutions:index_results"
    add_url_name = "kpum_substitutions:add"
    header_icon = "group"
    add_item_label = gettext_lazy("Name a substitute")
    filterset_class = SubstitutionFilterSet
    filter_defaults = {"standing": Standing.CURRENT.value}
    related = RELATED
    searched_people = ("substitute", "mandate__user")
    searched_texts = ("reason",)
    default_ordering = "valid_to"

    def get_columns(self) -> list[Any]:
        substitute: Any = self._get_title_column_class(TitleColumn)
        return [
            substitute("substitute", label=_("Substitute"), sort_key="substitute", width="18%"),
            Column("holder", label=_("Acts for"), accessor="mandate.user", sort_key="holder"),
            Column(
                "role",
                label=_("Role"),
                accessor=lambda row: wording.role_in_words(row.mandate),
                sort_key="mandate__role",
            ),
            Column(
                "reach",
                label=_("Reach"),
                accessor=lambda row: wording.reach_in_words(row.mandate),
            ),
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
            Column("reason", label=_("Reason")),
            Column(
                "named_by",
                label=_("Named by"),
                accessor=lambda row: wording.giver_in_words(row.named_by),
            ),
            StatusTagColumn(
                "standing",
                label=_("State now"),
                accessor=lambda row: standing_of(row, clock.now()).label,
                primary=lambda row: standing_of(row, clock.now()) is Standing.CURRENT,
            ),
        ]

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        ordering = str(self.ordering)
        sign = "-" if ordering.startswith("-") else ""
        bare = ordering.removeprefix("-")
        person = {"substitute": "substitute", "holder": "mandate__user"}.get(bare)
        fields = [f"{person}__{name}" for name in name_fields()] if person else [bare]
        return queryset.order_by(*(f"{sign}{field}" for field in fields), "pk")

    def get_list_more_buttons(self, instance: Substitution) -> list[Any]:
        """Return the way to end what has not ended."""
        over = standing_of(instance, clock.now()) is Standing.PAST
        if over or not self.user_has_permission_for_instance("end", instance):
            return []
        address = reverse("kpum_substitutions:end", args=[instance.pk])
        return [Button(_("End…"), url=address, icon_name="cross", priority=10)]


class NameSubstituteView(ActView):
    """The holder names his substitute himself, or whoever may give the mandate does."""

    model = Substitution
    permission_required = "add"
    form_class = SubstitutionForm
    index_url_name = "kpum_substitutions:index"
    page_title = gettext_lazy("Name a substitute")
    header_icon = "group"
    button = gettext_lazy("Name the substitute")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"namer": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        return {"mandate": self.request.GET.get("mandate")}

    def act(self, form: forms.Form) -> str:
        given = form.cleaned_data
        substitution = name_substitute(
            mandate=given["mandate"],
            substitute=given["substitute"],
            reason=given["reason"],
            valid_from=given["valid_from"] or clock.now(),
            valid_to=given["valid_to"],
            named_by=self.request.user,
        )
        return _("%(substitute)s acts for %(holder)s until %(end)s.") % {
            "substitute": substitution.substitute,
            "holder": substitution.mandate.user,
            "end": wording.moment_in_words(substitution.valid_to),
        }

    def field_of(self, _error: KpumError, form: Any) -> str:
        himself = form.cleaned_data["substitute"] == self.request.user
        return "substitute" if himself else "mandate"


class EndSubstitutionView(RowActView):
    """End a substitution this second, or take back one that has not begun."""

    model = Substitution
    permission_here = "end"
    form_class = ReasonForm
    index_url_name = "kpum_substitutions:index"
    page_title = gettext_lazy("End a substitution")
    header_icon = "cross"
    button = gettext_lazy("End the substitution now")
    danger = True

    def get_rows(self) -> QuerySet[Any]:
        return super().get_rows().select_related(*RELATED)

    def get_facts(self) -> list[tuple[Any, Any]]:
        row: Substitution = self.object
        return [
            (_("Substitute"), row.substitute),
            (_("Acts for"), row.mandate.user),
            (_("Role"), wording.role_in_words(row.mandate)),
            (_("Reach"), wording.reach_in_words(row.mandate)),
            (_("Valid from"), wording.moment_in_words(row.valid_from)),
            (_("Valid until"), wording.moment_in_words(row.valid_to)),
            (_("Reason"), row.reason),
        ]

    def act(self, form: forms.Form) -> str:
        substitution = end_substitution(
            substitution=self.object,
            actor=self.request.user,
            reason=form.cleaned_data["reason"],
        )
        return _("%(substitute)s no longer acts for %(holder)s.") % {
            "substitute": substitution.substitute,
            "holder": substitution.mandate.user,
        }


class SubstitutionViewSet(PowersViewSet):
    """Addresses below ``substitutions/``."""

    name = "kpum_substitutions"
    url_prefix = "substitutions"
    model = Substitution
    icon = "group"
    menu_label = gettext_lazy("Substitutions")
    menu_name = "kpum-substitutions"

    def get_urlpatterns(self) -> list[URLPattern]:
        index = SubstitutionIndexView
        return [
            path("", index.as_view(), name="index"),
            path("results/", index.as_view(results_only=True), name="index_results"),
            path("new/", NameSubstituteView.as_view(), name="add"),
            path("end/<int:pk>/", EndSubstitutionView.as_view(), name="end"),
        ]
