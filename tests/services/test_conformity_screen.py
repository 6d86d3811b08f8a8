"""Whoever sees a card reads what each rule says of it; who answers for the portfolio waives one (K-16)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kpum.core import clock
from services.conformity import RULES
from services.conformity.waivers import waived
from services.models import Waiver
from tests.factories.pages import draft
from tests.factories.services import complete_card

FEE = {
    "amount": "17.00", "kind": "stamp_duty", "description": "Opłata skarbowa", "exemption": "", "base": "",
    "account": "PL92999900010000000000000001", "transfer_title": "", "cash_desk": "",
}  # fmt: skip


@pytest.fixture
def card(city):
    """A draft with a fee that rests on nothing."""
    parts = {"free_of_charge": False, "fees": [("fee", FEE)]}
    page = complete_card(city, title="Zameldowanie", slug="zameldowanie", **parts)
    return draft(city.folder, page, author=city.operator)


def rules_of(page):
    return reverse("kpum_conformity", args=[page.pk])


def waiver_of(page, rule="C-09"):
    return reverse("kpum_waive", args=[page.pk, rule])


@pytest.mark.parametrize(
    ("part", "sees", "waives"),
    [
        ("operator", True, False),
        ("coordinator", True, False),
        ("head", True, False),
        ("manager", True, True),
        ("chief", True, True),
        ("stranger", False, False),
        ("administrator", True, False),
    ],
)
def test_who_sees_the_card_reads_its_rules_and_who_answers_for_the_portfolio_waives(
    client, city, card, part, sees, waives
):
    client.force_login(city.person(part))

    screen = client.get(rules_of(card))
    dialogue = client.get(waiver_of(card))
    client.post(waiver_of(card), {"reason": "Bo tak.", "valid_to": clock.today()})

    assert (screen.status_code == 200) is sees
    if sees:
        text = screen.content.decode()
        assert all(rule.code in text and str(rule.title) in text for rule in RULES)
        assert (waiver_of(card) in text) is waives
    assert (dialogue.status_code == 200) is waives
    assert Waiver.objects.exists() is waives


def test_the_screen_tells_of_the_latest_draft_what_is_missing_field_by_field(client, city, card):
    card.summary = ""
    card.save_revision(clean=False)
    client.force_login(city.operator)

    text = client.get(rules_of(card)).content.decode()

    assert "W skrócie:" in text
    assert "Opłaty: „Opłata skarbowa”" in text


def test_a_waiver_is_granted_on_its_screen_and_listed_with_its_reason(client, city, card):
    client.force_login(city.manager)
    last = clock.today() + timedelta(30)

    response = client.post(waiver_of(card), {"reason": "Uchwała w druku.", "valid_to": last})

    assert response.url == rules_of(card)
    assert waived(card.pk) == {"C-09": last}
    text = client.get(response.url).content.decode()
    assert "Uchwała w druku." in text
    assert waiver_of(card) not in text, "what is waived is not waived again"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"reason": "", "valid_to": "2027-01-01"}, "reason"),
        ({"reason": "  ", "valid_to": "2027-01-01"}, "reason"),
        ({"reason": "Bo tak.", "valid_to": "jutro"}, "valid_to"),
        ({"reason": "Bo tak.", "valid_to": "2020-01-01"}, "valid_to"),
        ({}, "reason"),
    ],
)
def test_a_wrong_answer_is_told_at_its_field(client, city, card, answers, field):
    client.force_login(city.manager)

    response = client.post(waiver_of(card), answers)

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not Waiver.objects.exists()


def test_there_are_no_rules_of_what_is_no_card_and_no_rule_of_a_strange_number(client, city, card):
    client.force_login(city.manager)

    assert client.get(waiver_of(card, "C-99")).status_code == 404
    assert client.get(rules_of(city.catalogue)).status_code == 404
    assert client.get(waiver_of(city.catalogue)).status_code == 404
