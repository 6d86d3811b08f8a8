"""The fixed cast, with Polish names, and the small city they work in.

Two departments, SA and ZZM, each with its people; a stranger is everybody of the other one.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.core.cache import cache
from wagtail.models import Locale, Page, WorkflowPage
from wagtail.signal_handlers import disable_reference_index_auto_update

from kpum.channels.actions import rebuild_marked
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role, UnitKind
from kpum.org.models import Unit
from kpum.pages import channel_rules
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.models import PortalPage
from kpum.pages.sites import set_site
from kpum.portal.models import InformationPage, PortalHomePage, UnitDirectoryPage
from services.models import CataloguePage, Category, LifeEvent, ServiceCardPage, UnitFolderPage
from tests import snapshot
from tests.factories.channels import deliver_channels
from tests.factories.pages import draft, publish
from tests.factories.services import complete_card, entry
from workflows.actions import establish_path

PASSWORD = "wawel-1320"
#: When the cast took office: long before any moment that a test travels to.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class City:
    """Everything a test may ask for; people are fetched afresh, as each request would."""

    home: PortalHomePage
    catalogue: CataloguePage
    directory: UnitDirectoryPage
    folder: UnitFolderPage
    other_folder: UnitFolderPage
    category: Category
    life_event: LifeEvent
    _names: dict[str, str] = field(default_factory=dict)

    def person(self, part: str) -> Any:
        """Return a member of the cast by the part he plays."""
        return get_user_model()._default_manager.get(username=part)

    @property
    def operator(self) -> Any:
        return self.person("operator")

    @property
    def second_operator(self) -> Any:
        return self.person("second_operator")

    @property
    def coordinator(self) -> Any:
        return self.person("coordinator")

    @property
    def head(self) -> Any:
        return self.person("head")

    @property
    def manager(self) -> Any:
        return self.person("manager")

    @property
    def chief(self) -> Any:
        return self.person("chief")

    @property
    def editor(self) -> Any:
        return self.person("editor")

    @property
    def stranger(self) -> Any:
        return self.person("stranger")

    @property
    def administrator(self) -> Any:
        return self.person("administrator")

    @cached_property
    def card(self) -> ServiceCardPage:
        """Return a complete draft card of SA, written by the operator."""
        return self.new_card("SA-14", "Zameldowanie na pobyt stały")

    def new_card(self, code: str, title: str, **changes: Any) -> ServiceCardPage:
        """Add another complete draft to SA's folder."""
        card = complete_card(self, code=code, title=title, **changes)
        return draft(self.folder, card, author=self.operator)

    def new_page(self, title: str, parent: Page | None = None, **changes: Any) -> PortalPage:
        """Add a draft information page of SA."""
        page = InformationPage(title=title, lead="O czym jest ta strona.", **changes)
        return draft(parent or self.folder, page, author=self.operator)

    def published_card(
        self, code: str = "SA-14", title: str = "Zameldowanie", **changes: Any
    ) -> Any:
        """Add a card and publish it."""
        return publish(self.new_card(code, title, **changes))


_PEOPLE = (
    ("operator", "Halina", "Wrona", Role.UNIT_OPERATOR, "SA"),
    ("second_operator", "Edyta", "Lipiec", Role.UNIT_OPERATOR, "SA"),
    ("coordinator", "Marek", "Sowa", Role.UNIT_COORDINATOR, "SA"),
    ("head", "Irena", "Dębska", Role.UNIT_HEAD, "SA"),
    ("press_head", "Zenon", "Ryba", Role.UNIT_HEAD, "WON-OSI"),
    ("stranger", "Tadeusz", "Obcy", Role.UNIT_OPERATOR, "ZZM"),
    ("other_head", "Zofia", "Lipa", Role.UNIT_HEAD, "ZZM"),
    ("other_coordinator", "Wanda", "Inna", Role.UNIT_COORDINATOR, "ZZM"),
    ("manager", "Paweł", "Teka", Role.SERVICE_PORTFOLIO_MANAGER, ""),
    ("chief", "Jadwiga", "Naczelna", Role.EDITOR_IN_CHIEF, ""),
    ("editor", "Feliks", "Szpalta", Role.PORTAL_EDITOR, ""),
)


def build_city() -> City:
    """Build the small city in the test's database."""
    cache.clear()
    # What refers to what is Wagtail's to keep; no test of ours asks the small city for it.
    with disable_reference_index_auto_update():
        return _build()


def lay_out_city() -> City:
    """Return the same city; only the first test of a process builds it, the others get a copy."""
    cache.clear()
    city = snapshot.laid_out(build_city)
    channel_rules.kept_rules()
    return city


def _build() -> City:
    deliver_channels()
    umk = Unit.add_root(code="UMK", name="Urząd Miasta Krakowa", kind=UnitKind.CITY_OFFICE)
    for code, name in (
        ("SA", "Wydział Spraw Administracyjnych"),
        ("WON-OSI", "Oddział Społeczeństwa Informacyjnego"),
    ):
        Unit.objects.get(pk=umk.pk).add_child(code=code, name=name, kind=UnitKind.CELL)
    Unit.add_root(code="ZZM", name="Zarząd Zieleni Miejskiej", kind=UnitKind.UNIT)
    _people()
    city = _tree()
    rebuild_marked()
    return city


def _people() -> None:
    users = get_user_model()._default_manager
    for username, first, last, role, unit in _PEOPLE:
        person = users.create_user(
            username, f"{username}@example.org", PASSWORD, first_name=first, last_name=last
        )
        grant_mandate(
            user=person,
            role=role,
            unit=Unit.objects.get(code=unit) if unit else None,
            basis=f"upoważnienie {username}",
            valid_from=SINCE,
        )
    users.create_superuser("administrator", "administrator@example.org", PASSWORD)


def _tree() -> City:
    root = _root()
    unit = {unit.code: unit for unit in Unit.objects.all()}
    WorkflowPage.objects.filter(page=root).delete()
    home = publish(
        draft(
            root,
            PortalHomePage(
                title="Portal", slug="portal", lead="Sprawy miejskie.", unit=unit["WON-OSI"]
            ),
        )
    )
    set_site(
        hostname="testserver",
        port=80,
        root_page_id=home.pk,
        only=True,
        authority=Authority.of_system(SystemMandate.TESTS),
    )
    catalogue = publish(
        draft(
            home,
            CataloguePage(
                title="Usługi", slug="uslugi", lead="Załatw sprawę.", unit=unit["WON-OSI"]
            ),
        )
    )
    directory = publish(
        draft(
            home,
            UnitDirectoryPage(
                title="Jednostki",
                slug="jednostki",
                lead="Kto czym się zajmuje.",
                unit=unit["WON-OSI"],
            ),
        )
    )
    folder = publish(draft(catalogue, UnitFolderPage(title="SA", slug="sa", unit=unit["SA"])))
    other = publish(draft(catalogue, UnitFolderPage(title="ZZM", slug="zzm", unit=unit["ZZM"])))
    establish_path(root=home)
    category = entry(Category, slug="meldunek", name="Meldunek", summary="Adresy.", icon="home")
    event = entry(
        LifeEvent,
        slug="przeprowadzka",
        name="Przeprowadzam się",
        summary="Nowy adres.",
        icon="home",
    )
    return City(home, catalogue, directory, folder, other, category, event)


def _root() -> Page:
    """Return the tree's root; a test that flushed the database has none."""
    locale, _created = Locale.objects.get_or_create(language_code="pl")
    root = Page.objects.filter(depth=1).first()
    if root is None:
        root = Page.add_root(instance=Page(title="Root", slug="root", locale=locale))
    for sample in root.get_children():
        sample.delete()
    return Page.objects.get(pk=root.pk)
