"""An interface's own page: where it stands and what comes next, who agreed, who uses it, its history."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.permissions import policy_registry

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.integrations import powers, queries, registry, terms
from kpum.integrations.enums import MOVES, InterfaceState, Side
from kpum.integrations.models import ApiClient, DataInterface
from kpum.org import queries as org

_DAYS = 30
_HISTORY = 100


@dataclass(frozen=True)
class Act:
    """A button: where it leads, what it says, and whether it takes something away."""

    url: str
    label: str
    is_danger: bool = False


class InterfacePageView(WagtailAdminTemplateMixin, TemplateView):
    """Everything about one interface, for whoever may see it."""

    http_method_names = ["get", "head", "options"]
    template_name = "kpum/integrations/interface.html"
    header_icon = "link"
    page_title: Any = gettext_lazy("Interface")
    row: DataInterface

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.policy: Any = policy_registry.get_by_type(DataInterface)
        seen = self.policy.instances_user_has_any_permission_for(request.user, ["view"])
        self.row = get_object_or_404(queries.register_rows(seen), pk=kwargs["pk"])

    def get_page_subtitle(self) -> str:
        return str(self.row)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse("kpum_interfaces:index"), "label": _("Interface register")}
        return [*self.breadcrumbs_items, index, {"url": "", "label": self.row.name}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, now = self.row, clock.now()
        days = queries.last_days(clock.today(), _DAYS)
        clients = queries.figures(
            ApiClient.objects.filter(interface=row).prefetch_related("keys"),
            days,
            registry.heads(),
            now,
        )
        keeps = self._may("add_client")
        return super().get_context_data(**kwargs) | {
            "row": row,
            "is_live": row.standing is InterfaceState.LIVE,
            "facts": [
                (terms.label_of(name), terms.value_in_words(row, name))
                for name in (*terms.TERMS, *terms.FACTS)
            ],
            "next": self._what_comes_next(),
            "acts": self._acts(),
            "clients": [(one, _keys(one.client, now)) for one in clients],
            "keeps": keeps,
            "issues": keeps and row.standing.takes_keys,
            "history": _history(row),
        }

    def _may(self, act: str) -> bool:
        return bool(self.policy.user_has_permission_for_instance(self.request.user, act, self.row))

    def _acts(self) -> list[Act]:
        acts = []
        if self._may("decide") and self._sides_to_decide():
            acts.append(Act(self._to("decide"), _("Agree or refuse")))
        if self._may("change"):
            acts.append(Act(self._to("change"), _("Change the interface")))
        if self._may("move"):
            acts += self._moves()
        return acts

    def _sides_to_decide(self) -> list[Side]:
        mine = powers.sides_of(org.powers_in_request(self.request.user))
        return [side for side in mine if side in self._missing_sides()]

    def _moves(self) -> list[Act]:
        state = self.row.standing
        resumes = state is InterfaceState.SUSPENDED
        words = (
            ("consult", InterfaceState.CONSULTED, _("Take to consultation"), False),
            ("live", InterfaceState.LIVE, _("Resume") if resumes else _("Put to work"), False),
            ("suspend", InterfaceState.SUSPENDED, _("Suspend"), True),
            ("retire", InterfaceState.RETIRED, _("Retire"), True),
        )
        return [
            Act(self._to(name), label, is_danger)
            for name, to, label, is_danger in words
            if state in MOVES[to]
        ]

    def _to(self, name: str) -> str:
        return reverse(f"kpum_interfaces:{name}", args=[self.row.pk])

    def _missing_sides(self) -> list[Side]:
        row = self.row
        given = {
            one.side
            for one in row.agreements.all()
            if one.verdict == "agreed" and one.lapsed_at is None and one.version == row.version
        }
        return [side for side in Side if side.value not in given]

    def _what_comes_next(self) -> str:
        match self.row.standing:
            case InterfaceState.PROPOSED:
                return self._before_consultation()
            case InterfaceState.CONSULTED:
                sides = [str(side.label) for side in self._missing_sides()]
                told = _("It waits for the agreement of: %(sides)s.")
                return told % {"sides": get_text_list(sides, _("and"))}
            case InterfaceState.AGREED:
                return _("Both sides have agreed: the registrar of interfaces puts it to work.")
            case InterfaceState.LIVE:
                return _("It is at work: the keys of its clients open what they were given for.")
            case InterfaceState.SUSPENDED:
                return _(
                    "It stands still: the keys of its clients are refused until it is resumed."
                )
            case InterfaceState.RETIRED:
                return _("It has ended: keys are refused, and nothing is changed any more.")

    def _before_consultation(self) -> str:
        missing = terms.missing_for(self.row, InterfaceState.CONSULTED)
        if not missing:
            return _("It is complete: the registrar of interfaces takes it to consultation.")
        names = get_text_list([terms.label_of(name) for name in missing], _("and"))
        return _("Before consultation, fill in: %(fields)s.") % {"fields": names}


def _keys(client: ApiClient, now: Any) -> list[tuple[Any, str, bool]]:
    """Return each key with its state in words, and whether it holds."""
    return [(key, _state_of(key, now), key.works_at(now)) for key in client.keys.all()]


def _state_of(key: Any, now: Any) -> str:
    if key.revoked_at is not None:
        return _("revoked")
    return _("in force") if key.works_at(now) else _("expired")


def _history(row: DataInterface) -> list[AuditEntry]:
    """Return the newest acts on the interface, its clients and their keys; one query."""
    subjects = [f"datainterface:{row.pk}"]
    for client in row.clients.all():
        subjects.append(f"apiclient:{client.pk}")
        subjects += [f"apikey:{key.pk}" for key in client.keys.all()]
    return list(AuditEntry.objects.filter(subject__in=subjects).order_by("-pk")[:_HISTORY])
