"""The reports' entries in the admin's menu, and the way to a page's record."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.pages.queries import place_of
from kpum.reports import record_views
from kpum.reports.link_views import DeadLinksViewSet
from kpum.reports.panels import UpkeepPanel
from kpum.reports.upkeep_screens import UpkeepByUnitViewSet, UpkeepViewSet
from kpum.reports.viewsets import MissingOrdersViewSet, TrailViewSet


@hooks.register("register_admin_viewset")
def register_reports() -> list[Any]:
    """Give the admin the screens of the reports."""
    return [
        TrailViewSet(),
        MissingOrdersViewSet(),
        DeadLinksViewSet(),
        UpkeepViewSet(),
        UpkeepByUnitViewSet(),
    ]


@hooks.register("construct_homepage_panels")
def show_what_is_overdue(_request: HttpRequest, panels: list[Any]) -> None:
    """Tell who works for a unit which of its texts nobody has checked in time."""
    panels.append(UpkeepPanel())


@hooks.register("register_admin_urls")
def record_urls() -> list[URLPattern]:
    """Put the record of a page under the admin's address."""
    here = "kpum/record/<int:page_id>/"
    return [
        path(here, record_views.PageRecordView.as_view(), name="kpum_page_record"),
        path(
            f"{here}<int:revision_id>/",
            record_views.RecordedRevisionView.as_view(),
            name="kpum_page_record_revision",
        ),
        path(
            "kpum/record/<int:pk>/compare/<str:revision_id_a>/<str:revision_id_b>/",
            record_views.RecordedComparisonView.as_view(),
            name="kpum_page_record_compare",
        ),
    ]


@hooks.register("register_page_header_buttons")
def offer_the_record(page: Page, user: Any, **_kwargs: Any) -> Iterator[Button]:
    """Lead from a page to its record."""
    place = place_of(page)
    if place is not None and (user.is_superuser or org.may(user, place, Right.VIEW)):
        yield Button(
            _("Record of the page"),
            url=reverse("kpum_page_record", args=[page.pk]),
            icon_name="doc-full-inverse",
            priority=90,
        )
