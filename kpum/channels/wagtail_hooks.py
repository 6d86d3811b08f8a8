"""The room's entry in the admin's menu."""

from wagtail import hooks

from kpum.channels.hand_over_screens import HandOverViewSet


@hooks.register("register_admin_viewset")
def register_hand_over() -> HandOverViewSet:
    """Give the admin the hand-over queue."""
    return HandOverViewSet()
