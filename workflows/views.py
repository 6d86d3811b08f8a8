"""The reviewer's screens: one text with everything a decision needs, and the queue of those that wait."""

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page, TaskState

from kpum.core.errors import KpumError
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Ground
from kpum.pages import queries as pages
from kpum.pages.formal import points
from kpum.pages.models import PortalPage
from workflows import actions, queries
from workflows.enums import Stage
from workflows.examiners import look
from workflows.forms import ApprovalForm, BranchPolicyForm, ReassignForm, ReturnForm
from workflows.impact import impact_of
from workflows.models import ApprovalTask
from workflows.records import BranchPolicy
from workflows.waiting import waiting_for

PER_PAGE = 25
#: How wide the compared pages are shown: a phone, and a desk.
WIDTHS = ("360", "1280")


class _Screen(WagtailAdminTemplateMixin, TemplateView):
    """A screen of the path, under the queue."""

    def get_breadcrumbs_items(self) -> list[Any]:
        """Return the way here: the dashboard, the queue, this screen."""
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        queue = {"url": reverse("kpum_waiting"), "label": _("To be agreed")}
        above = [] if isinstance(self, WaitingView) else [queue]
        return [*super().get_breadcrumbs_items(), *above, here]


class _OfOneReview(View):
    """What the screens of one review share: the text, and whether the person may see it."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        states = TaskState.objects.select_related("task", "workflow_state__requested_by")
        self.state = get_object_or_404(
            states.select_related("revision__user"), pk=kwargs["task_state_id"]
        )
        self.task: Any = self.state.task.specific
        page = self.state.workflow_state.content_object
        self.page: Any = page.specific if isinstance(page, Page) else None
        if not isinstance(self.task, ApprovalTask) or not isinstance(self.page, PortalPage):
            raise Http404
        self.place = pages.place_of(self.page)
        if not self._may_look(request.user):
            raise PermissionDenied

    def _may_look(self, user: Any) -> bool:
        if user.is_superuser or self.ground is not None:
            return True
        return self.place is not None and org.may(user, self.place, Right.VIEW)

    @cached_property
    def ground(self) -> Ground | None:
        """Why the person may decide now, or None when he may not."""
        user: Any = self.request.user
        return queries.grounds_of(self.state, [user]).get(user.pk)

    @cached_property
    def draft(self) -> Any:
        """The very version that is under review."""
        return cast("Any", self.state.revision).as_object()


class ReviewView(_OfOneReview, _Screen):
    """A text under review: what changed, what it does, what was said, and the decisions to take."""

    template_name = "kpum/workflows/review.html"
    page_title: Any = gettext_lazy("Review")
    header_icon = "clipboard-list"

    def get_page_subtitle(self) -> str:
        """Return the title as it would become."""
        return str(self.page.draft_title)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take a decision; a refused one is explained above the same screen."""
        form = self.forms.get(request.POST.get("act", ""))
        if form is None:
            messages.error(request, _("This can no longer be done here: the text has moved on."))
        elif form.is_valid():
            try:
                done = self._act(form.cleaned_data)
            except KpumError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, done % {"title": self.page.draft_title})
                return redirect("kpum_waiting")
        return self.render_to_response(self.get_context_data(), status=400)

    def _act(self, data: dict[str, Any]) -> str:
        user = self.request.user
        match self.request.POST["act"]:
            case "approve":
                actions.approve(task_state=self.state, user=user, comment=data["comment"])
                return _("You have approved “%(title)s”.")
            case "return":
                actions.send_back(task_state=self.state, user=user, comment=data["comment"])
                return _("You have returned “%(title)s” for changes.")
            case "reassign":
                actions.reassign(task_state=self.state, to=data["to"], user=user, note=data["note"])
                return _("“%(title)s” waits for the person you named.")
            case _:
                actions.cancel(page=self.page, user=user)
                return _("The review of “%(title)s” has been cancelled.")

    @cached_property
    def forms(self) -> dict[str, Any]:
        """The acts this person may take now, each with its form."""
        if self.state.status != TaskState.STATUS_IN_PROGRESS:
            return {}
        user = self.request.user
        asked = self.request.POST.get("act")
        made: dict[str, Any] = {}
        if self.ground is not None:
            made["approve"] = ApprovalForm(self._data(asked, "approve"), prefix="approve")
            made["return"] = ReturnForm(self._data(asked, "return"), prefix="return")
        if self.place is not None and org.may(user, self.place, Right.REASSIGN):
            people = queries.able_to_decide(self.state)
            made["reassign"] = ReassignForm(
                self._data(asked, "reassign"), prefix="reassign", people=people
            )
        if queries.who_may_cancel(self.page, self.state.workflow_state, user):
            made["cancel"] = ApprovalForm({}, prefix="cancel")
        return made

    def _data(self, asked: str | None, act: str) -> Any:
        return self.request.POST if asked == act else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Gather what the screen shows; the number of queries does not depend on the page."""
        decisions = queries.decisions_on(self.state.workflow_state)
        width = self.request.GET.get("width")
        formal = [
            row
            for row in decisions
            if row.stage == Stage.FORMAL and row.revision_id == self.state.revision_id
        ]
        return super().get_context_data(**kwargs) | {
            "state": self.state,
            "stage": self.task.stage,
            "is_open": self.state.status == TaskState.STATUS_IN_PROGRESS,
            "object": self.page,
            "draft": self.draft,
            "ground": self.ground,
            "forms": self.forms,
            "asked": queries.reviewers_for(self.state) if self._is_waiting() else [],
            "assignment": self.state.assignments.select_related("person", "assigned_by").last(),
            "decisions": [row for row in decisions if row.stage != Stage.FORMAL],
            "formal": formal[-1] if formal else None,
            "formal_points": points(formal[-1].findings.get("checked", ())) if formal else [],
            "comparison": self._comparison(),
            "rules": look(self.draft),
            "may_waive": self._may_waive(),
            "impact": impact_of(self.page, self.draft, cast("Any", self.state.revision)),
            "width": width if width in WIDTHS else WIDTHS[1],
            "widths": WIDTHS,
        }

    def _may_waive(self) -> bool:
        user = self.request.user
        return self.place is not None and org.may(user, self.place, Right.WAIVE_RULE)

    def _is_waiting(self) -> bool:
        return self.state.status == TaskState.STATUS_IN_PROGRESS

    def _comparison(self) -> list[Any]:
        """Return the fields that differ from what is public, as Wagtail's own comparison shows them."""
        if not self.page.live:
            return []
        handler = self.page.get_edit_handler()
        bound = handler.get_bound_panel(instance=self.page, request=self.request, form=None)
        compared = [compare(self.page, self.draft) for compare in bound.get_comparison()]
        # The impact names the channels in words; here they would be codes in brackets.
        return [
            field
            for field in compared
            if field.has_changed() and getattr(field, "field", None) is not _targets(self.page)
        ]


def _targets(page: Any) -> Any:
    return page._meta.get_field("targets")


class FrameView(_OfOneReview):
    """The text as a citizen would see it, or as he sees it now, for a frame of the review."""

    http_method_names = ("get",)
    is_live = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Render the page as Wagtail renders a preview."""
        shown = self.page if self.is_live else self.draft
        if self.is_live and not self.page.live:
            raise Http404
        response: HttpResponse = shown.make_preview_request(request, shown.default_preview_mode)
        response["X-Frame-Options"] = "SAMEORIGIN"
        return response


class WaitingView(_Screen):
    """The queue of what is to be agreed (K-17): one's own first."""

    template_name = "kpum/workflows/waiting.html"
    page_title: Any = gettext_lazy("To be agreed")
    header_icon = "clipboard-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return one page of the queue, of one stage when the address names one."""
        texts = waiting_for(self.request.user)
        stage = self.request.GET.get("stage", "")
        chosen = [text for text in texts if stage in ("", text.stage.value)]
        return super().get_context_data(**kwargs) | {
            "texts": Paginator(chosen, PER_PAGE).get_page(self.request.GET.get("p")),
            "mine": sum(text.is_mine for text in texts),
            "stage": stage if stage in Stage.values else "",
            "stages": [row for row in Stage if row is not Stage.FORMAL],
        }


class BranchPolicyView(_Screen):
    """How one branch site is published, decided by the chief editor (K-18)."""

    template_name = "kpum/workflows/branch_policy.html"
    page_title: Any = gettext_lazy("Who publishes")
    header_icon = "clipboard-list"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.page: Any = get_object_or_404(Page, pk=kwargs["page_id"]).specific
        place = pages.place_of(self.page)
        if place is None or not org.may(request.user, place, Right.RESTRUCTURE):
            raise PermissionDenied
        if not getattr(self.page, "is_branch_site", False):
            raise Http404
        self.policy = BranchPolicy.objects.filter(page=self.page).first()

    def get_page_subtitle(self) -> str:
        """Return the branch site's title."""
        return str(self.page.draft_title)

    @cached_property
    def form(self) -> BranchPolicyForm:
        """The form, filled in with the policy in force."""
        policy = self.policy
        return BranchPolicyForm(
            self.request.POST or None,
            initial={"unit_publishes": policy.unit_publishes, "basis": policy.basis}
            if policy
            else {},
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Store the decision."""
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(), status=400)
        try:
            actions.set_branch_policy(page=self.page, user=request.user, **self.form.cleaned_data)
        except KpumError as error:
            messages.error(request, str(error))
            return self.render_to_response(self.get_context_data(), status=400)
        messages.success(request, _("The decision has been stored; it holds from now on."))
        return redirect("wagtailadmin_explore", self.page.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the form and the policy in force."""
        return super().get_context_data(**kwargs) | {
            "form": self.form,
            "object": self.page,
            "policy": self.policy,
        }
