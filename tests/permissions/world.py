"""The city of the matrix: in each of the four places, a page in every state an action can ask for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from wagtail.models import Page, TaskState

from branch_pages.models import BranchSitePage, BranchSitesPage
from kpum.channels.actions import read_model
from kpum.core import clock
from kpum.org.enums import Role, Scope, UnitKind
from kpum.org.models import Mandate, Substitution, Unit
from kpum.pages.enums import GoneReason
from kpum.pages.models import Placement
from kpum.portal.models import InformationPage
from services.models import UnitFolderPage
from tests.cast import City, build_city
from tests.factories.pages import draft, publish
from tests.factories.services import complete_card
from workflows import actions as path

BEGIN = datetime(2026, 3, 2, 8, 0, 0, tzinfo=UTC)
END = datetime(2026, 12, 1, 8, 0, 0, tzinfo=UTC)
#: A substitute's period lies within the mandate's.
SUB_BEGIN = datetime(2026, 4, 1, 8, 0, 0, tzinfo=UTC)
SUB_END = datetime(2026, 11, 2, 8, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PLACES = ("own", "sub", "other", "portal")
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Spot:
    """One place: its unit, where pages may be added, and pages in each state."""

    unit: Unit
    folder: Page
    target: Page
    draft: Page
    public: Page
    locked: Page
    scheduled: Page
    waiting: dict[str, TaskState]


@dataclass
class World:
    """The places for units' roles, those for branch sites' roles, and the standing people."""

    city: City
    spots: dict[str, Spot]
    branch_spots: dict[str, Spot]
    branch: Page
    newcomer: Any
    holder: Any
    person: Any
    incumbent: Any

    def spot(self, role: str, place: str) -> Spot:
        """Return the place as the role counts it: a branch's roles count from their branch site."""
        is_branch = role in Role.values and Role(role).scope is Scope.BRANCH
        return (self.branch_spots if is_branch else self.spots)[place]

    @staticmethod
    def hold(person: Any, role: Role, unit: Unit | None) -> Mandate:
        """Give a mandate that has long been in force."""
        return Mandate.objects.create(
            user=person, role=role, unit=unit, basis="od dawna", valid_from=_LONG_AGO
        )

    def give(self, person: Any, role: Role) -> Mandate:
        """Give the mandate under test, in its place; past the action, which its own cells ask."""
        return Mandate.objects.create(
            user=person,
            role=role,
            unit=self.spots["own"].unit if role.scope is Scope.UNIT else None,
            branch=self.branch if role.scope is Scope.BRANCH else None,
            basis=f"upoważnienie {role.value}",
            valid_from=BEGIN,
            valid_to=END,
        )

    def substitute(self, role: Role) -> Substitution:
        """Have the person act for the holder of such a mandate."""
        return Substitution.objects.create(
            mandate=self.give(self.holder, role),
            substitute=self.person,
            reason="urlop",
            valid_from=SUB_BEGIN,
            valid_to=SUB_END,
        )


class _Builder:
    """Builds one place after the other, with a staff that leaves when the city stands."""

    def __init__(self) -> None:
        self.city = build_city()
        self.author = self._person("author", "Anna", "Pióro")
        self.staff = self._person("staff", "Jan", "Rusztowanie")
        Mandate.objects.all().delete()
        Unit.objects.get(code="SA").add_child(code="SA-1", name="Referat", kind=UnitKind.CELL)
        for root in Unit.objects.filter(depth=1):
            World.hold(self.author, Role.UNIT_OPERATOR, root)
            World.hold(self.staff, Role.UNIT_COORDINATOR, root)
        World.hold(self.staff, Role.SERVICE_PORTFOLIO_MANAGER, None)

    @staticmethod
    def _person(name: str, first: str, last: str) -> Any:
        return get_user_model()._default_manager.create_user(
            name, f"{name}@example.org", "wawel-1320", first_name=first, last_name=last
        )

    def build(self) -> World:
        city = self.city
        folder = publish(
            draft(
                city.catalogue,
                UnitFolderPage(title="Referat", slug="sa-1", unit=Unit.objects.get(code="SA-1")),
            )
        )
        top = publish(
            draft(
                city.home,
                UnitFolderPage(
                    title="Wspólne", slug="wspolne", unit=Unit.objects.get(code="WON-OSI")
                ),
            )
        )
        spots = {
            "own": self._spot("own", city.folder),
            "sub": self._spot("sub", folder),
            "other": self._spot("other", city.other_folder),
            "portal": self._spot("portal", top),
        }
        branch = self._branch()
        deeper = publish(self._information(branch, "deeper"))
        beneath = self._spot("own", branch, spots["own"]), self._spot("sub", deeper, spots["own"])
        branch_spots = spots | dict(zip(("own", "sub"), beneath, strict=True))
        # The staff leave: nobody but those under test holds a role that decides.
        Mandate.objects.filter(user=self.staff).delete()
        people = {
            name: self._person(name, first, last)
            for name, first, last in (
                ("newcomer", "Ewa", "Nowa"),
                ("holder", "Maria", "Nieobecna"),
                ("person", "Piotr", "Badany"),
                ("incumbent", "Adam", "Obecny"),
            )
        }
        return World(city, spots, branch_spots, branch, **people)

    def _branch(self) -> Page:
        unit = Unit.objects.get(code="SA")
        area = publish(
            draft(
                self.city.home,
                BranchSitesPage(
                    title="Strony branżowe",
                    slug="strony-branzowe",
                    lead="Strony wydziałów.",
                    unit=Unit.objects.get(code="WON-OSI"),
                ),
            )
        )
        site = BranchSitePage(title="Zdrowie", slug="zdrowie", lead="O zdrowiu.", unit=unit)
        return publish(draft(area, site))

    def _information(self, parent: Page, slug: str, **values: Any) -> Any:
        page = InformationPage(title=slug, slug=slug, lead="O czym jest ta strona.", **values)
        return draft(parent, page, author=self.author)

    def _spot(self, name: str, folder: Page, elsewhere: Spot | None = None) -> Spot:
        target = publish(self._information(folder, f"{name}-cel"))
        locked = self._information(folder, f"{name}-zamkniete")
        Page.objects.filter(pk=locked.pk).update(
            locked=True, locked_by=self.author, locked_at=clock.now()
        )
        later = clock.now() + timedelta(days=3650)
        scheduled = publish(self._information(folder, f"{name}-na-termin", go_live_at=later))
        waiting = {
            "unit": self._wait(self._information(folder, f"{name}-jednostka"), 0),
            "chief": self._wait(self._information(folder, f"{name}-naczelna"), 1),
        }
        waiting["conformity"] = (
            elsewhere.waiting["conformity"]
            if elsewhere
            else self._wait(self._card(folder, f"{name}-karta"), 1)
        )
        return Spot(
            unit=Unit.objects.get(stewardships__page=folder.pk),
            folder=Page.objects.get(pk=folder.pk),
            target=Page.objects.get(pk=target.pk),
            draft=self._information(folder, f"{name}-szkic"),
            public=self._handed_over(publish(self._information(folder, f"{name}-publiczna"))),
            locked=Page.objects.get(pk=locked.pk),
            scheduled=scheduled,
            waiting=waiting,
        )

    @staticmethod
    def _handed_over(page: Any) -> Any:
        """Have BIP and MPI been given the page; nobody leads its unit here, so not by the door."""
        for channel in ("bip", "mpi"):
            Placement.objects.create(page=page, channel=channel)
        read_model.pages_changed([page.pk], GoneReason.WITHDRAWN)
        return page

    def _card(self, folder: Page, slug: str) -> Any:
        number = PLACES.index(slug.split("-", maxsplit=1)[0]) + 1
        card = complete_card(self.city, code=f"KP-{number}", title=slug, slug=slug)
        # BIP takes nothing of a unit that nobody leads.
        card.targets = ["public"]
        return draft(folder, card, author=self.author)

    def _wait(self, page: Any, approvals: int) -> TaskState:
        """Send the page on its path, as far as the stage after so many approvals."""
        state = path.submit(page=Page.objects.get(pk=page.pk).specific, user=self.author)
        for _number in range(approvals):
            state = path.approve(task_state=state.current_task_state, user=self.staff)
        return TaskState.objects.get(pk=state.current_task_state_id)


def build_world() -> World:
    """Build it, at a time when the mandates under test have not begun."""
    return _Builder().build()
