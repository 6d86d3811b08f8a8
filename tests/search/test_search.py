"""What a citizen finds: every word first, then any word; nothing that is not public."""

import pytest
from wagtail.models import Page

from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from search import queries


def found(client, words):
    response = client.get("/szukaj/", {"q": words})
    assert response.status_code == 200
    return [page.title for page in response.context["results"].pages]


def look(client, words):
    return client.get("/szukaj/", {"q": words}).content.decode()


@pytest.fixture
def cards(city):
    """Three cards that share some words."""
    for code, title, keywords in (
        ("SA-1", "Rejestracja roweru", "jednoślad"),
        ("SA-2", "Rejestracja pojazdu", "samochód, auto"),
        ("SA-3", "Wypożyczenie roweru", "jednoślad"),
    ):
        city.published_card(code, title, keywords=keywords)
    return city


def test_a_page_with_every_word_comes_before_pages_with_some(client, cards):
    titles = found(client, "rejestracja roweru")

    assert titles[0] == "Rejestracja roweru"
    assert set(titles[1:]) == {"Rejestracja pojazdu", "Wypożyczenie roweru"}


def test_the_citizen_is_told_that_the_last_pages_hold_only_some_words(client, cards):
    assert client.get("/szukaj/", {"q": "rejestracja roweru"}).context["results"].widened
    assert not client.get("/szukaj/", {"q": "jednoślad"}).context["results"].widened


def test_no_page_is_named_twice(client, cards):
    titles = found(client, "rejestracja roweru jednoślad")

    assert len(titles) == len(set(titles)) == 3


def test_a_word_its_author_gave_as_another_name_finds_the_card(client, cards):
    assert found(client, "samochód") == ["Rejestracja pojazdu"]


def test_the_code_of_a_card_finds_it_first(client, cards):
    assert found(client, "SA-3")[0] == "Wypożyczenie roweru"


@pytest.mark.parametrize("words", ["JEDNOŚLAD", "jednoślad", "Jednoślad"])
def test_large_and_small_letters_find_the_same(client, cards, words):
    assert set(found(client, words)) == {"Rejestracja roweru", "Wypożyczenie roweru"}


def test_a_withdrawn_page_is_not_found(client, cards):
    page = Page.objects.get(title="Rejestracja pojazdu")

    door.withdraw(
        page_id=page.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Już nie ma.",
        authority=Authority.of_mandate(),
        actor=cards.chief,
    )

    assert found(client, "samochód") == []


def test_a_draft_is_not_found(client, cards):
    cards.new_card("SA-9", "Balon na uwięzi")

    assert found(client, "balon") == []


def test_the_page_repeats_the_words_it_looked_for(client, cards):
    assert "jednoślad" in look(client, "jednoślad")
    assert "smok wawelski" in look(client, "smok wawelski")


def test_where_nothing_is_found_the_page_says_whom_to_call(client, cards):
    text = look(client, "hipopotam")

    assert "hipopotam" in text
    assert "12 616 55 55" in text


@pytest.mark.parametrize("words", ["", "   ", "!?.,", "\x00"])
def test_an_empty_question_finds_nothing_and_invites_to_ask(client, cards, words):
    response = client.get("/szukaj/", {"q": words})

    assert response.status_code == 200
    assert response.context["results"].pages == []
    assert 'name="q"' in response.content.decode()


def test_a_full_page_is_not_widened(client, cards, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_SIZE", 2)

    results = queries.find("jednoślad")

    assert len(results.pages) == 2
    assert not results.widened


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_searching_only_reads(client, db, method):
    assert getattr(client, method)("/szukaj/").status_code == 405
