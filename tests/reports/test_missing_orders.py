"""Units whose public pages nobody answers for by an internal order in force (K-22)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpum.core import clock
from kpum.org.actions import issue_order
from kpum.org.models import InternalOrder, Unit
from kpum.reports.queries import units_without_order
from tests.factories.pages import publish
from tests.org.screens import enter, rows

pytestmark = pytest.mark.django_db

LIST = "/admin/missing-orders/"
BOUNCED = 302


def order(code, begin, end=None):
    issue_order(
        order=InternalOrder(
            unit=Unit.objects.get(code=code), number=f"{begin}", issued_on=begin, subject="Treści",
            valid_from=begin, valid_to=end,
        ),
        duties=[],
        issued_by=None,
    )  # fmt: skip


def test_a_unit_is_named_while_it_owns_public_pages_and_no_order_is_in_force(client, city):
    today = clock.today()
    order("ZZM", today - timedelta(days=9), today - timedelta(days=1))
    order("WON-OSI", today)
    city.new_card("SA-99", "Szkic")
    enter(client, city.editor)

    found = {unit.code: unit.public_pages for unit in rows(client, LIST)}

    assert found == {"SA": 1, "ZZM": 1}
    assert [unit.code for unit in rows(client, f"{LIST}?q=ZZM")] == ["ZZM"]


@pytest.mark.parametrize(("shift", "named"), [(-1, True), (0, False), (5, False), (6, True)])
def test_an_order_holds_from_its_first_day_to_its_last(city, shift, named):
    begin = date(2026, 5, 1)
    order("SA", begin, begin + timedelta(days=5))

    found = units_without_order(begin + timedelta(days=shift))

    assert found.filter(code="SA").exists() is named


@pytest.mark.parametrize("part", ["operator", "head", "manager", "administrator"])
def test_who_does_not_oversee_the_portal_does_not_read_it(client, city, part):
    enter(client, city.person(part))

    assert client.get(LIST).status_code == BOUNCED
    assert client.get(f"{LIST}results/").status_code == BOUNCED


def test_the_report_is_only_read(client, city):
    enter(client, city.editor)

    assert client.post(LIST).status_code == 405


def test_ten_times_the_pages_cost_no_more_queries(client, city):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    enter(client, city.editor)
    publish(city.new_page("Strona 0"))
    cost()
    few = cost()
    for number in range(1, 10):
        publish(city.new_page(f"Strona {number}"))

    assert cost() == few
