"""A city as large as one likes, in a few seconds: rows are written in bulk, their tree paths computed.

It is the small city of the cast with many more units, each with a folder of pages and its people.
Bulk rows pass by the door, the guard and the audit: nothing but a test may write pages so.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from wagtail.models import Locale, Page, PageLogEntry, Revision, TaskState, WorkflowState
from wagtail.search.backends import get_search_backend

from kpum.core import clock
from kpum.org.enums import Role, UnitKind
from kpum.org.models import Mandate, Unit
from kpum.pages.models import Placement, Stewardship
from kpum.portal.models import InformationPage
from services.models import UnitFolderPage
from tests.cast import City, build_city
from workflows.models import UnitApprovalTask

BATCH = 400
#: A search for one of them finds one page in twenty: SQLite's ranking looks at every pair of hits.
SUBJECTS = [
    verb + noun
    for verb in ("od", "prze", "za", "wy")
    for noun in ("budowa", "pis", "robek", "wóz", "dawca")
]
#: Of every so many pages one is a draft, or locked; of every so many drafts one waits.
DRAFTS, LOCKED, WAITING = 5, 10, 2


@dataclass(frozen=True)
class Size:
    """How large a city is; ``rows`` is how many children a unit's folder has, the first unit's apart.

    The first unit has as many in every city: its people's lists are compared at equal length.
    """

    units: int
    people: int
    rows: int
    first: int = 120

    def rows_of(self, number: int) -> int:
        """Return how many children the folder of the unit has."""
        return self.rows if number else self.first

    @property
    def pages(self) -> int:
        """Return how many pages the units' folders hold."""
        return sum(self.rows_of(number) for number in range(self.units))


#: Few units, but enough pages to fill the first page of every list, reports of 50 rows included.
SMALL = Size(units=2, people=20, rows=680)
FULL = Size(units=200, people=2000, rows=50 if os.environ.get("KPUM_PROVE") else 10)


@dataclass
class BigCity:
    """The city, the new units with the folder of each, and whom a test asks for by name."""

    city: City
    units: list[Unit]
    folders: list[Page]

    def person(self, name: str) -> Any:
        """Return a person afresh, as each request would."""
        return get_user_model()._default_manager.get(username=name)


def build_big_city(size: Size) -> BigCity:
    """Build the city in the present transaction, and have the database look at its tables."""
    city = build_city()
    units = _units(size)
    folders = _folders(city, units, size)
    pages = _pages(folders, units, size)
    _people(units, size)
    _reviews([page for page in pages if not page.live])
    _log([*folders, *pages])
    _index(folders, pages)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return BigCity(city, units, folders)


def _units(size: Size) -> list[Unit]:
    above = Unit.objects.get(code="UMK")
    first = above.numchild + 1
    units = [
        Unit(
            code=f"V-{number:03}",
            name=f"Jednostka {number}",
            kind=UnitKind.CELL,
            depth=above.depth + 1,
            path=Unit._get_path(above.path, above.depth + 1, first + number),
        )
        for number in range(size.units)
    ]
    Unit.objects.filter(pk=above.pk).update(numchild=above.numchild + size.units)
    return Unit.objects.bulk_create(units, BATCH)


def _folders(city: City, units: list[Unit], size: Size) -> list[Page]:
    above = Page.objects.get(pk=city.catalogue.pk)
    first = above.numchild + 1
    folders = [
        _page(UnitFolderPage, above, first + number, unit.name, numchild=size.rows_of(number))
        for number, unit in enumerate(units)
    ]
    Page.objects.bulk_create(folders, BATCH)
    Page.objects.filter(pk=above.pk).update(numchild=above.numchild + len(units))
    _specific(
        UnitFolderPage(page_ptr_id=page.pk, unit=unit)
        for page, unit in zip(folders, units, strict=True)
    )
    _settle(zip(folders, units, strict=True), inherited=False)
    return folders


def _pages(folders: list[Page], units: list[Unit], size: Size) -> list[Page]:
    pages, owners = [], []
    for order, (folder, unit) in enumerate(zip(folders, units, strict=True)):
        for number in range(1, size.rows_of(order) + 1):
            state: dict[str, Any] = {}
            if number % DRAFTS == 0:
                state = {"live": False, "has_unpublished_changes": True}
            if number % LOCKED == LOCKED - 1:
                state |= {"locked": True, "locked_at": clock.now()}
            pages.append(
                _page(
                    InformationPage,
                    folder,
                    number,
                    f"{SUBJECTS[number % len(SUBJECTS)]} {number} {unit.code}",
                    **state,
                )
            )
            owners.append(unit)
    Page.objects.bulk_create(pages, BATCH)
    _specific(InformationPage(page_ptr_id=page.pk, lead="O czym jest ta strona.") for page in pages)
    _settle(zip(pages, owners, strict=True), inherited=True)
    return pages


def _page(model: type[Page], above: Page, number: int, title: str, **state: Any) -> Page:
    now = clock.now() - timedelta(minutes=number)
    slug = f"strona-{number}"
    values = {
        "live": True,
        "numchild": 0,
        "has_unpublished_changes": False,
        "latest_revision_created_at": now,
        "last_published_at": now,
        "first_published_at": now,
    }
    return Page(
        path=Page._get_path(above.path, above.depth + 1, number),
        depth=above.depth + 1,
        title=title,
        draft_title=title,
        slug=slug,
        url_path=f"{above.url_path}{slug}/",
        content_type=ContentType.objects.get_for_model(model),
        locale=_locale(above),
        **(values | state),
    )


def _locale(page: Page) -> Locale:
    return Locale(pk=page.locale_id, language_code="pl")


def _specific(rows: Iterator[Page]) -> None:
    """Write the halves of pages that lie in their types' own tables."""
    rows = list(rows)
    model = type(rows[0])
    fields = model._meta.local_concrete_fields
    for begin in range(0, len(rows), BATCH):
        model._base_manager._insert(rows[begin : begin + BATCH], fields=fields, using="default")


def _settle(owned: Iterator[tuple[Page, Unit]], *, inherited: bool) -> None:
    owned = list(owned)
    Stewardship.objects.bulk_create(
        [Stewardship(page=page, owner_unit=unit, inherited=inherited) for page, unit in owned],
        BATCH,
    )
    Placement.objects.bulk_create(
        [Placement(page=page, channel="public") for page, _unit in owned if page.live], BATCH
    )


def _people(units: list[Unit], size: Size) -> None:
    """People of the units, four operators to a coordinator, and those who answer for many."""
    users = get_user_model()
    many = {f"of_{count}": units[:count] for count in (50, 200)}
    heads = [f"head_{number}" for number in range(len(units))]
    names = [f"person_{number}" for number in range(size.people)]
    people = {
        person.username: person
        for person in users._default_manager.bulk_create(
            [
                users(username=name, first_name="Jan", last_name=name.title(), password="!")
                for name in [*many, *heads, *names, "auditor", "of_1"]
            ],
            BATCH,
        )
    }
    held = [(people[name], Role.UNIT_COORDINATOR, unit) for name in many for unit in many[name]]
    held += [(people[name], Role.UNIT_HEAD, unit) for name, unit in zip(heads, units, strict=True)]
    held += [
        (
            people[name],
            Role.UNIT_OPERATOR if number % 5 else Role.UNIT_COORDINATOR,
            units[number % len(units)],
        )
        for number, name in enumerate(names)
    ]
    held += [
        (people["auditor"], Role.INTERNAL_AUDITOR, None),
        (people["of_1"], Role.UNIT_OPERATOR, units[0]),
    ]
    begin = clock.now() - timedelta(days=1)
    Mandate.objects.bulk_create(
        [
            Mandate(user=user, role=role, unit=unit, basis="zarządzenie", valid_from=begin)
            for user, role, unit in held
        ],
        BATCH,
    )


def _reviews(drafts: list[Page]) -> None:
    """Have some drafts wait for their unit, as the dashboard and the workflow reports list them."""
    waiting = drafts[::WAITING]
    author = get_user_model()._default_manager.get(username="of_1")
    task = UnitApprovalTask.objects.get()
    workflow = task.workflow_tasks.get().workflow
    base, kind = ContentType.objects.get_for_model(Page), waiting[0].content_type
    revisions = Revision.objects.bulk_create(
        [
            Revision(
                content_type=kind,
                base_content_type=base,
                object_id=str(page.pk),
                object_str=page.title,
                created_at=clock.now(),
                content={"pk": page.pk, "title": page.title},
            )
            for page in waiting
        ],
        BATCH,
    )
    states = WorkflowState.objects.bulk_create(
        [
            WorkflowState(
                content_type=kind,
                base_content_type=base,
                object_id=str(page.pk),
                workflow=workflow,
                requested_by=author,
                status=WorkflowState.STATUS_IN_PROGRESS,
            )
            for page in waiting
        ],
        BATCH,
    )
    steps = TaskState.objects.bulk_create(
        [
            TaskState(
                workflow_state=state,
                revision=revision,
                task_id=task.pk,
                status=TaskState.STATUS_IN_PROGRESS,
                content_type=ContentType.objects.get_for_model(TaskState),
            )
            for state, revision in zip(states, revisions, strict=True)
        ],
        BATCH,
    )
    for state, step in zip(states, steps, strict=True):
        state.current_task_state = step
    WorkflowState.objects.bulk_update(states, ["current_task_state"], BATCH)
    for page, revision in zip(waiting, revisions, strict=True):
        page.latest_revision = revision
    Page.objects.bulk_update(waiting, ["latest_revision"], BATCH)


def _log(pages: list[Page]) -> None:
    """Have something to read in the site's history."""
    PageLogEntry.objects.bulk_create(
        [
            PageLogEntry(
                page=page,
                content_type=page.content_type,
                label=page.title,
                action="wagtail.edit",
                timestamp=page.latest_revision_created_at,
                content_changed=True,
            )
            for page in pages
        ],
        BATCH,
    )


def _index(folders: list[Page], pages: list[Page]) -> None:
    """Let the search find the pages; the index of base pages is what the admin's search asks."""
    index = get_search_backend().get_index_for_model(Page)
    for begin in range(0, len(pages), BATCH):
        index.add_items(Page, pages[begin : begin + BATCH])
    index.add_items(Page, folders)
