"""The portal's frame: home, the four main areas of 3842/2023 § 1.3, information pages, units."""

from typing import Any

from wagtail.models import Locale, Page, WorkflowPage

from branch_pages.enums import BranchKind
from branch_pages.models import BranchSitePage, BranchSitesPage
from kpum.demo import content
from kpum.demo.builders.org import holder
from kpum.demo.builders.pages import add, body_of, publish
from kpum.org.enums import Role
from kpum.org.models import Unit
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.sites import set_site
from kpum.portal.models import AreaPage, InformationPage, PortalHomePage, UnitDirectoryPage
from services.models import CataloguePage
from workflows.actions import establish_path

EDITORIAL_UNIT = "WON-OSI"


def build_frame(*, hostname: str, port: int) -> PortalHomePage:
    """Make the tree's frame and set the approval path on it."""
    root: Any = Page.objects.get(depth=1)
    # The project's own database: Wagtail's sample page and sample workflow go (WAGTAIL.md § 2.3).
    WorkflowPage.objects.filter(page=root).delete()
    for sample in root.get_children():
        sample.specific.delete()
    for language in ("pl", "en", "uk"):
        Locale.objects.get_or_create(language_code=language)
    root.refresh_from_db()
    home = _bound(root, PortalHomePage, "home", EDITORIAL_UNIT)
    set_site(
        hostname=hostname,
        port=port,
        root_page_id=home.pk,
        name="KPUM",
        only=True,
        authority=Authority.of_system(SystemMandate.DEMO),
    )
    _bound(home, CataloguePage, "information_and_services", EDITORIAL_UNIT)
    _bound(home, BranchSitePage, "kck", "DK-03", kind=BranchKind.MAIN)
    branches = _bound(home, BranchSitesPage, "branch_sites", EDITORIAL_UNIT)
    _bound(home, AreaPage, "client_account", EDITORIAL_UNIT)
    _bound(home, UnitDirectoryPage, "unit_directory", EDITORIAL_UNIT)
    for row in content.table("areas")["branch_site"]:
        _branch(branches, row)
    establish_path(root=home)
    return home


def build_information_pages() -> None:
    """Add the information pages under the catalogue."""
    catalogue = CataloguePage.objects.get()
    for row in content.table("areas")["information_page"]:
        page = InformationPage(
            title=row["title"], slug=row["slug"], lead=row["lead"], body=body_of(row)
        )
        publish(add(catalogue, page, author=holder(Role.PORTAL_EDITOR)))


def _bound(parent: Any, model: Any, name: str, unit: str, **extra: Any) -> Any:
    row = content.table("areas")[name]
    page = model(
        title=row["title"],
        slug=row["slug"],
        lead=row["lead"],
        body=body_of(row),
        unit=Unit.objects.get(code=unit),
        show_in_menus=True,
        **extra,
    )
    return publish(add(parent, page, author=holder(Role.PORTAL_EDITOR)))


def _branch(parent: Page, row: dict[str, Any]) -> None:
    page = BranchSitePage(
        title=row["title"],
        slug=row["slug"],
        lead=row["lead"],
        body=body_of(row),
        unit=Unit.objects.get(code=row["unit"]),
        kind=BranchKind.ADDITIONAL,
    )
    publish(add(parent, page, author=holder(Role.UNIT_OPERATOR, row["unit"])))
