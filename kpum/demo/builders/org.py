"""Units from the register's export, how to reach them, and the cast with its mandates."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from kpum.demo import content
from kpum.org.actions import grant_mandate, issue_order, set_contact
from kpum.org.enums import Duty, Role
from kpum.org.models import InternalOrder, Unit
from workflows.regulation_models import PublishingRegulation
from workflows.regulations import accept_regulation, entity_that_accepts, issue_regulation

#: Every demo person's password: they are invented, and the demo listens on this machine only.
PASSWORD = "krakow-demo"  # noqa: S105
ADMINISTRATOR = "system_admin"
AUTHORITY = "system: demo"


def build_units() -> None:
    """Import the units and say how to reach them."""
    call_command("import_units", str(content.UNITS_CSV), verbosity=0)
    for row in content.table("contacts")["contact"]:
        values = {key: value for key, value in row.items() if key != "unit"}
        unit = Unit.objects.get(code=row["unit"])
        set_contact(unit=unit, actor=None, authority=AUTHORITY, contact=values)


def build_cast() -> None:
    """Make the people and grant their mandates."""
    hashed = make_password(PASSWORD)
    for row in content.people():
        person = _person(row, hashed)
        if row["role"] in Role.values:
            unit = Unit.objects.get(code=row["unit"]) if row["unit"] else None
            grant_mandate(user=person, role=Role(row["role"]), unit=unit, basis=row["basis"])


def _person(row: dict[str, str], hashed: str) -> Any:
    names = ("username", "first_name", "last_name", "email", "function")
    administers = row["role"] == ADMINISTRATOR
    return get_user_model()._default_manager.create(
        **{name: row[name] for name in names},
        password=hashed,
        is_superuser=administers,
        is_staff=administers,
    )


def holder(role: Role, unit_code: str = "") -> Any:
    """Return the first of the cast with the role, in the unit if one is named."""
    for row in content.people():
        if row["role"] == role.value and row["unit"] == unit_code:
            return get_user_model()._default_manager.get(username=row["username"])
    raise LookupError(f"The cast has no {role.value} in “{unit_code}”.")


def build_orders() -> None:
    """Have each head say who prepares, publishes and updates (K-22)."""
    people = {(row["role"], row["unit"]): row["username"] for row in content.people()}
    for (role, code), username in people.items():
        if role != Role.UNIT_HEAD:
            continue
        head, writer, coordinator = (
            get_user_model()._default_manager.filter(username=name).first()
            for name in (
                username,
                people.get((Role.UNIT_OPERATOR.value, code)),
                people.get((Role.UNIT_COORDINATOR.value, code)),
            )
        )
        duties = [(writer, Duty.PREPARES, ""), (writer, Duty.UPDATES, ""),
                  (coordinator, Duty.PUBLISHES, "")]  # fmt: skip
        order = InternalOrder(unit=Unit.objects.get(code=code), **content.table("orders")["order"])
        issue_order(
            order=order, duties=[duty for duty in duties if duty[0] is not None], issued_by=head
        )


def build_regulation() -> None:
    """Put the publishing regulation into force; the units outside the office accept it (K-09, K-10)."""
    facts = content.table("regulation")
    regulation = issue_regulation(
        regulation=PublishingRegulation(**(facts | {"text": facts["text"].strip()})), actor=None
    )
    for row in content.people():
        unit = Unit.objects.filter(code=row["unit"]).first()
        if row["role"] != Role.UNIT_HEAD or unit is None or entity_that_accepts(unit) != unit:
            continue
        head = holder(Role.UNIT_HEAD, unit.code)
        grant_mandate(user=head, role=Role.UNIT_REPRESENTATIVE, unit=unit, basis=row["basis"])
        accept_regulation(unit=unit, regulation=regulation, person=head, function=row["function"])
