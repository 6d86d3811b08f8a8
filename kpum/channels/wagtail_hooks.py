"""The room's entry in the admin's menu, and its line on the dashboard."""

from typing import Any

from django.http import HttpRequest
from wagtail import hooks

from kpum.channels.consistency_screens import ConsistencyViewSet
from kpum.channels.hand_over_screens import HandOverViewSet
from kpum.channels.panels import HandOverPanel


@hooks.register("register_admin_viewset")
def register_hand_over() -> list[Any]:
    """Give the admin the hand-over queue, and the report on counterparts."""
    return [HandOverViewSet(), ConsistencyViewSet()]


@hooks.register("construct_homepage_panels")
def show_what_waits(_request: HttpRequest, panels: list[Any]) -> None:
    """Tell the editors of other portals what waits for them."""
    panels.append(HandOverPanel())
