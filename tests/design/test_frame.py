"""The frame around every page: where the reader is, in which language, and at what price."""

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from kpum.design.templatetags.kpum_design import main_areas, trail
from kpum.pages import door
from kpum.pages.authority import Authority, SystemMandate

#: Eleven are Wagtail's own, on the way from the address to the page.
MOST_QUERIES = 20

pytestmark = pytest.mark.django_db


@pytest.fixture
def menus(city):
    """The catalogue is a main area; the directory of units is not."""
    with door.opened(Authority.of_system(SystemMandate.TESTS)):
        Page.objects.filter(pk=city.catalogue.pk).update(show_in_menus=True)
    return city


def price(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def routed(path):
    request = RequestFactory().get(path)
    return Page.route_for_request(request, path).page, request


def test_the_way_to_a_page_costs_nothing(city, django_assert_num_queries):
    card = city.published_card()
    page, _request = routed(card.url)

    with django_assert_num_queries(0):
        titles = [step.title for step in trail(page)]

    assert titles == ["Portal", "Usługi", "SA", "Zameldowanie"]


def test_the_menu_shows_where_the_reader_is(menus):
    card = menus.published_card()
    page, request = routed(card.url)

    areas = main_areas({"page": page, "request": request})

    assert areas == [{"title": "Usługi", "url": "/uslugi/", "holds_this": True, "is_this": False}]


def test_on_the_area_itself_the_menu_says_so(menus, client):
    html = client.get(menus.catalogue.url).content.decode()

    assert 'menu__link--here" href="/uslugi/" aria-current="page"' in html


def test_a_polish_page_has_a_polish_frame_for_an_english_browser(city, client):
    html = client.get(city.folder.url, headers={"accept-language": "en"}).content.decode()

    assert '<html lang="pl">' in html
    assert "Przejdź do treści" in html


def test_a_page_names_its_own_address_only(city, client):
    html = client.get(f"{city.directory.url}sa/?utm_source=x").content.decode()

    assert '<link rel="canonical" href="http://testserver/jednostki/sa/">' in html


def test_a_missing_page_offers_the_search_and_stays_out_of_indexes(city, client):
    response = client.get("/nie-ma-takiej/")
    html = response.content.decode()

    assert response.status_code == 404
    assert 'name="q"' in html
    assert '<meta name="robots" content="noindex">' in html


def test_reading_sets_no_cookie(city, client):
    card = city.published_card()

    for url in ("/", city.catalogue.url, card.url, f"{city.directory.url}sa/", "/szukaj/"):
        assert not client.get(url).cookies


def test_only_who_may_edit_is_offered_to(city, client):
    card = city.published_card()
    offer = f"/admin/pages/{card.pk}/edit/"

    anonymous = client.get(card.url).content.decode()
    client.force_login(city.stranger)
    stranger = client.get(card.url).content.decode()
    client.force_login(city.operator)
    operator = client.get(card.url).content.decode()

    assert (offer in anonymous, offer in stranger, offer in operator) == (False, False, True)


def test_the_price_of_a_card_does_not_grow_with_the_tree(city, client):
    card = city.published_card()
    client.get(card.url)
    alone = price(client, card.url)

    for number in range(2, 12):
        city.published_card(code=f"SA-{number}", title=f"Sprawa {number}")

    assert price(client, card.url) == alone
    assert alone <= MOST_QUERIES
