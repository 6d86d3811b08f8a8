"""Values as people read them: money, accounts, durations, numbers, addresses, the alphabet."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils.translation import override

from kpum.design import wording

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("17.00", f"17,00{NO_BREAK}zł"),
        (Decimal("0.5"), f"0,50{NO_BREAK}zł"),
        (Decimal("1234.50"), f"1{NO_BREAK}234,50{NO_BREAK}zł"),
        (82, f"82,00{NO_BREAK}zł"),
        ("bez opłat", "bez opłat"),
    ],
)
def test_money_is_written_the_polish_way(amount, written):
    assert wording.money(amount) == written


def test_an_account_stands_in_groups_of_four():
    assert wording.account("PL92999900010000000000000001") == "PL92 9999 0001 0000 0000 0000 0001"
    assert wording.account("PL92 99990001") == "PL92 9999 0001"
    assert wording.account("") == ""


@pytest.mark.parametrize(
    ("duration", "written"),
    [
        ("P1D", "do 1 dnia"),
        ("P14D", "do 14 dni"),
        ("P22D", "do 22 dni"),
        ("P1M", "do 1 miesiąca"),
        ("P2M", "do 2 miesięcy"),
        ("P1W", "do 1 tygodnia"),
        ("P1Y", "do 1 roku"),
        ("P1M15D", "do 1 miesiąca 15 dni"),
        ("PT2H", "do 2 godzin"),
        ("PT30M", "do 30 minut"),
    ],
)
def test_a_duration_is_said_in_words(duration, written):
    assert wording.at_most(duration).replace(NO_BREAK, " ") == written


@pytest.mark.parametrize("nonsense", ["", "P", "PT", "14 dni"])
def test_what_is_no_duration_stays_as_it_is(nonsense):
    assert wording.at_most(nonsense) == nonsense


def test_a_duration_follows_the_language_of_the_page():
    with override("en"):
        assert wording.at_most("P14D").replace(NO_BREAK, " ") == "up to 14 days"


@pytest.mark.parametrize(
    ("number", "link"),
    [
        ("12 616 55 55", "tel:+48126165555"),
        ("+48 12 616-55-55", "tel:+48126165555"),
        ("986", "tel:986"),
        ("986 lub 112", ""),
        ("wewn. 14", ""),
        ("", ""),
    ],
)
def test_a_number_is_a_link_only_when_it_is_one_number(number, link):
    assert wording.telephone_link(number) == link


def test_a_postal_code_is_not_broken_and_the_rest_is_escaped():
    written = wording.address("ul. <Polna> 1, 31-549 Kraków")

    assert written == 'ul. &lt;Polna&gt; 1, <span class="unbroken">31-549</span> Kraków'


def test_no_line_of_a_heading_ends_with_a_one_letter_word():
    assert wording.without_hanging_words("Wypis i wyrys z planu") == (
        f"Wypis i{NO_BREAK}wyrys z{NO_BREAK}planu"
    )
    assert wording.without_hanging_words("W urzędzie") == f"W{NO_BREAK}urzędzie"
    assert wording.without_hanging_words("Moja firma") == "Moja firma"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("przez internet", "Przez internet"),
        ("ePUAP", "ePUAP"),
        ("ePUAP i poczta", "ePUAP i poczta"),
        ("śluby", "Śluby"),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_unless_the_word_has_its_own_spelling(text, written):
    assert wording.sentence(text) == written


def titled(*titles):
    return [SimpleNamespace(title=title) for title in titles]


def test_the_alphabet_is_polish():
    groups = wording.by_first_letter(
        titled("Źródła", "Zjazd", "Łąka", "Lipa", "Ćma", "Cis", "3 maja")
    )

    assert [letter for letter, _items in groups] == ["3", "C", "Ć", "L", "Ł", "Z", "Ź"]


def test_titles_of_one_letter_stand_together_in_order():
    (letter, items), *others = wording.by_first_letter(titled("Ślub", "śmieci", "Światło"))

    assert (letter, others) == ("Ś", [])
    assert [item.title for item in items] == ["Ślub", "śmieci", "Światło"]
