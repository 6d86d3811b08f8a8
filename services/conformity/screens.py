"""What the rules say of one card's latest text, for whoever sees it; and the dialogue that waives one (K-16)."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.pages import formal
from kpum.pages.queries import place_of
from kpum.pages.views import DoorDialogue
from services.conformity.examiner import examine_card, label_of
from services.conformity.rules import rule_of
from services.conformity.waivers import grant_waiver
from services.models import ServiceCardPage, Waiver


def may_look(page: Any, user: Any) -> bool:
    """Return whether the person sees drafts of this card."""
    if user.is_superuser:
        return True
    place = place_of(page)
    return place is not None and org.may(user, place, Right.VIEW)


def may_waive(page: Any, user: Any) -> bool:
    """Return whether the person may let this card go without a rule."""
    place = place_of(page)
    return place is not None and org.may(user, place, Right.WAIVE_RULE)


class ConformityView(WagtailAdminTemplateMixin, TemplateView):
    """What bars a card's latest text, rule by rule, and what has been waived."""

    template_name = "kpum/services/conformity.html"
    page_title: Any = _("Conformity")
    header_icon = "clipboard-list"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.page: Any = get_object_or_404(ServiceCardPage, pk=kwargs["page_id"])
        if not may_look(self.page, request.user):
            raise PermissionDenied

    @cached_property
    def draft(self) -> Any:
        """The latest text, which the next submission would send on its way."""
        return self.page.get_latest_revision_as_object()

    def get_page_subtitle(self) -> str:
        """Return the card's title."""
        return str(self.draft.title)

    def get_breadcrumbs_items(self) -> list[Any]:
        """Return the way here: the dashboard, the card, this screen."""
        card = {
            "url": reverse("wagtailadmin_pages:edit", args=[self.page.pk]),
            "label": self.get_page_subtitle(),
        }
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*super().get_breadcrumbs_items(), card, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the findings; the number of queries does not depend on what is found."""
        missing = formal.examine(self.draft).errors
        return super().get_context_data(**kwargs) | {
            "object": self.page,
            "missing": [
                (_label(self.draft, name), message)
                for name, messages in missing.items()
                for message in messages
            ],
            "rules": examine_card(self.draft),
            "may_waive": may_waive(self.page, self.request.user),
            "waivers": Waiver.objects.filter(page=self.page).select_related("granted_by"),
        }


def _label(card: ServiceCardPage, name: str) -> str:
    known = {field.name for field in card._meta.get_fields()}
    return label_of(name) if name in known else ""


class WaiverForm(forms.Form):
    """Why a card may go without a rule, and until when."""

    reason = forms.CharField(
        label=_("Why the card may go without the rule"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
    )
    valid_to = forms.DateField(
        label=_("Last day of the waiver"), widget=forms.DateInput({"type": "date"})
    )


class WaiveView(DoorDialogue):
    """Let a card go without one hard rule for a time."""

    form_class = WaiverForm
    heading = _("Waive a rule")
    question = _("May “%(title)s” be approved without meeting the rule “%(rule)s”?")
    done = _("The waiver for “%(title)s” has been stored.")

    def is_allowed(self) -> bool:
        """Return whether the person may waive rules here; a rule or card that is not there is no place."""
        try:
            self.rule = rule_of(self.kwargs["rule"])
        except KeyError:
            raise Http404 from None
        if not isinstance(self.page, ServiceCardPage):
            raise Http404
        return may_waive(self.page, self.request.user)

    def get_question(self) -> str:
        """Name the card and the rule."""
        named = {"title": self.page.draft_title, "rule": f"{self.rule.code} {self.rule.title}"}
        return str(self.question % named)

    def get_way_back(self) -> str:
        """Return to the card's rules."""
        return reverse("kpum_conformity", args=[self.page.pk])

    def act(self, values: dict[str, Any], through: dict[str, Any]) -> None:
        """Store the waiver."""
        grant_waiver(page=self.page, rule=self.rule.code, actor=through["actor"], **values)
