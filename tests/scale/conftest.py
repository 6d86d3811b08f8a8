"""The full city, built once for a module and rolled back after it."""

from collections.abc import Iterator

import pytest

from tests.scale.scene import Scene, build_scene
from tests.worlds import shared


@pytest.fixture
def _django_db_helper() -> None:
    """No transaction for each test: the module's own holds them all."""


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker) -> Iterator[Scene]:
    with shared(django_db_blocker):
        yield build_scene()
