"""The catalogue and the units' folders, as a citizen looks through them."""

import pytest
from django.template import Context, Template

from kpum.org.enums import UnitKind
from kpum.org.models import Unit
from services.models import Category, LegalAct, LifeEvent
from tests.factories.pages import edit, publish
from tests.factories.services import entry


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def test_the_catalogue_lists_every_card_from_a_to_z(client, city):
    for code, title in (
        ("SA-1", "Żłobek"),
        ("SA-2", "Zameldowanie"),
        ("SA-3", "Ślub"),
        ("SA-4", "Akt"),
    ):
        city.published_card(code, title)

    text = read(client, "/uslugi/").split('id="a-to-z"')[1]

    places = [text.index(title) for title in ("Akt", "Ślub", "Zameldowanie", "Żłobek")]
    assert places == sorted(places)


def test_a_units_folder_shows_its_cards_and_nobody_elses(client, city):
    city.published_card("SA-14", "Zameldowanie")

    assert "Zameldowanie" in read(client, "/uslugi/sa/")
    assert "Zameldowanie" not in read(client, "/uslugi/zzm/").split("<main", 1)[1]


def test_a_folder_without_cards_says_so_and_leads_to_the_unit(client, city):
    text = read(client, "/uslugi/zzm/")

    assert "Ta jednostka nie ma jeszcze opisanych usług." in text
    assert 'href="/jednostki/zzm/"' in text


def test_a_units_page_shows_the_cards_of_the_units_below_it(client, city):
    city.published_card("SA-14", "Zameldowanie")

    assert "/uslugi/sa/zameldowanie/" in read(client, "/jednostki/umk/")


def test_a_card_is_shown_under_each_of_its_categories(client, city):
    card = city.published_card("SA-14", "Zameldowanie")
    parks = entry(Category, slug="parki", name="Parki", summary="Zieleń.", icon="trees")
    publish(edit(card, author=city.operator, categories=[city.category, parks]))

    for slug in ("meldunek", "parki"):
        assert "/uslugi/sa/zameldowanie/" in read(client, f"/uslugi/kategoria/{slug}/")


def test_a_life_event_shows_only_the_cards_it_brings(client, city):
    city.published_card("SA-14", "Zameldowanie")
    entry(LifeEvent, slug="slub", name="Biorę ślub", summary="Ślub.", icon="ring")

    assert "Zameldowanie" not in read(client, "/uslugi/zdarzenie/slub/").split("<main", 1)[1]


def test_a_unit_that_opens_later_has_its_page_at_once(client, city):
    Unit.add_root(code="MOPS", name="Miejski Ośrodek Pomocy Społecznej", kind=UnitKind.UNIT)

    assert "Miejski Ośrodek Pomocy Społecznej" in read(client, "/jednostki/mops/")


def test_a_card_shows_every_way_fee_and_act_in_words(client, city):
    entry(LegalAct, eli="DU/2010/217", title="Ustawa o meldunku", journal="Dz.U. 2010")
    entry(LegalAct, eli="KRK/LXX-1-21", title="Uchwała rady")
    city.published_card(
        "SA-14",
        "Zameldowanie",
        channels=[
            (
                "channel",
                {
                    "kind": "online",
                    "title": "Przez internet",
                    "url": "https://www.gov.pl/x",
                    "address": "",
                },
            ),
            (
                "channel",
                {"kind": "phone", "title": "Telefonicznie", "url": "", "address": "12 616 55 55"},
            ),
        ],
        fees=[
            (
                "fee",
                {
                    "amount": amount,
                    "kind": "other",
                    "description": what,
                    "exemption": "",
                    "account": "",
                },
            )
            for amount, what in (("30.00", "Karta"), ("5.50", "Wypis"))
        ],
        legal_bases=[
            ("act", {"eli": "DU/2010/217", "article": "art. 5"}),
            ("act", {"eli": "KRK/LXX-1-21", "article": ""}),
        ],
    )

    text = read(client, "/uslugi/sa/zameldowanie/")

    assert 'href="https://eli.gov.pl/eli/DU/2010/217/ogl"' in text
    assert "KRK/LXX-1-21/ogl" not in text
    assert "Uchwała rady" in text
    assert 'href="https://www.gov.pl/x"' in text
    assert 'href="tel:' in text
    assert text.index("5,50") < text.index("30,00")


def test_steps_come_before_the_notes_that_follow_them(client, city):
    city.published_card(
        "SA-14",
        "Zameldowanie",
        steps_and_notes=[
            ("heading", "Zanim zaczniesz"),
            ("steps", [{"title": "Weź dowód", "text": ""}]),
            ("heading", "O czym pamiętać"),
        ],
    )

    text = read(client, "/uslugi/sa/zameldowanie/")

    assert text.index("Zanim zaczniesz") < text.index("Weź dowód") < text.index("O czym pamiętać")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ codes|audience_labels|join:',' }}", "seniorzy,krasnale"),
        ("{% grouping_url category %}", ""),
    ],
)
def test_a_word_without_a_meaning_or_an_address_does_no_harm(db, source, shown):
    template = Template("{% load kpum_services %}" + source)
    context = Context({"codes": ["seniors", "krasnale"], "category": Category(slug="x")})

    assert template.render(context) == shown
