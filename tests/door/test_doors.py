"""Nobody goes round the door: each way, tried as each part, leaves what the public gets byte-equal."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client, TestCase

from tests.cast import build_city
from tests.door.catalogue_doors import CATALOGUE_DOORS
from tests.door.doors import DOORS, PARTS, World
from tests.surface import differences, public_surface

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = ROOT / "docs" / "one-door.md"
#: Each try is a transaction of its own inside the world's, and is rolled back.
pytestmark = pytest.mark.django_db
EVERY_DOOR = [*DOORS, *CATALOGUE_DOORS]
TRIES = [
    pytest.param(door, part, id=f"{door.name}-{part}")
    for door in EVERY_DOOR
    for part in door.parts
    if part not in door.lawful
]
#: Rows that no visitor's answer is made of.
UNSEEN = re.compile(r'"(django_session|kpum_users_user|django_task|kpum_outbox)')


class Writes:
    """Notes whether anything that a visitor's answer could be made of was written."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute, sql, params, many, context):
        words = sql.lstrip().upper()
        if words.startswith(("INSERT", "UPDATE", "DELETE")) and not UNSEEN.search(sql):
            self.seen.append(sql)
        return execute(sql, params, many, context)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One world for all tries: each is rolled back, and none may change what the next one sees."""
    with django_db_blocker.unblock(), transaction.atomic():
        for cache in caches.all(initialized_only=True):
            cache.clear()
        built = World(build_city())
        built.before = public_surface()
        yield built
        transaction.set_rollback(True)


def statuses(answer) -> list[int]:
    return [] if answer is None else [answer.status_code]


@pytest.mark.parametrize(("door", "part"), TRIES)
def test_a_way_round_the_door_leaves_the_public_surface_byte_equal(world, door, part):
    client = Client(raise_request_exception=False)
    person = None
    if part in PARTS:
        person = world.city.person(part)
        client.force_login(person)
    writes = Writes()

    with (
        connection.execute_wrapper(writes),
        TestCase.captureOnCommitCallbacks() as callbacks,
        transaction.atomic(),
    ):
        answer = door.attempt(world, client, person)
    _after_commit(callbacks)

    assert all(status < 500 for status in statuses(answer))
    if writes.seen:
        assert differences(world.before, public_surface()) == []


def _after_commit(callbacks) -> None:
    """Run what would run after the commit; a refusal there is the guard's answer."""
    from kpum.core.errors import Refused

    for callback in callbacks:
        try:
            with transaction.atomic():
                callback()
        except Refused:
            continue


def test_the_surface_tells_a_change_from_none(world):
    """The comparison itself bites: a word more on one page is seen."""
    from tests.factories.pages import publish

    publish(world.card)

    changed = differences(world.before, public_surface())
    assert any(address.startswith(world.card.get_url()) for address in changed)


def test_the_surface_is_the_same_when_nothing_happens(world):
    assert differences(world.before, public_surface()) == []
    assert {status for status, _hash in world.before.values()} >= {200, 301, 401}


def rows() -> list[str]:
    """Return the rows of the document's tables, without their heads."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line.startswith("| ")]
    return [row for row in found if not row.endswith("| proof |")]


def names_in(row: str) -> list[str]:
    return re.findall(r"`([^`]+)`", row.rsplit("|", 2)[1])


def exists(name: str) -> bool:
    if "::" not in name:
        return name in {door.name for door in EVERY_DOOR}
    path, test = name.split("::")
    file = ROOT / "tests" / path
    return file.exists() and f"def {test.split('[')[0]}(" in file.read_text(encoding="utf-8")


def test_every_row_of_the_document_names_tests_that_exist():
    unproven = [row for row in rows() if not names_in(row)]
    unknown = [name for row in rows() for name in names_in(row) if not exists(name)]

    assert rows()
    assert (unproven, unknown) == ([], [])


def test_every_door_has_a_row_in_the_document():
    named = {name for row in rows() for name in names_in(row)}

    assert [door.name for door in EVERY_DOOR if door.name not in named] == []


@pytest.mark.parametrize("name", ["no_such_door", "door/test_doors.py::test_of_nothing", "x.py::y"])
def test_a_name_that_proves_nothing_is_recognised(name):
    assert not exists(name)
