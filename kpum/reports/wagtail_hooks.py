"""The reports' entries in the admin's menu of reports."""

from typing import Any

from wagtail import hooks

from kpum.reports.viewsets import MissingOrdersViewSet, TrailViewSet


@hooks.register("register_admin_viewset")
def register_reports() -> list[Any]:
    """Give the admin the screens of the reports."""
    return [TrailViewSet(), MissingOrdersViewSet()]
