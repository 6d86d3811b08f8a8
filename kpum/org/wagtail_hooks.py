"""The room's entry in the admin's menu, and its panel on the dashboard."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from kpum.org.panels import MandatesPanel
from kpum.org.viewsets.contacts import ContactViewSet
from kpum.org.viewsets.mandates import MandateViewSet
from kpum.org.viewsets.orders import OrderViewSet
from kpum.org.viewsets.substitutions import SubstitutionViewSet


class PowersGroup(ViewSetGroup):
    """Who may do what, and on what ground."""

    items: Any = (MandateViewSet, SubstitutionViewSet, OrderViewSet, ContactViewSet)
    menu_label: Any = _("Mandates and orders")
    menu_name = "kpum-powers"
    menu_icon = "key"
    menu_order: Any = 700


@hooks.register("register_admin_viewset")
def register_screens() -> PowersGroup:
    """Give the admin the screens of mandates."""
    return PowersGroup()


@hooks.register("construct_homepage_panels")
def show_ones_mandates(request: HttpRequest, panels: list[Any]) -> None:
    """Tell everybody what he may do, and for whom he acts, before anything else."""
    panels.append(MandatesPanel(request.user))


@hooks.register("insert_global_admin_css")
def style_of_the_forms() -> str:
    """Load the style sheet of the forms that are ours."""
    return format_html('<link rel="stylesheet" href="{}">', static("kpum/css/acts.css"))
