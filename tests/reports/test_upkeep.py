"""Which public texts want somebody's eye: by page, by unit, on the dashboard, and only of one's own (I-29)."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kpum.core import clock
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Unit
from kpum.pages.models import Stewardship
from services.models import LegalAct, Waiver
from tests.factories.pages import draft, publish
from tests.factories.services import complete_card, entry
from tests.org.screens import csv_table, enter, rows

pytestmark = pytest.mark.django_db

LIST = "/admin/upkeep/"
UNITS = "/admin/upkeep-by-unit/"
BOUNCED = 302


def due(page, days):
    """Set the page's next check so many days from today."""
    today = clock.today()
    Stewardship.objects.filter(page=page.pk).update(
        last_verified=today - timedelta(days=365), review_due=today + timedelta(days=days)
    )
    return page


def titles(client, address=LIST):
    return [row.page.title for row in rows(client, address)]


@pytest.fixture
def late(city):
    return due(city.published_card("SA-1", "Spóźniona"), -1)


def test_the_list_tells_what_is_overdue_and_due_soon_the_longest_first(client, city, late):
    due(city.published_card("SA-2", "Dawno spóźniona"), -90)
    due(city.published_card("SA-3", "Dzisiaj"), 0)
    due(city.published_card("SA-4", "Za miesiąc"), 30)
    due(city.published_card("SA-5", "Później"), 31)
    never = city.published_card("SA-6", "Nigdy")
    Stewardship.objects.filter(page=never.pk).update(last_verified=None, review_due=None)
    due(city.new_card("SA-7", "Szkic"), -5)
    enter(client, city.operator)

    assert titles(client) == ["Nigdy", "Dawno spóźniona", "Spóźniona", "Dzisiaj", "Za miesiąc"]
    assert titles(client, f"{LIST}?within=31")[-1] == "Później"
    assert titles(client, f"{LIST}?cause=overdue") == ["Nigdy", "Dawno spóźniona", "Spóźniona"]
    assert titles(client, f"{LIST}?cause=soon") == ["Dzisiaj", "Za miesiąc"]
    assert titles(client, f"{LIST}?q=dawno") == ["Dawno spóźniona"]
    assert titles(client, f"{LIST}?ordering=-review_due")[0] == "Za miesiąc"
    for odd in ("within=x", "within=-1", "within=99999999", "cause=smok", "unit=0", "unit=x"):
        assert titles(client, f"{LIST}?{odd}") == []


def test_an_act_that_changed_since_the_check_brings_the_card_here(client, city):
    due(city.published_card("SA-1", "Oparta na ustawie"), 300)
    LegalAct.objects.filter(eli="DU/2010/1427").update(
        changed_on=clock.today(), change="Nowy termin."
    )
    city.published_card("SA-2", "Sprawdzona dziś")
    enter(client, city.head)

    assert titles(client, f"{LIST}?cause=act_changed") == ["Oparta na ustawie"]
    assert "Nowy termin." in client.get(LIST).content.decode()
    assert [unit.act_changed for unit in rows(client, UNITS)] == [1]


def test_an_act_that_changed_before_the_check_brings_nothing_though_another_changed_since(
    client, city
):
    card = due(city.published_card("SA-1", "Sprawdzona po zmianie"), 300)
    Stewardship.objects.filter(page=card.pk).update(last_verified=clock.today() - timedelta(days=9))
    LegalAct.objects.filter(eli="DU/2010/1427").update(
        changed_on=clock.today() - timedelta(days=10)
    )
    entry(LegalAct, eli="DU/1960/168", title="Inna ustawa", changed_on=clock.today())
    enter(client, city.head)

    assert titles(client, f"{LIST}?cause=act_changed") == []


def test_ends_of_waivers_and_of_cards_that_are_near_bring_the_card_here(client, city):
    today = clock.today()
    waived = city.published_card("SA-1", "Z odstępstwem")
    for days in (20, 40):
        Waiver.objects.create(
            page=waived, rule=f"C-0{days // 10}", rule_version=1, reason="Czekamy.",
            valid_to=today + timedelta(days=days), granted_by=city.chief, granted_at=clock.now(),
        )  # fmt: skip
    city.published_card("SA-2", "Kończy się", valid_to=today + timedelta(days=30))
    city.published_card("SA-3", "Trwa", valid_to=today + timedelta(days=31))
    enter(client, city.coordinator)

    assert titles(client, f"{LIST}?cause=waiver") == ["Z odstępstwem"]
    assert titles(client, f"{LIST}?cause=validity") == ["Kończy się"]
    Waiver.objects.filter(rule="C-04").update(rule="C-02")
    assert titles(client, f"{LIST}?cause=waiver") == []


def test_everybody_sees_his_own_units_and_the_chief_editor_all(client, city, late):
    other = complete_card(city, code="ZZM-1", title="Wycinka")
    due(publish(draft(city.other_folder, other)), -2)

    seen = {}
    for part in ("operator", "head", "stranger", "manager", "chief"):
        enter(client, city.person(part))
        seen[part] = titles(client)
        assert {unit.code for unit in rows(client, UNITS)} >= {
            "ZZM" if part == "stranger" else "SA"
        }

    assert seen == {
        "operator": ["Spóźniona"],
        "head": ["Spóźniona"],
        "stranger": ["Wycinka"],
        "manager": ["Wycinka", "Spóźniona"],
        "chief": ["Wycinka", "Spóźniona"],
    }
    zzm = Unit.objects.get(code="ZZM")
    assert titles(client, f"{LIST}?unit={zzm.pk}") == ["Wycinka"]
    enter(client, city.operator)
    assert titles(client, f"{LIST}?unit={zzm.pk}") == []
    assert [unit.code for unit in rows(client, UNITS)] == ["SA"]


def test_who_keeps_a_branch_site_sees_its_texts_alone_whatever_their_unit(client, city, late):
    other = complete_card(city, code="ZZM-1", title="Wycinka")
    due(publish(draft(city.other_folder, other)), -2)
    keeper = get_user_model().objects.create_user("sitekeeper", email="sitekeeper@example.org")
    grant_mandate(
        user=keeper, role=Role.BRANCH_OPERATOR, branch=city.other_folder, basis="powołanie"
    )
    enter(client, keeper)

    assert titles(client) == ["Wycinka"]
    assert [unit.code for unit in rows(client, UNITS)] == ["ZZM"]


@pytest.mark.parametrize("address", [LIST, UNITS, f"{LIST}results/", f"{LIST}?export=csv"])
def test_who_sees_no_texts_sees_no_list(client, city, address):
    enter(client, city.administrator)

    assert client.get(address).status_code == BOUNCED
    enter(client, city.operator)
    assert client.post(address).status_code == 405


def test_only_who_may_confirm_is_led_to_it_and_comes_back(client, city, late):
    address = reverse("kpum_confirm", args=[late.pk])

    enter(client, city.operator)
    assert address not in client.get(LIST).content.decode()
    enter(client, city.coordinator)
    assert address in client.get(LIST).content.decode()
    assert client.post(f"{address}?next={LIST}").url == LIST
    assert client.post(f"{address}?next=https://example.com/").url != "https://example.com/"
    assert titles(client) == []


def test_the_list_leaves_as_a_table_with_its_reasons(client, city, late):
    enter(client, city.head)

    (row,) = csv_table(client.get(f"{LIST}?export=csv"))
    assert (row["Unit"], row["Page"]) == ("SA", "Spóźniona")
    assert row["Why it is here"].startswith("overdue since")
    counted = csv_table(client.get(f"{UNITS}?export=csv"))
    assert [(line["Unit"], line["Overdue"]) for line in counted] == [("SA", "1")]


def test_the_dashboard_tells_who_works_for_the_unit_what_is_overdue(client, city, late):
    for part, told in [("operator", True), ("head", True), ("stranger", False), ("chief", False)]:
        enter(client, city.person(part))
        text = client.get("/admin/").content.decode()
        assert ("1 text is overdue for a check" in text) is told
        assert ("Spóźniona" in text) is told


@pytest.mark.parametrize("address", [LIST, f"{LIST}?export=csv", UNITS])
def test_more_texts_cost_no_more_queries(client, city, address):
    LegalAct.objects.update(changed_on=clock.today())

    def cost():
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get(address))
        return len(captured)

    city.published_card("SA-1", "Jedna")
    due(city.published_card("SA-2", "Druga"), -1)
    enter(client, city.coordinator)
    cost()
    few = cost()
    for number in range(3, 8):
        due(city.published_card(f"SA-{number}", f"Karta {number}"), -number)

    assert cost() == few
