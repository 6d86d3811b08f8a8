"""The screens of interfaces: the register with its exports, and each act upon one interface."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import PermissionCheckedMixin
from wagtail.admin.widgets.button import Button
from wagtail.permissions import policy_registry

from kpum.core import clock
from kpum.design.spreadsheets import ExportColumn, SafeSpreadsheetMixin
from kpum.integrations import actions, exports, powers, queries, terms
from kpum.integrations.enums import InterfaceState, Verdict
from kpum.integrations.errors import AgreementsWouldLapse
from kpum.integrations.filters import InterfaceFilterSet
from kpum.integrations.forms import DecisionForm, InterfaceForm, MoveForm
from kpum.integrations.models import DataInterface
from kpum.integrations.viewsets.page import InterfacePageView
from kpum.org import queries as org
from kpum.org import wording
from kpum.org.viewsets.screens import ActView, ListView, PowersViewSet, RowActView

RELATED = ("system", "owner_unit")


def channels_in_words(row: DataInterface) -> str:
    """Return the names of the interface's channels."""
    return terms.value_in_words(row, "channels")


def _text(name: str, heading: Any) -> ExportColumn:
    return ExportColumn(name, heading, lambda row: terms.value_in_words(row, name))


class InterfaceIndexView(SafeSpreadsheetMixin, ListView):
    """The register, as far as the person sees it."""

    model = DataInterface
    index_url_name = "kpum_interfaces:index"
    index_results_url_name = "kpum_interfaces:index_results"
    add_url_name = "kpum_interfaces:add"
    add_item_label = gettext_lazy("Propose an interface")
    page_title: Any = gettext_lazy("Interface register")
    header_icon = "link"
    filterset_class = InterfaceFilterSet
    searched_texts = ("code", "name", "data_scope", "system__name", "owner_unit__name")
    default_ordering = "code"
    export_filename = "interface-register"
    export_columns = (
        ExportColumn("code", gettext_lazy("Code"), lambda row: row.code),
        ExportColumn("name", gettext_lazy("Name"), lambda row: row.name),
        _text("direction", gettext_lazy("Direction")),
        _text("system", gettext_lazy("Outside system")),
        _text("owner_unit", gettext_lazy("Owner unit")),
        _text("data_scope", gettext_lazy("Scope of the data")),
        _text("protocol", gettext_lazy("Protocol")),
        _text("personal_data", gettext_lazy("Personal data")),
        _text("legal_ground", gettext_lazy("Legal ground of the personal data")),
        _text("service_level", gettext_lazy("Service level")),
        _text("technical_contact", gettext_lazy("Technical contact")),
        _text("business_contact", gettext_lazy("Business contact")),
        ExportColumn("channels", gettext_lazy("Channels"), channels_in_words),
        ExportColumn("state", gettext_lazy("State"), lambda row: row.get_state_display()),
        ExportColumn("state_code", gettext_lazy("State's code"), lambda row: row.state),
        ExportColumn(
            "state_since", gettext_lazy("In this state since"), lambda row: row.state_since
        ),
        ExportColumn(
            "state_reason", gettext_lazy("Reason of the state"), lambda row: row.state_reason
        ),
        ExportColumn("version", gettext_lazy("Version of the terms"), lambda row: row.version),
        ExportColumn("agreements", gettext_lazy("Agreements"), exports.agreements_in_words),
        ExportColumn(
            "clients",
            gettext_lazy("API clients"),
            lambda row: "; ".join(str(client) for client in row.clients.all()),
        ),
        _text("notes", gettext_lazy("Notes")),
    )

    def may_export(self) -> bool:
        return bool(self.user_has_permission("export"))

    def get_base_queryset(self) -> QuerySet[Any]:
        return queries.register_rows(super().get_base_queryset())

    def get_columns(self) -> list[Any]:
        name: Any = self._get_title_column_class(TitleColumn)
        return [
            name("name", label=_("Interface"), sort_key="name", get_url=address_of, width="25%"),
            Column("code", label=_("Code"), sort_key="code"),
            Column("system", label=_("Outside system"), sort_key="system__name"),
            Column("direction", label=_("Direction"), accessor="get_direction_display"),
            Column("unit", label=_("Owner unit"), accessor="owner_unit.code"),
            Column("channels", label=_("Channels"), accessor=lambda row: ", ".join(row.channels)),
            Column("personal_data", label=_("Personal data"), accessor=_personal_data),
            StatusTagColumn(
                "state",
                label=_("State"),
                accessor="get_state_display",
                primary=lambda row: row.standing is InterfaceState.LIVE,
                sort_key="state",
            ),
        ]

    @cached_property
    def header_more_buttons(self) -> list[Any]:  # type: ignore[override]
        buttons = list(super().header_more_buttons)
        if self.may_export():
            address = reverse("kpum_interfaces:export")
            buttons.append(
                Button(_("Download JSON"), url=address, icon_name="download", priority=95)
            )
        return buttons

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.order_by(str(self.ordering), "pk")

    def get_list_more_buttons(self, _instance: DataInterface) -> list[Any]:
        """Return none: the name itself leads to the interface, and the acts are there."""
        return []


def _personal_data(row: DataInterface) -> str:
    return terms.value_in_words(row, "personal_data")


def address_of(row: DataInterface) -> str:
    """Return the address of the interface's own page."""
    return reverse("kpum_interfaces:page", args=[row.pk])


class ExportView(PermissionCheckedMixin, View):
    """The whole register as JSON, in the shape of I-06."""

    http_method_names = ["get", "head", "options"]
    permission_required: Any = "export"
    permission_policy: Any = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.permission_policy = policy_registry.get_by_type(DataInterface)

    def get(self, _request: HttpRequest) -> HttpResponse:
        rows = queries.register_rows(DataInterface.objects.order_by("code"))
        data = exports.register_as_data(rows, clock.now())
        answer = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
        answer["Content-Disposition"] = 'attachment; filename="interface-register.json"'
        return answer


class ProposeView(ActView):
    """Propose an interface: a head for his unit, the registrar for any."""

    model = DataInterface
    permission_required: Any = "add"
    form_class = InterfaceForm
    index_url_name = "kpum_interfaces:index"
    page_title: Any = gettext_lazy("Propose an interface")
    header_icon = "link"
    button = gettext_lazy("Propose the interface")
    stored: DataInterface | None = None

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "writer": self.request.user,
            "instance": DataInterface(),
        }

    def get_facts(self) -> list[tuple[Any, Any]]:
        told = _(
            "The registrar of interfaces takes it to consultation; then the chief editor and the"
            " service portfolio manager agree or refuse."
        )
        return [(_("What comes next"), told)]

    def act(self, form: Any) -> str:
        self.stored = actions.propose_interface(interface=form.instance, actor=self.request.user)
        return _("%(interface)s: proposed.") % {"interface": self.stored}

    def field_of(self, _error: Any, _form: Any) -> str:
        return "owner_unit"

    def get_success_url(self) -> str:
        return address_of(self.stored) if self.stored else super().get_success_url()


class InterfaceActView(RowActView):
    """An act upon one interface, which leads back to its page."""

    model = DataInterface
    index_url_name = "kpum_interfaces:index"
    header_icon = "link"

    def get_rows(self) -> QuerySet[Any]:
        return super().get_rows().select_related(*RELATED)

    def get_success_url(self) -> str:
        return address_of(self.object)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        *above, here = super().get_breadcrumbs_items()
        return [*above, {"url": address_of(self.object), "label": self.object.code}, here]


class ChangeView(InterfaceActView):
    """Change an interface; what takes it back to consultation is asked about first."""

    permission_here = "change"
    form_class = InterfaceForm
    page_title: Any = gettext_lazy("Change an interface")
    button = gettext_lazy("Store the changes")

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs() | {"writer": self.request.user, "instance": self.object}
        return kwargs | {"asks_to_lapse": "may_lapse" in self.request.POST}

    def get_facts(self) -> list[tuple[Any, Any]]:
        facts: list[tuple[Any, Any]] = [(_("State"), self.object.get_state_display())]
        if actions.goes_back(self.object.standing):
            names = ", ".join(terms.label_of(name) for name in terms.TERMS)
            told = _("A change of these takes it back to consultation: %(names)s.")
            facts.append((_("Note"), told % {"names": names}))
        return facts

    def act(self, form: Any) -> str:
        try:
            row = actions.change_interface(
                interface=self.object,
                actor=self.request.user,
                changes=form.changes(),
                may_lapse=bool(form.cleaned_data.get("may_lapse")),
            )
        except AgreementsWouldLapse:
            form.ask_to_lapse()
            raise
        return _("%(interface)s: the changes have been stored.") % {"interface": row}

    def field_of(self, error: Any, _form: Any) -> str | None:
        return "may_lapse" if isinstance(error, AgreementsWouldLapse) else None


_TITLES = {
    InterfaceState.CONSULTED: gettext_lazy("Take to consultation"),
    InterfaceState.LIVE: gettext_lazy("Put to work"),
    InterfaceState.SUSPENDED: gettext_lazy("Suspend"),
    InterfaceState.RETIRED: gettext_lazy("Retire"),
}
_WHAT_HAPPENS = {
    InterfaceState.CONSULTED: gettext_lazy(
        "The chief editor and the service portfolio manager are asked to agree."
    ),
    InterfaceState.LIVE: gettext_lazy("The keys of its clients work from this second."),
    InterfaceState.SUSPENDED: gettext_lazy(
        "The keys of its clients are refused from this second, until it is put to work again."
    ),
    InterfaceState.RETIRED: gettext_lazy(
        "The keys of its clients are refused for good; it stays in the register."
    ),
}


class MoveView(InterfaceActView):
    """Bring an interface into another state."""

    permission_here = "move"
    form_class = MoveForm
    to: InterfaceState = InterfaceState.CONSULTED

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.page_title = self.button = _TITLES[self.to]
        self.danger = self.to in actions.NEEDS_REASON

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"to": self.to}

    def get_facts(self) -> list[tuple[Any, Any]]:
        return [
            (_("Interface"), self.object),
            (_("State now"), self.object.get_state_display()),
            (_("What happens"), _WHAT_HAPPENS[self.to]),
        ]

    def act(self, form: forms.Form) -> str:
        row = actions.move_interface(
            interface=self.object,
            to=self.to,
            actor=self.request.user,
            reason=form.cleaned_data["reason"],
        )
        told = {"interface": row, "state": row.get_state_display()}
        return _("%(interface)s is now: %(state)s.") % told


class DecideView(InterfaceActView):
    """Agree to the terms as they stand, or refuse."""

    permission_here = "decide"
    form_class = DecisionForm
    page_title: Any = gettext_lazy("Agree or refuse")
    button = gettext_lazy("Store the decision")

    @cached_property
    def sides(self) -> list[Any]:
        """The sides that are the person's and have not agreed yet."""
        missing = queries.sides_missing(self.object)
        mine = powers.sides_of(org.powers_in_request(self.request.user))
        return [side for side in mine if side in missing]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.sides:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs() | {"person": self.request.user, "sides": self.sides}
        return kwargs | {"initial": {"version": self.object.version}}

    def get_facts(self) -> list[tuple[Any, Any]]:
        row = self.object
        facts = [(terms.label_of(name), terms.value_in_words(row, name)) for name in terms.TERMS]
        since = wording.moment_in_words(row.state_since)
        waits = (_("Under consultation since"), since)
        return [(_("Interface"), row), *facts, (_("Notes"), row.notes or "–"), waits]

    def act(self, form: forms.Form) -> str:
        given = form.cleaned_data
        args = {
            "interface": self.object,
            "side": given["side"],
            "actor": self.request.user,
            "version": given["version"],
        }
        if given["verdict"] == Verdict.AGREED:
            actions.agree_to_interface(**args, comment=given["comment"])
            return _("%(interface)s: your agreement has been stored.") % {"interface": self.object}
        actions.refuse_interface(**args, reason=given["comment"])
        return _("%(interface)s: your refusal has been stored.") % {"interface": self.object}


class InterfaceViewSet(PowersViewSet):
    """Addresses below ``interfaces/``."""

    name = "kpum_interfaces"
    url_prefix = "interfaces"
    model = DataInterface
    icon = "link"
    menu_label = gettext_lazy("Interface register")
    menu_name = "kpum-interfaces"

    def get_urlpatterns(self) -> list[URLPattern]:
        moves = {
            "consult": InterfaceState.CONSULTED,
            "live": InterfaceState.LIVE,
            "suspend": InterfaceState.SUSPENDED,
            "retire": InterfaceState.RETIRED,
        }
        return [
            path("", InterfaceIndexView.as_view(), name="index"),
            path("results/", InterfaceIndexView.as_view(results_only=True), name="index_results"),
            path("register.json", ExportView.as_view(), name="export"),
            path("new/", ProposeView.as_view(), name="add"),
            path("<int:pk>/", InterfacePageView.as_view(), name="page"),
            path("<int:pk>/change/", ChangeView.as_view(), name="change"),
            path("<int:pk>/decide/", DecideView.as_view(), name="decide"),
            *(
                path(f"<int:pk>/{name}/", MoveView.as_view(to=to), name=name)
                for name, to in moves.items()
            ),
        ]
