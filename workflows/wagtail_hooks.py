"""The reviewer's buttons in the editor: the text is read-only, so the stock ones are hidden."""

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem

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


@hooks.register("construct_page_action_menu")
def offer_decisions(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Put the decisions this person may take first."""
    page = context.get("page")
    if context["view"] != "edit" or page is None or not context["locked_for_user"]:
        return
    task = page.current_workflow_task
    actions = task.get_actions(page, request.user) if task else []
    menu_items[0:0] = [
        DecisionMenuItem(name, label, order) for order, (name, label, _modal) in enumerate(actions)
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
        _("Publishing regulation"),
        reverse_lazy("kpum_regulation_admin"),
        icon_name="doc-full-inverse",
        order=900,
    )
