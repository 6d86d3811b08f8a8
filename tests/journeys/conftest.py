"""What every journey begins with: the city at the live server's own address."""

from typing import Any

import pytest
from wagtail.models import Site

from kpum.channels.actions import rebuild_marked


@pytest.fixture
def served(committed_city: Any, live_server: Any) -> Any:
    """The city, served where the browser looks for it."""
    host, port = live_server.url.removeprefix("http://").split(":")
    Site.objects.update(hostname=host, port=int(port))
    Site.objects.first().save()
    rebuild_marked()
    return committed_city
