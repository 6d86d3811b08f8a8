"""The dashboard says what one may do, for whom, and until when; and warns of an end that is near."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpum.core import clock
from kpum.org.actions import grant_mandate, name_substitute
from kpum.org.enums import Role
from kpum.org.models import Mandate, Unit
from kpum.org.panels import held_by
from tests.org.screens import enter

pytestmark = pytest.mark.django_db

DASHBOARD = "/admin/"
DAY = timedelta(days=1)
WARNING = "ends soon"


def give(person, role, days, **reach):
    return grant_mandate(
        user=person, role=role, basis="b", valid_to=clock.now() + timedelta(days=days), **reach
    )


def test_a_substitute_is_shown_for_whom_he_acts_until_the_sooner_end(client, city):
    name_substitute(
        mandate=Mandate.objects.get(user=city.head),
        substitute=city.coordinator,
        reason="urlop",
        valid_from=clock.now(),
        valid_to=clock.now() + 30 * DAY,
    )
    Mandate.objects.filter(user=city.head).update(valid_to=clock.now() + 3 * DAY)
    enter(client, city.coordinator)

    page = client.get(DASHBOARD).content.decode()
    own, acting = held_by(city.coordinator)

    assert "acting for: Irena Dębska" in page
    assert "SA – Wydział Spraw Administracyjnych" in page
    assert (own.acting_for, own.ends_soon) == ("", False)
    assert (acting.acting_for, acting.ends_soon) == ("Irena Dębska", True)


@pytest.mark.parametrize(("days", "warned"), [(13, True), (15, False)])
def test_an_end_within_two_weeks_is_warned_of(client, city, days, warned):
    person = get_user_model().objects.create_user("krotko")
    give(person, Role.UNIT_OPERATOR, days, unit=Unit.objects.get(code="SA"))
    enter(client, person)

    assert (WARNING in client.get(DASHBOARD).content.decode()) is warned


def test_what_is_not_in_force_is_not_shown(client, city):
    person = city.operator
    now = clock.now()
    grant_mandate(user=person, role=Role.DPO, basis="b", valid_from=now + DAY)
    grant_mandate(user=person, role=Role.BIP_ADMIN, basis="b", valid_from=now - DAY, valid_to=now)

    assert [row.role for row in held_by(person)] == ["unit operator"]


def test_who_holds_nothing_is_shown_no_panel(client, city):
    enter(client, city.administrator)

    assert "your-mandates" not in client.get(DASHBOARD).content.decode()


def test_the_panel_costs_two_queries_for_one_mandate_and_for_twenty(city):
    person = get_user_model().objects.create_user("wiele")

    def cost():
        with CaptureQueriesContext(connection) as captured:
            held_by(person)
        return len(captured)

    give(person, Role.UNIT_OPERATOR, 30, unit=Unit.objects.get(code="SA"))
    one = cost()
    for _number in range(19):
        give(person, Role.UNIT_OPERATOR, 30, unit=Unit.objects.get(code="SA"))

    assert (one, cost()) == (2, 2)
