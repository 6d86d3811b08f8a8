"""What tests of the client share: a portal, an impatient client, and a place for a copy of each kind."""

import pytest

from kpum.client import ChannelClient, Manners
from tests.client import copies
from tests.client.portal import URL, Portal


@pytest.fixture
def portal():
    return Portal()


@pytest.fixture
def pauses():
    """The pauses that the client made, in seconds; none is waited for."""
    return []


@pytest.fixture
def manners(pauses):
    return Manners(attempts=3, timeout=5, sleep=pauses.append)


@pytest.fixture
def client(portal, manners):
    with ChannelClient(URL, manners=manners, transport=portal.transport) as found:
        yield found


@pytest.fixture(
    params=[
        "folder",
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.only_on("postgresql")),
    ]
)
def target(request, tmp_path):
    """The name of a place for a copy, one of each kind."""
    if request.param == "folder":
        yield str(tmp_path / "copy")
    elif request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/copy.sqlite3"
    else:
        with copies.postgresql() as url:
            yield url
