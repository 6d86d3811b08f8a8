"""The publishing regulation: for citizens to read, for units to accept, for auditors to check."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from kpum.core import clock
from kpum.core.errors import Refused
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.models import Unit
from kpum.org.powers import Place, reach_of
from workflows import regulations
from workflows.regulation_forms import AcceptanceForm
from workflows.regulation_models import PublishingRegulation, RegulationAcceptance


def public_regulation(request: HttpRequest) -> HttpResponse:
    """Show citizens the version in force (K-09).

    Raises:
        Http404: none is in force.
    """
    regulation = regulations.in_force().first()
    if regulation is None:
        raise Http404
    return render(request, "kpum/workflows/regulation.html", {"regulation": regulation})


@dataclass(frozen=True)
class Admission:
    """Whether a unit is admitted to publish."""

    unit: Unit
    acceptance: RegulationAcceptance | None


class RegulationView(WagtailAdminTemplateMixin, TemplateView):
    """The version in force, the units that accepted it, and the form to do so."""

    template_name = "kpum/workflows/regulation_admin.html"
    page_title: Any = gettext_lazy("Publishing regulation")
    header_icon = "doc-full-inverse"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        facts = form.cleaned_data
        try:
            regulations.accept_regulation(
                unit=facts["unit"],
                regulation=facts["regulation"],
                person=request.user,
                function=facts["function"],
            )
        except (Refused, ValidationError) as error:
            lines = error.messages if isinstance(error, ValidationError) else [str(error)]
            messages.error(request, " ".join(lines))
        else:
            messages.success(
                request,
                _("%(unit)s has accepted the publishing regulation.") % {"unit": facts["unit"]},
            )
        return redirect("kpum_regulation_admin")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.request.user
        regulation = regulations.in_force().first()
        form = kwargs.get("form") or self._form(None, regulation)
        return context | {
            "regulation": regulation,
            "form": form,
            "represents": _entities_in_reach(user, Right.ACCEPT_REGULATION).exists(),
            "admissions": _admissions(user),
        }

    def _form(self, data: Any, regulation: PublishingRegulation | None = None) -> AcceptanceForm:
        return AcceptanceForm(
            data,
            units=_entities_in_reach(self.request.user, Right.ACCEPT_REGULATION),
            regulations=regulations.in_force(),
            initial={"regulation": regulation},
        )


def statement(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an acceptance as a file, with its digest (K-11).

    Raises:
        Http404: there is none.
        PermissionDenied: the person neither represents the unit nor oversees.
    """
    acceptance = get_object_or_404(RegulationAcceptance.objects.select_related("unit"), pk=pk)
    place = Place.of_unit(acceptance.unit)
    if not org.may(request.user, place, Right.ACCEPT_REGULATION, Right.OVERSEE, Right.APPOINT):
        raise PermissionDenied
    text = f"{acceptance.statement}\n\nSHA-256: {acceptance.digest}\n"
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="akceptacja-{acceptance.pk}.txt"'},
    )


def _entities_in_reach(user: Any, *rights: Right) -> QuerySet[Any]:
    """Return the open units that must accept and that the person's rights reach."""
    reach = reach_of(org.powers_in_request(user), rights)
    units = Unit.objects.open_on(clock.today()).filter(kind__in=regulations.ADMITTED_BY_ACCEPTANCE)
    return units.filter(org.units_in_reach(reach)) if reach else units.none()


def _admissions(user: Any) -> list[Admission]:
    """Return the units the person may know of, each with its acceptance; two queries."""
    units = _entities_in_reach(user, Right.ACCEPT_REGULATION, Right.OVERSEE, Right.VIEW)
    rows = RegulationAcceptance.objects.filter(
        Q(unit__in=units.order_by()), regulation__in=regulations.in_force()
    )
    latest = {
        row.unit_id: row for row in rows.select_related("person", "regulation").order_by("pk")
    }
    return [Admission(unit, latest.get(unit.pk)) for unit in units]
