"""The screens of internal orders: who prepares, publishes and updates a unit's texts (K-22, M-13)."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import Button

from kpum.core.errors import KpumError
from kpum.org import wording
from kpum.org.actions import issue_order
from kpum.org.enums import Duty
from kpum.org.filters import OrderFilterSet
from kpum.org.forms import DutyFormSet, OrderForm
from kpum.org.models import InternalOrder
from kpum.org.people import staff
from kpum.org.viewsets.screens import ActView, ListView, PowersViewSet, RowActView


def duties_in_words(order: InternalOrder) -> str:
    """Return the people whom the order names, with what they answer for."""
    return "; ".join(
        f"{row.person}: {Duty(row.duty).label}" + (f" ({row.extent})" if row.extent else "")
        for row in order.duties.all()
    )


class OrderIndexView(ListView):
    """Internal orders of the units that the person works for."""

    model = InternalOrder
    index_url_name = "kpum_orders:index"
    index_results_url_name = "kpum_orders:index_results"
    add_url_name = "kpum_orders:add"
    header_icon = "doc-full"
    add_item_label = gettext_lazy("Add an internal order")
    filterset_class = OrderFilterSet
    related = ("unit", "file", "issued_by")
    searched_people = ("issued_by",)
    searched_texts = ("number", "subject", "unit__name", "unit__code")
    default_ordering = "-issued_on"

    def get_columns(self) -> list[Any]:
        number: Any = self._get_title_column_class(TitleColumn)
        return [
            number("number", label=_("Number"), sort_key="number", get_url=self.get_edit_url),
            Column("unit", label=_("Unit"), accessor="unit.code", sort_key="unit__code"),
            Column(
                "issued_on",
                label=_("Issued on"),
                accessor=lambda row: wording.day_in_words(row.issued_on),
                sort_key="issued_on",
            ),
            Column("subject", label=_("Subject")),
            Column(
                "period",
                label=_("In force"),
                accessor=lambda row: (
                    f"{wording.day_in_words(row.valid_from)} – {wording.day_in_words(row.valid_to)}"
                ),
                sort_key="valid_from",
            ),
            Column("people", label=_("Whom it names"), accessor=duties_in_words),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        return super().get_base_queryset().prefetch_related("duties__person")

    def get_edit_url(self, instance: InternalOrder) -> str | None:
        """Return where the order is corrected, for who may."""
        if not self.user_has_permission_for_instance("change", instance):
            return None
        return reverse("kpum_orders:edit", args=[instance.pk])

    def get_list_more_buttons(self, instance: InternalOrder) -> list[Any]:
        """Return the ways to the signed order and to its correction."""
        buttons = []
        if instance.file:
            buttons.append(
                Button(_("Download"), url=instance.file.url, icon_name="download", priority=10)
            )
        if address := self.get_edit_url(instance):
            buttons.append(Button(_("Correct"), url=address, icon_name="edit", priority=20))
        return buttons


class _OrderFormView(ActView):
    """An order's facts and the people it names, stored by one action."""

    model = InternalOrder
    permission_required: Any = None
    page_title: Any = ""
    form_class = OrderForm
    template_name = "kpum/org/order.html"
    index_url_name = "kpum_orders:index"
    header_icon = "doc-full"

    def get_order(self) -> InternalOrder:
        return InternalOrder()

    @cached_property
    def order(self) -> InternalOrder:
        return self.get_order()

    @cached_property
    def duties(self) -> Any:
        """Return the rows of people, as sent or as stored."""
        stored = list(self.order.duties.select_related("person")) if self.order.pk else []
        people = {person.get_username(): person for person in staff()}
        people |= {row.person.get_username(): row.person for row in stored}
        initial = [
            {"person": row.person.get_username(), "duty": row.duty, "extent": row.extent}
            for row in stored
        ]
        return DutyFormSet(
            self.request.POST if self.request.method == "POST" else None,
            initial=initial,
            prefix="duties",
            form_kwargs={"people": people},
        )

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        return kwargs | {"issuer": self.request.user, "instance": self.order}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        people = self.duties.form_kwargs["people"]
        return context | {"duties": self.duties, "people": sorted(people.items())}

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form: Any = self.get_form()
        answers = (form.is_valid(), self.duties.is_valid())
        return self.form_valid(form) if all(answers) else self.form_invalid(form)

    def act(self, form: forms.ModelForm) -> str:
        named = [
            (row["person"], Duty(row["duty"]), row["extent"])
            for row in self.duties.cleaned_data
            if row and not row.get("DELETE")
        ]
        order = issue_order(order=form.instance, duties=named, issued_by=self.request.user)
        return _("The order %(order)s has been stored.") % {"order": order}

    def field_of(self, _error: KpumError, _form: Any) -> str:
        return "unit"


class IssueOrderView(_OrderFormView):
    permission_required = "add"
    page_title = gettext_lazy("Add an internal order")
    button = gettext_lazy("Store the order")


class CorrectOrderView(_OrderFormView, RowActView):
    permission_here = "change"
    page_title = gettext_lazy("Correct an internal order")
    button = gettext_lazy("Store the correction")

    def get_order(self) -> InternalOrder:
        return self.object


class OrderViewSet(PowersViewSet):
    """Addresses below ``orders/``."""

    name = "kpum_orders"
    url_prefix = "orders"
    model = InternalOrder
    icon = "doc-full"
    menu_label = gettext_lazy("Internal orders")
    menu_name = "kpum-orders"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", OrderIndexView.as_view(), name="index"),
            path("results/", OrderIndexView.as_view(results_only=True), name="index_results"),
            path("new/", IssueOrderView.as_view(), name="add"),
            path("edit/<int:pk>/", CorrectOrderView.as_view(), name="edit"),
        ]
