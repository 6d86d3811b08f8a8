"""What every test of units and mandates stands on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import translation

from kpum.org.actions import grant_mandate
from kpum.org.enums import Role, UnitKind
from kpum.org.models import Unit
from tests.factories.pages import draft, publish
from tests.org.screens import newcomer, unit
from tests.org.sezam_office import NOW


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Messages are quoted as they stand in the code, whatever the catalogues say."""
    with translation.override("en"):
        yield


@pytest.fixture
def branch(city):
    from branch_pages.models import BranchSitePage

    page = BranchSitePage(title="Sprawy obywatelskie", lead="Strona.", unit=unit("SA"))
    return publish(draft(city.home, page, author=city.operator))


@pytest.fixture
def other_branch(city):
    from branch_pages.models import BranchSitePage

    page = BranchSitePage(title="Zieleń", lead="Strona.", unit=unit("ZZM"))
    return publish(draft(city.home, page, author=city.stranger))


@pytest.fixture
def system_administrator(city):
    person = newcomer("sysadmin", first_name="Zyta", last_name="Konsola")
    grant_mandate(user=person, role=Role.SYSTEM_ADMIN, basis="upoważnienie sysadmin")
    return person


@pytest.fixture
def auditor(city):
    person = newcomer("auditor", first_name="Alfred", last_name="Sprawdzony")
    grant_mandate(user=person, role=Role.INTERNAL_AUDITOR, basis="upoważnienie auditor")
    return person


@pytest.fixture
def clock(request, db):
    """Stop the clock over the city, or over the few whom most tests need."""
    with time_machine.travel(NOW - timedelta(days=1), tick=False) as traveller:
        request.getfixturevalue("city" if "city" in request.fixturenames else "office")
        traveller.move_to(NOW)
        yield traveller


@pytest.fixture
def office():
    """Two departments and three people without the city's pages."""
    for code in ("SA", "ZZM"):
        Unit.add_root(code=code, name=f"Wydział {code}", kind=UnitKind.CELL)
    users = get_user_model().objects
    operator = users.create_user("operator", password="wawel-1320")
    grant_mandate(
        user=operator, role=Role.UNIT_OPERATOR, unit=Unit.objects.get(code="SA"), basis="1"
    )
    users.create_user("stranger")
    chief = users.create_user("chief", first_name="Jadwiga", last_name="Naczelna")
    grant_mandate(user=chief, role=Role.EDITOR_IN_CHIEF, basis="2")
