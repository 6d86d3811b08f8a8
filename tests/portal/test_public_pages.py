"""What a citizen gets: pages that stand alone, say who is responsible, and cost a fixed number of queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from kpum.channels.actions import rebuild_marked
from kpum.org.enums import UnitKind
from kpum.org.models import FormerName, Unit
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from tests.factories.pages import edit, publish

CARD = "/uslugi/sa/zameldowanie/"
FEED = "/api/v1/channels/public/changes?limit=500"


def queries_of(client, address):
    client.get(address)  # what is cached for everybody is not counted
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200, address
    return [query["sql"] for query in queries]


def grow(city, times):
    for number in range(times):
        publish(city.new_card(f"SA-{number + 100}", f"Sprawa numer {number}"))
    rebuild_marked()


#: The most queries that each page may take.
BUDGETS = {
    CARD: 21,
    "/uslugi/kategoria/meldunek/": 13,
    "/uslugi/zdarzenie/przeprowadzka/": 13,
    "/uslugi/": 15,
    "/uslugi/sa/": 14,
    "/": 12,
    "/jednostki/": 11,
    "/jednostki/sa/": 15,
    "/szukaj/?q=sprawa": 16,
    FEED: 2,
}


def test_each_page_costs_the_same_at_n_and_at_10_n(client, city):
    publish(city.new_card("SA-14", "Zameldowanie"))
    grow(city, 1)
    small = {address: queries_of(client, address) for address in BUDGETS}

    for number in range(18):
        publish(city.new_card(f"SA-{number + 200}", f"Sprawa druga {number}"))
        Unit.add_root(code=f"X{number}", name=f"Jednostka {number}", kind=UnitKind.UNIT)
    rebuild_marked()

    for address, budget in BUDGETS.items():
        large = queries_of(client, address)
        told = "\n".join(re.sub(r"^SELECT .*? FROM", "FROM", sql)[:160] for sql in large)
        assert len(large) == len(small[address]), f"{address}\n{told}"
        assert len(large) <= budget, f"{address}: {len(large)} queries\n{told}"


def test_a_published_card_is_found_everywhere_a_citizen_looks(client, city):
    publish(city.new_card("SA-14", "Zameldowanie"))

    for address in (
        "/uslugi/",
        "/uslugi/kategoria/meldunek/",
        "/uslugi/zdarzenie/przeprowadzka/",
        "/jednostki/sa/",
        "/szukaj/?q=zameldowanie",
        "/uslugi/sa/",
    ):
        assert CARD in client.get(address).content.decode(), address


def test_a_draft_is_found_nowhere(client, city):
    card = publish(city.new_card("SA-14", "Zameldowanie"))
    edit(card, author=city.operator, title="Tajny tytuł", summary="Tajna treść")
    hidden = city.new_card("SA-15", "Tajny tytuł")

    addresses = [
        "/",
        "/uslugi/",
        "/uslugi/sa/",
        "/uslugi/kategoria/meldunek/",
        "/jednostki/sa/",
        "/szukaj/?q=tajny",
        CARD,
        FEED,
    ]
    for address in addresses:
        text = client.get(address).content.decode()
        assert "Tajny tytuł" not in text.replace("tajny", ""), address
        assert "Tajna treść" not in text, address
    assert client.get(hidden.get_url()).status_code == 404


def test_the_card_names_the_unit_that_handles_it(client, city):
    publish(city.new_card("SA-14", "Zameldowanie"))

    text = client.get(CARD).content.decode()

    assert "Wydział Spraw Administracyjnych" in text
    assert 'href="/jednostki/sa/"' in text


def test_a_withdrawn_page_says_why_it_is_gone(client, city):
    card = publish(city.new_card("SA-14", "Zameldowanie"))
    door.withdraw(
        page_id=card.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Sprawę opisuje teraz inna karta.",
        authority=Authority.of_mandate(),
        actor=city.chief,
    )

    gone = client.get(CARD)
    publish(Page.objects.get(pk=card.pk).specific)

    assert gone.status_code == 410
    assert "Sprawę opisuje teraz inna karta." in gone.content.decode()
    assert client.get(CARD).status_code == 200


def test_an_old_address_leads_to_the_new_one(client, city):
    card = publish(city.new_card("SA-14", "Zameldowanie"))

    publish(edit(card, author=city.operator, slug="meldunek"))

    assert client.get("/uslugi/sa/meldunek/").status_code == 200


@pytest.mark.parametrize("address", ["/uslugi/kategoria/nie-ma/", "/jednostki/nie-ma/", "/nie-ma/"])
def test_what_does_not_exist_is_a_404_that_helps(client, city, address):
    response = client.get(address)

    assert response.status_code == 404
    assert "12 616 55 55" in response.content.decode()


def test_a_unit_is_found_by_its_former_name(client, city):
    FormerName.objects.create(unit=Unit.objects.get(code="SA"), name="Wydział Spraw Obywatelskich")

    text = client.get("/jednostki/?q=spraw obywatelskich").content.decode()

    assert "/jednostki/sa/" in text
    assert "/jednostki/zzm/" not in text


@pytest.mark.parametrize(
    "address",
    ["/", "/uslugi/", "/jednostki/", "/jednostki/sa/", "/szukaj/?q=x", CARD, "/api/v1/docs"],
)
def test_a_public_page_sets_no_cookie_and_allows_nothing_inline(client, city, address):
    publish(city.new_card("SA-14", "Zameldowanie"))

    response = client.get(address)

    assert response.status_code == 200
    assert not response.cookies
    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert '<html lang="pl"' in response.content.decode()


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "%",
        "'",
        '"',
        "\\",
        "a" * 500,
        "zameldowanie\x00",
        "ąęł",
        "SA-14",
        "(",
        "* OR 1=1",
        "-",
        "<script>",
    ],
)
def test_no_words_break_the_search(client, city, words):
    publish(city.new_card("SA-14", "Zameldowanie"))

    response = client.get("/szukaj/", {"q": words})

    assert response.status_code == 200
    assert "<script>" not in response.content.decode().split("<main", 1)[1]


@pytest.mark.parametrize("address", ["/", CARD, FEED, "/api/v1/openapi.json"])
def test_a_public_answer_depends_on_no_cookie(client, city, address):
    publish(city.new_card("SA-14", "Zameldowanie"))

    assert "Cookie" not in client.get(address).headers.get("Vary", "")


def test_a_slip_in_an_api_address_is_a_problem_and_no_page(client, db):
    response = client.get("/api/v1/kanaly")

    assert response.status_code == 404
    assert response.json()["type"] == "urn:kpum:problem:unknown-address"
