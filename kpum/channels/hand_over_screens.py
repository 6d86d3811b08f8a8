"""The hand-over queue on the screen, and the form of an editor whose portal has no client (P-17, A.6)."""

from typing import Any

import django_filters
from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from kpum.channels import hand_over
from kpum.channels.models import PublishedDocument, Receipt
from kpum.channels.receipt_models import ReceiptState
from kpum.channels.receipts import Answer, answer_by_hand
from kpum.core.errors import KpumError
from kpum.org import queries as org
from kpum.org.viewsets.screens import ListView, PowersViewSet, RowActView
from kpum.org.wording import moment_in_words

LINES = 20


def _channels(request: HttpRequest | None) -> list[tuple[str, str]]:
    powers = org.powers_in_request(request.user) if request else []
    return list(hand_over.channels_handed_over(powers).items())


class QueueFilterSet(WagtailFilterSet):
    channel = django_filters.ChoiceFilter(
        label=gettext_lazy("Channel"), choices=[], empty_label=None, method="as_it_is"
    )
    standing = django_filters.ChoiceFilter(
        label=gettext_lazy("How it stands"),
        choices=hand_over.standings,
        empty_label=gettext_lazy("All"),
        method="of_standing",
    )

    class Meta:
        model = PublishedDocument
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["channel"].extra["choices"] = _channels(kwargs.get("request"))

    def as_it_is(self, rows: Any, _name: str, _code: str) -> Any:
        """Leave the rows alone: the list is of one channel from the beginning."""
        return rows

    def of_standing(self, rows: Any, _name: str, standing: str) -> Any:
        return rows.filter(standing=standing)


class AddressColumn(Column):
    """Where it is published there."""

    cell_template_name = "kpum/channels/address_cell.html"


class QueueView(ListView):
    """What one channel was given, what waits, and what came back; one query for the rows."""

    http_method_names = ["get", "head", "options"]
    model = PublishedDocument
    index_url_name = "kpum_hand_over:index"
    index_results_url_name = "kpum_hand_over:index_results"
    page_title = gettext_lazy("Handed over to other portals")
    header_icon = "upload"
    filterset_class = QueueFilterSet
    searched_texts = ("title",)
    default_ordering = "-changed_at"

    @cached_property
    def chosen(self) -> str:
        """Return the channel that was asked for, or the first that the person sees."""
        codes = [code for code, _name in _channels(self.request)]
        asked = self.request.GET.get("channel", "")
        return asked if asked in codes else (codes or [""])[0]

    @property
    def filter_defaults(self) -> dict[str, str]:  # type: ignore[override]
        return {"channel": self.chosen}

    def get_page_subtitle(self) -> str:
        return dict(_channels(self.request)).get(self.chosen, "")

    def get_base_queryset(self) -> Any:
        return hand_over.queue_of(org.powers_in_request(self.request.user), self.chosen)

    def order_queryset(self, queryset: Any) -> Any:
        return queryset.order_by(str(self.ordering), "pk")

    def get_edit_url(self, instance: Any) -> str | None:
        """Return where the document is looked at and answered."""
        return reverse("kpum_hand_over:edit", args=[instance.pk])

    def get_columns(self) -> list[Any]:
        title: Any = self._get_title_column_class(TitleColumn)
        names = dict(hand_over.standings())
        return [
            title(
                "title",
                label=_("Page"),
                accessor=lambda row: row.title or str(row.document_id),
                sort_key="title",
                get_url=self.get_edit_url,
            ),
            Column("owner_code", label=_("Unit"), sort_key="owner_code"),
            Column(
                "changed_at",
                label=_("Handed over"),
                accessor=lambda row: moment_in_words(row.changed_at),
                sort_key="changed_at",
            ),
            Column("sequence", label=_("Version"), sort_key="sequence"),
            Column(
                "standing",
                label=_("How it stands"),
                accessor=lambda row: names.get(row.standing, row.standing),
            ),
            Column(
                "answered_at",
                label=_("Answered"),
                accessor=lambda row: moment_in_words(row.answered_at) if row.answered_at else "–",
            ),
            Column("told", label=_("Message")),
            AddressColumn("address", label=_("Address there")),
        ]

    def get_list_more_buttons(self, _instance: Any) -> list[Any]:
        """Return none: the title leads to the document."""
        return []


class AnswerForm(forms.Form):
    """What was done with the version that is shown."""

    etag = forms.CharField(widget=forms.HiddenInput)
    state = forms.ChoiceField(
        label=gettext_lazy("Answer"), choices=ReceiptState.choices, widget=forms.RadioSelect
    )
    external_id = forms.CharField(
        label=gettext_lazy("Identifier there"), max_length=200, required=False
    )
    external_url = forms.CharField(
        label=gettext_lazy("Address there"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Needed when it is published."),
    )
    message = forms.CharField(
        label=gettext_lazy("Message to the unit"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Needed when you return it."),
    )


class AnswerView(RowActView):
    """One document of the queue with its answers; its channel's editors answer here."""

    model = PublishedDocument
    # Whoever sees the queue reads; the action refuses who is none of the channel's editors.
    permission_here = "see"
    form_class = AnswerForm
    template_name = "kpum/channels/answer.html"
    index_url_name = "kpum_hand_over:index"
    page_title = gettext_lazy("Handed over")
    header_icon = "upload"
    button = gettext_lazy("Store the answer")

    def get_object(self) -> Any:
        row = get_object_or_404(PublishedDocument, pk=self.kwargs["pk"])
        powers = org.powers_in_request(self.request.user)
        if row.channel not in hand_over.channels_handed_over(powers):
            return get_object_or_404(PublishedDocument.objects.none())
        return get_object_or_404(hand_over.queue_of(powers, row.channel), pk=row.pk)

    @cached_property
    def may_answer(self) -> bool:
        return bool(self.user_has_permission_for_instance("answer", self.object))

    def get_initial(self) -> dict[str, Any]:
        return {"etag": self.object.etag}

    def get_facts(self) -> list[tuple[Any, Any]]:
        row = self.object
        names = dict(hand_over.standings())
        return [
            (_("Page"), row.title or row.document_id),
            (_("Unit"), row.owner_code or "–"),
            (_("Channel"), dict(_channels(self.request))[row.channel]),
            (_("Handed over"), moment_in_words(row.changed_at)),
            (_("Version"), row.sequence),
            (_("How it stands"), names.get(row.standing, row.standing)),
        ]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        home, _documents, here = super().get_breadcrumbs_items()
        queue = {"url": reverse(self.index_url_name), "label": QueueView.page_title}
        return [home, queue, here]

    def get_success_url(self) -> str:
        return f"{reverse(self.index_url_name)}?channel={self.object.channel}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.object
        given = Receipt.objects.all().of(row.channel, row.document_id, row.locale)[:LINES]
        notes = [(receipt, hand_over.in_words(receipt)) for receipt in given]
        # What has left the channel has no version that could be answered.
        may_answer = self.may_answer and not row.is_gone
        return super().get_context_data(**kwargs) | {"notes": notes, "may_answer": may_answer}

    def act(self, form: forms.Form) -> str:
        said = form.cleaned_data
        answer_by_hand(
            channel=self.object.channel,
            document_id=self.object.document_id,
            locale=self.object.locale,
            answer=Answer(**said | {"state": ReceiptState(said["state"])}),
            actor=self.request.user,
        )
        return _("The answer has been stored.")

    def field_of(self, _error: KpumError, _form: Any) -> str | None:
        return None


class HandOverViewSet(PowersViewSet):
    """Addresses below ``hand-over/``."""

    name = "kpum_hand_over"
    url_prefix = "hand-over"
    model = PublishedDocument
    icon = "upload"
    menu_label = gettext_lazy("Handed over")
    add_to_admin_menu = True
    menu_name = "kpum-hand-over"
    menu_order: Any = 720

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", QueueView.as_view(), name="index"),
            path("results/", QueueView.as_view(results_only=True), name="index_results"),
            path("document/<int:pk>/", AnswerView.as_view(), name="edit"),
        ]
