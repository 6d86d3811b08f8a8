"""A new card from nothing to the public: each refusal on the way says in which field, and what to do.

Each step is a click by its own person in his own browser. What the form looked like is kept beside the
other pictures of the journeys.
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from wagtail.models import Page

from kpum.core import clock
from kpum.org.models import Unit
from services.completeness import REQUIREMENTS
from services.models import ServiceCardPage, Waiver
from tests.factories.pages import publish
from tests.factories.services import population_act, privacy_notice
from tests.journeys.people import Person

TITLE = "Zaświadczenie o zameldowaniu"
TALL = {"width": 1280, "height": 4200}
ACCOUNT = "PL92999900010000000000000001"
#: What the form of a new card holds by itself.
GIVEN = {"code", "appeal_authority", "appeal_days", "forms"}
TYPED = {
    "id_summary": "Potwierdzimy, że jesteś zameldowany. Zapłacisz 17 zł.",
    "id_applicants": "Każdy, kto jest zameldowany w Krakowie. Może przyjść pełnomocnik.",
    "id_processing_text": "Od ręki, jeśli jesteś w naszej bazie.",
    "id_outcome": "Dostaniesz zaświadczenie na papierze.",
    "id_appeal_text": "Od zaświadczenia nie ma odwołania. Na odmowę złóż zażalenie.",
    "id_keywords": "zameldowanie, adres, zaświadczenie",
    "id_contact_cell": "Zespół ewidencji ludności",
}


@pytest.fixture
def people(new_session, screenshots):
    def meet(part):
        person = Person(part, new_session, screenshots, "nowa-karta")
        if part != "citizen":
            person.sign_in()
        return person

    return meet


@pytest.fixture
def prepared(served):
    """The city with its public way to the card, registers to choose from, and the unit's contact."""
    publish(served.card)
    population_act()
    privacy_notice()
    Unit.objects.filter(code="SA").update(
        address="al. Powstania Warszawskiego 10", phone="12 616 00 00"
    )
    return served


def test_a_new_card_comes_from_nothing_to_the_public_and_every_refusal_helps(prepared, people):
    card = written_and_submitted(people("operator"))

    people("coordinator").decide(TITLE, "Zatwierdź")
    refused_and_waived(people("manager"), card)
    people("chief").decide(TITLE, "Zatwierdź")

    citizen = people("citizen")
    citizen.page.goto("/")
    citizen.page.get_by_role("link", name="Meldunek").first.click()
    citizen.page.get_by_role("link", name=TITLE).first.click()
    expect(citizen.page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    expect(citizen.page.get_by_text("17,00 zł").first).to_be_visible()
    citizen.look("karta dla mieszkanca")
    assert card_of(card).live


def written_and_submitted(operator):
    """Refused three times, each time for what is still wrong and for nothing else; then on its way."""
    refused_when_empty(operator)
    fill_in(operator)
    submit(operator, "zly numer konta i wniosek mailem")
    named = refusals(operator)
    assert "to nie numer polskiego rachunku bankowego" in named
    assert "(reguła C-03)" in named
    assert "(reguła C-09)" not in named

    unfold(operator, "channels")
    operator.page.locator("#channels-0-value-address").fill("al. Powstania Warszawskiego 10")
    operator.page.locator("#fees-0-value-account").fill(ACCOUNT)
    submit(operator, "oplata bez podstawy")
    named = refusals(operator)
    assert "(reguła C-09)" in named
    assert "(reguła C-03)" not in named

    unfold(operator, "fees")
    operator.page.locator("#fees-0-value-base").fill("ustawa o opłacie skarbowej, część II")
    submit(operator)
    operator.page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    operator.look("karta wyslana")
    operator.open_page(TITLE)
    operator.page.get_by_role("button", name=re.compile("^(Akcje|Actions)$")).first.click()
    operator.page.get_by_role("link", name="Zgodność z regułami").first.click()
    expect(operator.page.get_by_text("Nie brakuje niczego")).to_be_visible()
    operator.look_whole("zgodnosc z regulami", {"width": 1280, "height": 2000})
    return ServiceCardPage.objects.get(title=TITLE)


def refused_when_empty(operator):
    """Whoever sends a card with nothing but its title reads at each field what belongs there."""
    begin(operator)
    expect(operator.page.locator("#id_code")).to_have_value("SA-15")
    operator.page.locator("#id_title").fill(TITLE)
    operator.page.locator("#id_title").press("Tab")
    expect(operator.page.locator("#id_slug")).to_have_value("zaswiadczenie-o-zameldowaniu")
    submit(operator, "pusta karta")
    named = refusals(operator)
    for requirement in REQUIREMENTS:
        if requirement.field not in GIVEN:
            assert str(requirement.message) in named, requirement.field
    assert "To pole jest wymagane." not in named, "the card says what belongs there"
    assert not ServiceCardPage.objects.filter(title=TITLE).exists()


def refused_and_waived(manager, card):
    """While the card waits, the unit gives up its address: the manager is refused, waives the rule, and agrees."""
    Unit.objects.filter(code="SA").update(address="")
    manager.decide(TITLE, "Zatwierdź")
    expect(manager.page.locator(".messages")).to_contain_text("C-01")
    assert card_of(card).current_workflow_task.specific.stage == "conformity"
    waive(manager, "C-01", "Jednostka się przeprowadza, nowy adres będzie w poniedziałek.")
    assert Waiver.objects.get(page=card.pk).rule == "C-01"
    manager.decide(TITLE, "Zatwierdź")


def card_of(card):
    return Page.objects.get(pk=card.pk).specific


def begin(person):
    """Open the form of a new card in the unit's folder."""
    page = person.page
    page.get_by_role("button", name="Strony").first.click()
    page.locator(".c-page-explorer").get_by_role("link", name="SA").first.click()
    page.get_by_role("link", name=re.compile("Dodaj stronę podrzędną|Add child")).first.click()
    page.get_by_role("link", name=re.compile("Karta usługi", re.IGNORECASE)).first.click()
    page.locator("#id_title").wait_for()
    # Only then the script that makes the address of the title is at work.
    page.wait_for_load_state("networkidle")
    person.look_whole("formularz nowej karty", TALL)


def open_tab(person, name):
    person.page.get_by_role("tab", name=name).click()


def add_to(person, stream):
    """Press the plus of a list, which has one kind of entry."""
    holder = person.page.locator(f"div:has(> input[name={stream}-count])")
    holder.locator(".c-sf-add-button").last.click()


def unfold(person, stream):
    """Open the first entry of a list, which are folded when the form comes back."""
    holder = person.page.locator(f"div:has(> input[name={stream}-count])")
    holder.locator("[data-panel-toggle]").first.click()


def fill_in(person):
    """Fill in everything as the operator knows it: with a wrong account, no basis of the fee, and e-mail."""
    page = person.page
    open_tab(person, "Karta")
    for field in (
        "id_summary",
        "id_applicants",
        "id_processing_text",
        "id_outcome",
        "id_appeal_text",
        "id_contact_cell",
    ):
        page.locator(f"#{field}").fill(TYPED[field])
    page.get_by_label("mieszkańcy", exact=True).check()
    page.locator("#id_no_documents").check()
    page.locator("#id_processing_duration_0").fill("7")
    page.locator("#id_outcome_kind").select_option("certificate")
    page.locator("#id_appeal_possible").uncheck()
    add_to(person, "fees")
    page.locator("#fees-0-value-amount").fill("17")
    page.locator("#fees-0-value-description").fill("Opłata skarbowa")
    page.locator("#fees-0-value-account").fill("PL11111111111111111111111111")
    add_to(person, "channels")
    page.locator("#channels-0-value-title").fill("W urzędzie")
    page.locator("#channels-0-value-address").fill("ewidencja@krakow.example")
    add_to(person, "legal_bases")
    page.locator("#legal_bases-0-value-eli").select_option(index=1)
    page.locator("#id_privacy_notice").select_option(index=1)
    open_tab(person, "Wyszukiwanie")
    page.get_by_label("Meldunek", exact=True).check()
    page.locator("#id_keywords").fill(TYPED["id_keywords"])
    open_tab(person, "Karta")
    person.look_whole("karta wypelniona", TALL)


def submit(person, refused=""):
    """Send the card on its way; when it is refused, look at where and why."""
    person.open_menu()
    person.page.locator("button[name=action-submit]").click()
    if refused:
        expect(person.page.locator(".messages .error")).to_be_visible()
        person.look_whole(refused, TALL)


def refusals(person):
    """Return every message that stands at a field or above the form."""
    said = person.page.locator(".w-field__errors, .messages, .help-critical, .error-message")
    return " ".join(said.all_text_contents())


def waive(person, rule, reason):
    """Let the card go without a rule, from the screen of the review."""
    page = person.page
    page.get_by_role("link", name=f"Odstąp od reguły {rule}").click()
    page.locator("#id_reason").fill(reason)
    page.locator("#id_valid_to").fill((clock.today() + timedelta(days=14)).isoformat())
    person.look("odstapienie od reguly")
    page.get_by_role("button", name="Odstąp od reguły").click()
    page.wait_for_url(re.compile(r"/kpum/review/\d+/"))
    person.look("regula odlozona")
