"""Branch sites: a subtree bound to one unit (K-04, K-05, K-07)."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from branch_pages.enums import BranchKind
from kpum.pages import queries as pages
from kpum.pages.models import UnitBoundPage
from kpum.portal.models import TextPage


class BranchSitesPage(UnitBoundPage, TextPage):
    """The main area “Strony branżowe” (K-05): the list of branch sites."""

    template = "kpum/branch_pages/branch_sites_page.html"
    content_panels: list[Any] = [*TextPage.content_panels, FieldPanel("unit")]

    class Meta:
        verbose_name = _("list of branch sites")
        verbose_name_plural = _("lists of branch sites")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"branches": pages.public_children(self)}


class BranchSitePage(UnitBoundPage, TextPage):
    """The first page of a branch site; main ones stand in the ordinance, others are asked for."""

    kind = models.CharField(
        _("kind"), max_length=12, choices=BranchKind.choices, default=BranchKind.ADDITIONAL
    )

    #: The chief editor may let the unit's approval publish here (K-18).
    is_branch_site = True
    template = "kpum/branch_pages/branch_site_page.html"
    subpage_types: ClassVar[list[str]] = ["kpum_portal.InformationPage"]
    content_panels: list[Any] = [*TextPage.content_panels, FieldPanel("unit"), FieldPanel("kind")]

    class Meta:
        verbose_name = _("branch site")
        verbose_name_plural = _("branch sites")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"children": pages.public_children(self)}
