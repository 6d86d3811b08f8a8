"""What a published card owes a citizen: each requirement, broken by itself, is named to the editor."""

import pytest
from wagtail.models import Locale, Page

from kpum.pages.errors import NotPublishable
from services.completeness import REQUIREMENTS
from services.models import ServiceCardPage
from tests.factories.pages import draft, edit, publish
from tests.factories.services import complete_card

_DOCUMENT = {"name": "Wniosek", "mandatory": True, "form": "original", "note": ""}
#: For each requirement, the ways to break it and nothing else.
BREAKING = {
    "code": [{"code": ""}],
    "summary": [{"summary": ""}, {"summary": " \n"}],
    "applicants": [{"applicants": "  "}],
    "audiences": [{"audiences": []}],
    "documents": [{"documents": []}, {"no_documents": True}],
    "fees": [{"fees": []}, {"free_of_charge": True}],
    "processing_duration": [{"processing_duration": ""}],
    "processing_text": [{"processing_text": " "}],
    "outcome_kind": [{"outcome_kind": ""}],
    "outcome": [{"outcome": " "}],
    "appeal_text": [{"appeal_text": " "}],
    "appeal_authority": [{"appeal_authority": " "}],
    "appeal_days": [{"appeal_days": None}],
    "channels": [{"channels": []}],
    "legal_bases": [{"legal_bases": []}],
    "privacy_notice": [{"privacy_notice": None}],
    "forms": [{"documents": [("document", _DOCUMENT | {"form_number": "SA-14/Z9"})]}],
    "categories": [{"categories": []}],
}
CASES = [(field, changes) for field, ways in BREAKING.items() for changes in ways]


def test_every_requirement_has_a_case_that_breaks_it():
    assert {requirement.field for requirement in REQUIREMENTS} == set(BREAKING)


@pytest.mark.parametrize(("field", "changes"), CASES)
def test_a_card_without_it_is_refused_and_the_field_is_named(city, field, changes):
    card = edit(city.card, author=city.operator, **changes)

    with pytest.raises(NotPublishable) as refused:
        publish(card)

    message = next(str(row.message) for row in REQUIREMENTS if row.field == field)
    assert set(refused.value.errors) == {field}
    assert message in refused.value.errors[field]
    assert not Page.objects.get(pk=card.pk).live


@pytest.mark.parametrize(
    "changes",
    [
        {"documents": [], "no_documents": True},
        {"fees": [], "free_of_charge": True},
        {"appeal_possible": False, "appeal_authority": "", "appeal_days": None},
        {"steps_and_notes": [], "keywords": "", "life_events": []},
    ],
)
def test_a_card_that_says_there_is_none_is_complete(city, changes):
    card = edit(city.card, author=city.operator, **changes)

    publish(card)

    assert Page.objects.get(pk=card.pk).live


def test_two_cards_of_one_language_never_bear_one_code(city):
    city.published_card("SA-14", "Zameldowanie")
    second = city.new_card("SA-14", "Wymeldowanie")

    with pytest.raises(NotPublishable) as refused:
        publish(second)

    assert set(refused.value.errors) == {"code"}


def test_a_translation_keeps_the_code_of_its_original(city):
    city.published_card("SA-14", "Zameldowanie")
    english = Locale.objects.create(language_code="en")
    card = complete_card(city, title="Registering an address", slug="registering")
    card.locale = english

    publish(draft(city.folder, card, author=city.operator))

    assert ServiceCardPage.objects.live().filter(code="SA-14").count() == 2


def test_an_unfinished_entry_of_a_list_is_named_with_its_list(city):
    nameless = ("document", {"name": "", "mandatory": True, "form": "original", "note": ""})
    card = edit(city.card, author=city.operator, documents=[nameless])

    with pytest.raises(NotPublishable) as refused:
        publish(card)

    assert set(refused.value.errors) == {"documents"}
