"""The register's entries in the admin's menu, its style sheet, and its line on the dashboard."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from kpum.integrations.panels import AgreementsPanel
from kpum.integrations.viewsets.clients import ClientViewSet
from kpum.integrations.viewsets.figures import FiguresViewSet
from kpum.integrations.viewsets.interfaces import InterfaceViewSet
from kpum.integrations.viewsets.systems import SystemViewSet


class InterfacesGroup(ViewSetGroup):
    """Who takes the portal's data, who gives it data, and on whose agreement."""

    items: Any = (InterfaceViewSet, FiguresViewSet, SystemViewSet)
    menu_label: Any = _("Interfaces")
    menu_name = "kpum-integrations"
    menu_icon = "link"
    menu_order: Any = 710


@hooks.register("register_admin_viewset")
def register_screens() -> list[Any]:
    """Give the admin the screens of the register."""
    return [InterfacesGroup(), ClientViewSet()]


@hooks.register("construct_homepage_panels")
def show_what_waits(_request: HttpRequest, panels: list[Any]) -> None:
    """Tell those who must agree what waits for them."""
    panels.append(AgreementsPanel())


@hooks.register("insert_global_admin_css")
def style_of_the_screens() -> str:
    """Load the style sheet of the register's plots and pages."""
    return format_html('<link rel="stylesheet" href="{}">', static("kpum/css/register.css"))
