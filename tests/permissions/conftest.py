"""The world of the matrix, built once for a module and rolled back after it."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.permissions.world import BEGIN, SECOND, World, build_world
from tests.worlds import shared


@pytest.fixture
def _django_db_helper() -> None:
    """No transaction for each test: the module's own holds them all."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    with shared(django_db_blocker):
        with time_machine.travel(BEGIN - SECOND, tick=False):
            built = build_world()
        yield built
