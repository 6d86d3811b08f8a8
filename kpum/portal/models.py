"""Home, main areas, information pages and the directory of units."""

from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page
from wagtail.search import index

from kpum.blocks.body import BodyBlock
from kpum.core.streams import LeanStreamField
from kpum.org import queries as org
from kpum.org.models import Unit
from kpum.pages import queries as pages
from kpum.pages.models import PortalPage, Problems, UnitBoundPage
from kpum.portal import registry


class TextPage(PortalPage):
    """A lead and running text: what most pages are."""

    lead = models.TextField(_("lead"), max_length=500, blank=True)
    body = LeanStreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels: list[Any] = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields: list[Any] = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
    ]

    class Meta:
        abstract = True

    def missing_for_citizens(self) -> Problems:
        problems = super().missing_for_citizens()
        if not self.lead.strip():
            problems["lead"] = [str(_("Say in one or two sentences what the page is about."))]
        return problems


class PortalHomePage(UnitBoundPage, TextPage):
    """The portal's first page (K-01)."""

    template = "kpum/portal/home_page.html"
    parent_page_types: ClassVar = ["wagtailcore.Page"]
    max_count_per_parent: Any = 1
    content_panels: list[Any] = [*TextPage.content_panels, FieldPanel("unit")]

    class Meta:
        verbose_name = _("portal home")
        verbose_name_plural = _("portal homes")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"sections": registry.home_sections()}

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Find the page with one query, not two for every level of the tree (promise 5).

        The deepest page whose address begins the path routes the rest of it itself, so a
        directory's own addresses work as ever.
        """
        if not path_components:
            return super().route(request, path_components)
        chain = pages.pages_on_the_way(self, path_components)
        if not chain:
            return super().route(request, path_components)
        found = chain[-1]
        return found.specific.route(request, path_components[found.depth - self.depth :])


class InformationPage(TextPage):
    """Information that is not a service: how to pay, where to go, who helps."""

    template = "kpum/portal/information_page.html"

    class Meta:
        verbose_name = _("information page")
        verbose_name_plural = _("information pages")


class AreaPage(UnitBoundPage, TextPage):
    """The landing page of a main area without pages of its own yet, such as Konto klienta (K-06)."""

    template = "kpum/portal/area_page.html"
    content_panels: list[Any] = [*TextPage.content_panels, FieldPanel("unit")]

    class Meta:
        verbose_name = _("main area")
        verbose_name_plural = _("main areas")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return context | {"children": pages.public_children(self)}


class UnitDirectoryPage(RoutablePageMixin, UnitBoundPage, TextPage):
    """The directory of units: one address per unit, no page per unit in the tree."""

    template = "kpum/portal/unit_directory_page.html"
    subpage_types: ClassVar[list[str]] = []
    content_panels: list[Any] = [*TextPage.content_panels, FieldPanel("unit")]

    class Meta:
        verbose_name = _("directory of units")
        verbose_name_plural = _("directories of units")

    @path("")
    def directory(self, request: HttpRequest) -> HttpResponse:
        """Show every open unit in the tree's order, or those that a name matches."""
        words = request.GET.get("q", "").strip()[:100]
        units = org.units_named(words) if words else org.open_units()
        return self.render(request, context_overrides={"units": units, "words": words})

    @path("<slug:code>/", name="unit")
    def unit_page(self, request: HttpRequest, code: str) -> HttpResponse:
        """Show one unit; a closed one says so."""
        unit = org.unit_by_slug(code)
        if unit is None:
            raise Http404
        return self.render(
            request,
            template="kpum/portal/unit_page.html",
            context_overrides={
                "unit": unit,
                "above": unit.get_ancestors(),
                "below": org.units_below(unit),
                "sections": registry.unit_sections(unit),
            },
        )

    def unit_url(self, unit: Unit) -> str:
        """Return the public address of a unit."""
        return self.url + self.reverse_subpage("unit", args=[unit.slug])
