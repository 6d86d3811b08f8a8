"""The list of mandates leaves as a table, for who may take it, and costs the same at any length."""

from datetime import datetime

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpum.core import clock
from kpum.org.actions import end_mandate, grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Mandate
from tests.org.screens import csv_table, enter, mandate_of, newcomer, unit, xlsx_cells

pytestmark = pytest.mark.django_db

LIST = "/admin/mandates/"
NEW = "/admin/mandates/new/"
BOUNCED = 302


# --- taking the list away ---


def test_the_export_holds_every_current_grant_with_every_column(client, city, system_administrator):
    end_mandate(mandate=mandate_of(city.second_operator), actor=None, reason="odwołanie")
    enter(client, system_administrator)

    table = csv_table(client.get(f"{LIST}?export=csv"))

    assert len(table) == Mandate.objects.in_force(clock.now()).count()
    [head] = [row for row in table if row["Login"] == "head"]
    begin = mandate_of(city.head).valid_from
    assert head == {
        "Person": "Irena Dębska",
        "Login": "head",
        "Role": "head of the unit",
        "Role's code": "unit_head",
        "Unit's code": "SA",
        "Reach": "SA – Wydział Spraw Administracyjnych",
        "Valid from": head["Valid from"],
        "Valid until": "",
        "Basis": "upoważnienie head",
        "Granted by": "the system",
        "State now": "in force",
    }
    assert datetime.fromisoformat(head["Valid from"]) == begin.replace(microsecond=0)


def test_the_same_table_leaves_as_a_workbook(client, city, auditor):
    enter(client, auditor)

    heading, *table = xlsx_cells(client.get(f"{LIST}?export=xlsx"))

    assert [cell.value for cell in heading][:3] == ["Person", "Login", "Role"]
    assert len(table) == Mandate.objects.count()
    assert all(isinstance(row[6].value, datetime) for row in table)


@pytest.mark.parametrize("part", ["operator", "head", "coordinator", "manager", "administrator"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_who_neither_oversees_nor_grants_takes_nothing_away(client, city, part, kind):
    enter(client, city.person(part))

    shown = client.get(LIST).content.decode()

    assert client.get(f"{LIST}?export={kind}").status_code == BOUNCED
    assert "export=" not in shown


@pytest.mark.parametrize("name", ["=1+1", "+48", "-2", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_no_cell_of_the_export_is_a_formula(client, city, auditor, name):
    person = city.operator
    get_user_model().objects.filter(pk=person.pk).update(first_name=name, last_name="x")
    Mandate.objects.filter(user=person).update(basis=f"{name}\x07")
    enter(client, auditor)

    [row] = [
        row for row in csv_table(client.get(f"{LIST}?export=csv")) if row["Login"] == "operator"
    ]
    cells = [
        cell for row in xlsx_cells(client.get(f"{LIST}?export=xlsx")) for cell in row if cell.value
    ]

    assert row["Person"] == f"'{get_user_model().objects.get(pk=person.pk)!s}"
    assert row["Basis"] == f"'{name}"
    assert {cell.data_type for cell in cells} <= {"s", "d", "inlineStr"}
    assert f"'{name}" in {cell.value for cell in cells}


# --- cost ---


def queries_of(client, address):
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(address)
    return len(captured)


@pytest.mark.parametrize("address", [LIST, f"{LIST}?export=csv", NEW])
def test_ten_times_the_mandates_cost_no_more_queries(client, city, auditor, branch, address):
    def many(count):
        for number in range(count):
            person = newcomer(f"p{Mandate.objects.count()}-{number}")
            grant_mandate(user=person, role=Role.UNIT_OPERATOR, unit=unit("SA"), basis="b")
            grant_mandate(user=person, role=Role.BRANCH_OPERATOR, branch=branch, basis="b")

    enter(client, city.head if address != f"{LIST}?export=csv" else auditor)
    many(2)
    few = queries_of(client, address)
    many(18)

    assert queries_of(client, address) == few
