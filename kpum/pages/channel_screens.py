"""The channels' screens: what each takes, and the chief editor's form, which tells beforehand what would leave."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn

from kpum.audit.actions import subject_of
from kpum.audit.models import AuditEntry
from kpum.core.errors import KpumError
from kpum.org.viewsets.screens import ActView, ListView, PowersViewSet, RowActView
from kpum.org.wording import moment_in_words
from kpum.pages import channel_wording
from kpum.pages.channel_actions import add_channel, change_channel
from kpum.pages.channel_forms import ChannelForm, DemandFormSet
from kpum.pages.channel_models import PublicationChannel
from kpum.pages.channel_queries import Effect, effect_of
from kpum.pages.channel_rules import Rule

#: As many lines of its history as a person reads.
LINES = 20
_NAMES = ("type", "needs", "says")


class ChannelIndexView(ListView):
    """Every channel: its state, what it takes, who sends to it, who runs it."""

    model = PublicationChannel
    index_url_name = "kpum_channels:index"
    index_results_url_name = "kpum_channels:index_results"
    add_url_name = "kpum_channels:add"
    add_item_label: Any = gettext_lazy("Add a channel")
    page_title = gettext_lazy("Channels")
    header_icon = "globe"
    searched_texts = ("code", "name", "description", "contact")
    default_ordering = "pk"
    related = ("owner_unit",)

    def get_base_queryset(self) -> Any:
        return super().get_base_queryset().prefetch_related("accepted_units")

    def order_queryset(self, queryset: Any) -> Any:
        return queryset.order_by(str(self.ordering), "pk")

    def get_edit_url(self, instance: PublicationChannel) -> str | None:
        """Return where the rules are changed, for who may."""
        if not self.user_has_permission_for_instance("change", instance):
            return None
        return reverse("kpum_channels:edit", args=[instance.pk])

    def get_columns(self) -> list[Any]:
        name: Any = self._get_title_column_class(TitleColumn)
        words = channel_wording
        return [
            name("name", label=_("Channel"), sort_key="name", get_url=self.get_edit_url),
            Column("code", label=_("Code"), sort_key="code"),
            Column("state", label=_("State"), accessor=words.state_in_words),
            Column("takes", label=_("What it takes"), accessor=words.takes_in_words),
            Column(
                "roles",
                label=_("Who may send to it"),
                accessor=lambda row: words.roles_in_words(row.sending_roles),
            ),
            Column(
                "office",
                label=_("Run by"),
                accessor=lambda row: ", ".join(
                    filter(None, [row.owner_unit and row.owner_unit.code, row.contact])
                ),
            ),
        ]

    def get_list_more_buttons(self, _instance: PublicationChannel) -> list[Any]:
        """Return none: the name itself leads to the form."""
        return []


class _ChannelFormView(ActView):
    """A channel's rules with its demands, stored by one action."""

    model = PublicationChannel
    page_title: Any = ""
    form_class = ChannelForm
    template_name = "kpum/pages/channel.html"
    index_url_name = "kpum_channels:index"
    header_icon = "globe"
    button = gettext_lazy("Store the rules")
    permission_required: Any = None
    effect: Effect | None = None

    @property
    def channel(self) -> PublicationChannel:
        return PublicationChannel()

    @cached_property
    def demands(self) -> Any:
        """Return the rows of demands, as sent or as stored."""
        sent = self.request.POST if self.request.method == "POST" else None
        return DemandFormSet(sent, initial=self.channel.demands, prefix="demands")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.channel}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"demands": self.demands, "effect": self.effect, "acts": self.get_acts()}

    def get_acts(self) -> list[AuditEntry]:
        """Return the latest acts upon the channel."""
        return []

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        form: Any = self.get_form()
        answers = (form.is_valid(), self.demands.is_valid())
        if not all(answers):
            return self.form_invalid(form)
        return self.warn(form) or self.form_valid(form)

    def warn(self, _form: Any) -> HttpResponse | None:
        """Return the form with what would happen, when the person has not read that yet."""
        return None

    def facts(self, form: forms.ModelForm) -> dict[str, Any]:
        """Return the fields as the action takes them."""
        rows = [
            {name: row[name] for name in _NAMES}
            for row in self.demands.cleaned_data
            if row and row["needs"] and not row.get("DELETE")
        ]
        return {**form.cleaned_data, "demands": rows}


class AddChannelView(_ChannelFormView):
    permission_required = "add"
    page_title = gettext_lazy("Add a channel")

    def act(self, form: forms.ModelForm) -> str:
        facts = self.facts(form)
        channel = add_channel(code=facts.pop("code"), facts=facts, actor=self.request.user)
        return _("The channel “%(name)s” has been added.") % {"name": channel.name}


class ChangeChannelView(_ChannelFormView, RowActView):
    permission_here = "change"
    page_title = gettext_lazy("Rules of a channel")

    @property
    def channel(self) -> PublicationChannel:
        return self.object

    def get_facts(self) -> list[tuple[Any, Any]]:
        stored = PublicationChannel.objects.get(pk=self.object.pk)
        return [
            (_("Code"), stored.code),
            (_("State"), channel_wording.state_in_words(stored)),
            (_("Since"), moment_in_words(stored.since) if stored.since else _("the beginning")),
        ]

    def get_acts(self) -> list[AuditEntry]:
        return list(AuditEntry.objects.about(subject_of(self.object)).reverse()[:LINES])

    def warn(self, form: Any) -> HttpResponse | None:
        facts = form.cleaned_data
        wanted = Rule.of(
            self.object.code,
            is_active=facts["is_active"],
            types=facts["accepted_types"],
            unit_paths=[unit.path for unit in facts["accepted_units"]],
        )
        self.effect = effect_of(wanted)
        if not self.effect.leaving or self.request.POST.get("seen") == str(self.effect.leaving):
            return None
        messages.warning(self.request, _("Nothing has been stored yet: read what would leave."))
        return self.render_to_response(self.get_context_data(form=form))

    def act(self, form: forms.ModelForm) -> str:
        channel = change_channel(
            code=self.object.code, changes=self.facts(form), actor=self.request.user
        )
        told = _("The rules of “%(name)s” have been stored.") % {"name": channel.name}
        leaving = self.effect.leaving if self.effect else 0
        return f"{told} " + (
            ngettext("%(count)s page leaves it.", "%(count)s pages leave it.", leaving)
            % {"count": leaving}
            if leaving
            else _("No page leaves it.")
        )

    def field_of(self, _error: KpumError, _form: Any) -> str | None:
        return None


class ChannelViewSet(PowersViewSet):
    """Addresses below ``channels/``."""

    name = "kpum_channels"
    url_prefix = "channels"
    model = PublicationChannel
    icon = "globe"
    menu_label = gettext_lazy("Channels")
    add_to_admin_menu = True
    menu_name = "kpum-channels"
    menu_order: Any = 710

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", ChannelIndexView.as_view(), name="index"),
            path("results/", ChannelIndexView.as_view(results_only=True), name="index_results"),
            path("new/", AddChannelView.as_view(), name="add"),
            path("edit/<int:pk>/", ChangeChannelView.as_view(), name="edit"),
        ]
