"""What the path adds to the admin: the reviewer's buttons and screens, and the dashboard's panels."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import path, reverse, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem, SubmitForModerationMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.views import home
from wagtail.admin.widgets.button import Button

from kpum.core.errors import KpumError
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.pages.models import PortalPage
from kpum.pages.queries import place_of
from workflows import actions, queries, views
from workflows.panels import OwnTextsPanel, WaitingPanel
from workflows.regulation_views import RegulationView, statement


class DecisionMenuItem(ActionMenuItem):
    """A button that opens Wagtail's own dialogue for a decision, comment included."""

    template_name = "wagtailadmin/pages/action_menu/kpum_decision.html"

    def __init__(self, name: str, label: Any, order: int) -> None:
        super().__init__(order=order)
        self.name: Any = name
        self.label = label
        self.icon_name = "success" if name == "approve" else "edit"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        return context | {"with_script": self.order == 0}

    def get_url(self, parent_context: dict[str, Any]) -> str:
        page = parent_context["page"]
        state = page.current_workflow_task_state
        return reverse("wagtailadmin_pages:workflow_action", args=[page.pk, self.name, state.pk])


class ReviewMenuItem(ActionMenuItem):
    """A link to the screen with everything a decision needs."""

    template_name = "wagtailadmin/pages/action_menu/kpum_review.html"
    name: Any = "kpum-review"
    label: Any = gettext_lazy("Open the review")
    icon_name = "clipboard-list"

    def get_url(self, parent_context: dict[str, Any]) -> str:
        state = parent_context["page"].current_workflow_task_state
        return reverse("kpum_review", args=[state.pk])


class SubmitMenuItem(SubmitForModerationMenuItem):
    """Wagtail's button, in words that can be said: its own decline the path's name wrongly."""

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        state = (
            parent_context["page"].current_workflow_state if parent_context.get("page") else None
        )
        returned = state is not None and state.status == state.STATUS_NEEDS_CHANGES
        words = _("Send the corrected text for approval") if returned else _("Send for approval")
        return context | {"label": words}


@hooks.register("construct_page_action_menu")
def name_the_submission(menu_items: list[Any], request: HttpRequest, context: Any) -> None:
    """Name the button that sends a text on its way."""
    menu_items[:] = [
        SubmitMenuItem(order=item.order) if item.name == SubmitMenuItem.name else item
        for item in menu_items
    ]


@hooks.register("construct_page_action_menu")
def offer_decisions(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Put the decisions this person may take first, and offer to cancel to whom it is allowed."""
    page = context.get("page")
    if context["view"] != "edit" or page is None:
        return
    state = page.current_workflow_state
    if state is not None and not queries.who_may_cancel(page, state, request.user):
        menu_items[:] = [item for item in menu_items if item.name not in _CANCELLING]
    if not context["locked_for_user"]:
        return
    task = page.current_workflow_task
    offered = task.get_actions(page, request.user) if task else []
    menu_items[0:0] = [
        DecisionMenuItem(name, label, order) for order, (name, label, _modal) in enumerate(offered)
    ]
    if task:
        menu_items.insert(len(offered), ReviewMenuItem(order=len(offered)))


_CANCELLING = {"action-cancel-workflow", "action-restart-workflow"}


@hooks.register("before_edit_page", order=-10)
def cancel_through_the_path(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Cancel a review by the path's own act; the editor's own way would save the form as well."""
    if request.method != "POST" or not request.POST.get("action-cancel-workflow"):
        return None
    if not isinstance(page, PortalPage):
        return None
    try:
        actions.cancel(page=page, user=request.user)
    except KpumError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("The review of “%(title)s” has been cancelled.") % {"title": page.draft_title},
        )
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("before_edit_page")
def say_why_it_is_read_only(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Tell somebody who saves a text that went under review meanwhile; the form keeps what he typed."""
    state = page.current_workflow_state
    if request.method != "POST" or state is None or not isinstance(page, PortalPage):
        return None
    if state.status != state.STATUS_IN_PROGRESS:
        return None
    told = _(
        "%(person)s submitted this text for review while you were writing, so nothing was saved."
        " What you typed is still here: copy it, or cancel the review first."
    ) % {"person": state.requested_by or _("Somebody")}
    if not request.accepts("text/html"):
        answer = {"success": False, "error_code": "locked", "error_message": told}
        return JsonResponse(answer, status=400)
    if not request.POST.get("action-workflow-action"):
        messages.error(request, told)
    return None


@hooks.register("construct_homepage_panels")
def show_what_waits(request: HttpRequest, panels: list[Any]) -> None:
    """Put our panels in the places of Wagtail's, which ask several queries for each row."""
    stock = (home.WorkflowObjectsToModeratePanel, home.UserObjectsInWorkflowModerationPanel)
    panels[:] = [panel for panel in panels if not isinstance(panel, stock)]
    panels += [WaitingPanel(), OwnTextsPanel()]


class _QueueMenuItem(MenuItem):
    """Shown to whoever holds any mandate."""

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.is_superuser or bool(org.powers_in_request(request.user))


@hooks.register("register_admin_menu_item")
def queue_in_the_menu() -> MenuItem:
    """Lead to the queue from everywhere."""
    return _QueueMenuItem(
        gettext_lazy("To be agreed"),
        reverse("kpum_waiting"),
        name="kpum-waiting",
        icon_name="clipboard-list",
        order=150,
    )


@hooks.register("register_page_header_buttons")
def offer_the_branch_policy(page: Any, user: Any, **_kwargs: Any) -> Any:
    """Lead from a branch site to the decision on who publishes there."""
    if not getattr(page.specific_class, "is_branch_site", False):
        return
    place = place_of(page)
    if place is not None and org.may(user, place, Right.RESTRUCTURE):
        yield Button(
            gettext_lazy("Who publishes"),
            url=reverse("kpum_branch_policy", args=[page.pk]),
            icon_name="clipboard-list",
            priority=45,
        )


@hooks.register("insert_global_admin_css")
def style_of_the_screens() -> str:
    """Load the one style sheet of the review and the queue."""
    return format_html('<link rel="stylesheet" href="{}">', static("kpum/css/review.css"))


@hooks.register("register_admin_urls")
def addresses() -> list[Any]:
    """Put the screens under the admin's address."""
    review = "kpum/review/<int:task_state_id>/"
    return [
        path("kpum/review/", views.WaitingView.as_view(), name="kpum_waiting"),
        path(review, views.ReviewView.as_view(), name="kpum_review"),
        path(f"{review}draft/", views.FrameView.as_view(), name="kpum_review_draft"),
        path(f"{review}live/", views.FrameView.as_view(is_live=True), name="kpum_review_live"),
        path(
            "kpum/branch/<int:page_id>/",
            views.BranchPolicyView.as_view(),
            name="kpum_branch_policy",
        ),
    ]


@hooks.register("register_admin_urls")
def regulation_urls() -> list[Any]:
    """Serve the publishing regulation's page in the admin (K-09)."""
    return [
        path("kpum/regulation/", RegulationView.as_view(), name="kpum_regulation_admin"),
        path("kpum/regulation/<int:pk>/", statement, name="kpum_regulation_statement"),
    ]


@hooks.register("register_admin_menu_item")
def regulation_menu_item() -> MenuItem:
    """Link to the regulation from every page of the admin (K-09)."""
    return MenuItem(
        gettext_lazy("Regulation"),
        reverse_lazy("kpum_regulation_admin"),
        icon_name="doc-full-inverse",
        order=900,
    )
