"""What every journey begins with: the city at the live server's own address."""

from typing import Any

import pytest

from kpum.channels.actions import rebuild_marked
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.sites import set_site


@pytest.fixture
def served(committed_city: Any, live_server: Any) -> Any:
    """The city, served where the browser looks for it."""
    host, port = live_server.url.removeprefix("http://").split(":")
    set_site(
        hostname=host,
        port=int(port),
        root_page_id=committed_city.home.pk,
        authority=Authority.of_system(SystemMandate.TESTS),
    )
    rebuild_marked()
    return committed_city
