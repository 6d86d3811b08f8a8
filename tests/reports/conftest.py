"""What every test of the reports stands on."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Texts are quoted as they stand in the code, whatever the catalogues say."""
    with translation.override("en"):
        yield
