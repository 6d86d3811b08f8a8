"""What the tests of the register stand on: a unit, a few people, and English."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.utils import translation

from kpum.org.actions import grant_mandate
from kpum.org.enums import Role, UnitKind
from kpum.org.models import Unit

PEOPLE = (
    ("registrar", "Rita", "Ewidencja", Role.INTERFACE_REGISTRAR, ""),
    ("chief", "Jadwiga", "Naczelna", Role.EDITOR_IN_CHIEF, ""),
    ("manager", "Paweł", "Teka", Role.SERVICE_PORTFOLIO_MANAGER, ""),
    ("auditor", "Alfred", "Sprawdzony", Role.INTERNAL_AUDITOR, ""),
    ("head", "Irena", "Dębska", Role.UNIT_HEAD, "SA"),
    ("stranger", "Tadeusz", "Obcy", Role.UNIT_HEAD, "ZZM"),
    ("operator", "Halina", "Wrona", Role.UNIT_OPERATOR, "SA"),
)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Messages are quoted as they stand in the code, whatever the catalogues say."""
    with translation.override("en"):
        yield


@pytest.fixture
def unit(db):
    return Unit.add_root(code="SA", name="Wydział Spraw Administracyjnych", kind=UnitKind.CELL)


@pytest.fixture
def people(unit):
    """Return the cast of the register by their parts."""
    Unit.add_root(code="ZZM", name="Zarząd Zieleni Miejskiej", kind=UnitKind.UNIT)
    found = {}
    for name, first, last, role, code in PEOPLE:
        person = get_user_model()._default_manager.create_user(
            name, f"{name}@example.org", "wawel-1320", first_name=first, last_name=last
        )
        of = Unit.objects.get(code=code) if code else None
        grant_mandate(user=person, role=role, unit=of, basis=f"upoważnienie {name}")
        found[name] = person
    return found
