"""What every test of units and mandates stands on."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Messages are quoted as they stand in the code, whatever the catalogues say."""
    with translation.override("en"):
        yield
