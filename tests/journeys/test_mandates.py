"""From appointment to publication, each step a click by its own person in his own browser; and what
happens to a text when the mandate ends while it is being written."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import expect
from wagtail.models import Page

from kpum.audit.models import AuditEntry
from kpum.core import clock
from tests.cast import PASSWORD
from tests.factories.pages import publish
from tests.journeys.people import Person

JOURNEY = "mandat"
OLD = "Zgłoś nowy adres."
FIRST, SECOND = "Zgłoś adres jutro.", "Zgłoś nowy adres w ciągu 30 dni."
SUMMARY = re.compile("W skrócie", re.IGNORECASE)


@pytest.fixture
def people(new_session, screenshots):
    def meet(part):
        person = Person(part, new_session, screenshots, JOURNEY)
        person.sign_in()
        return person

    return meet


@pytest.fixture
def card(served):
    get_user_model().objects.create_user(
        "newcomer", "newcomer@example.org", PASSWORD, first_name="Lena", last_name="Nowicka"
    )
    return publish(served.card)


def open_list(person, entry):
    """Open a list of the menu “Uprawnienia” by clicking through the menu."""
    person.page.goto("/admin/")
    person.page.get_by_role("button", name="Uprawnienia").click()
    person.page.get_by_role("link", name=entry, exact=True).click()


def choose(person, field, words):
    """Choose the entry of a list that holds the words."""
    select = person.page.locator(f"select[name={field}]")
    value = select.locator("option").filter(has_text=words).first.get_attribute("value")
    select.select_option(value)


def appoint(head, who, role, unit):
    open_list(head, "Mandaty")
    head.page.get_by_role("link", name=re.compile("Nadaj mandat")).first.click()
    choose(head, "user", who)
    choose(head, "role", role)
    choose(head, "unit", unit)
    head.page.locator("input[name=basis]").fill("powołanie 5/2026")
    head.look("powolanie")
    head.page.get_by_role("button", name=re.compile("Nadaj mandat")).click()
    expect(head.page.get_by_text(re.compile("mandat został nadany", re.IGNORECASE))).to_be_visible()
    head.look("powolana")


def write(person, title, words):
    person.open_page(title)
    person.page.get_by_role("textbox", name=SUMMARY).fill(words)
    person.look("zmieniona karta")


def submit(person):
    person.open_menu()
    person.page.locator(
        "button[name=action-submit], button[name=action-restart-workflow]"
    ).first.click()
    person.page.wait_for_url(re.compile(r"/admin/pages/\d+/"))
    person.look("wyslana do oceny")


def name_substitute(person, who):
    open_list(person, "Zastępstwa")
    person.page.get_by_role("link", name=re.compile("Wyznacz", re.IGNORECASE)).first.click()
    choose(person, "substitute", who)
    choose(person, "mandate", "koordynator")
    person.page.locator("input[name=reason]").fill("urlop")
    later = timezone.localtime(clock.now() + timedelta(days=7))
    person.page.locator("input[name=valid_to]").fill(f"{later:%Y-%m-%d %H:%M}")
    person.page.keyboard.press("Escape")
    person.look("zastepstwo")
    person.page.get_by_role("button", name=re.compile("Wyznacz", re.IGNORECASE)).click()
    expect(person.page.locator(".messages")).to_be_visible()
    person.look("zastepstwo wyznaczone")


def test_from_appointment_to_publication_by_a_substitute(card, people):
    title = card.title
    appoint(people("head"), "Nowicka", "operator jednostki", "SA")

    newcomer = people("newcomer")
    write(newcomer, title, FIRST)
    submit(newcomer)

    coordinator = people("coordinator")
    coordinator.decide(title, "Zwróć", comment="Podaj, w ciągu ilu dni.")
    write(newcomer, title, SECOND)
    submit(newcomer)
    name_substitute(coordinator, "Lipiec")

    for part in ("second_operator", "manager", "chief"):
        people(part).decide(title, "Zatwierdź")

    assert Page.objects.get(pk=card.pk).specific.summary == SECOND
    approvals = AuditEntry.objects.filter(action="page.approved").order_by("pk")
    assert [entry.acting_for for entry in approvals] == ["Marek Sowa", "", ""]
    published = AuditEntry.objects.filter(action="page.published").last()
    assert "Edyta Lipiec" in published.authority
    assert "Marek Sowa" in published.authority


def test_a_mandate_that_ends_while_the_form_is_open_loses_no_text(card, people):
    head = people("head")
    appoint(head, "Nowicka", "operator jednostki", "SA")
    newcomer = people("newcomer")
    write(newcomer, card.title, SECOND)

    open_list(head, "Mandaty")
    row = head.page.get_by_role("row").filter(has_text="Nowicka")
    row.get_by_role("button").first.click()
    head.page.get_by_role("link", name=re.compile("Zakończ")).first.click()
    head.page.locator("input[name=reason]").fill("odwołanie 6/2026")
    head.page.get_by_role("button", name=re.compile("Zakończ")).click()
    expect(head.page.locator(".messages")).to_be_visible()
    head.look("mandat zakonczony")

    newcomer.page.get_by_role("button", name=re.compile("Zapisz szkic")).first.click()
    expect(newcomer.page.get_by_text(SECOND).first).to_be_visible()
    expect(
        newcomer.page.get_by_text(re.compile("nic nie zostało zapisane", re.IGNORECASE))
    ).to_be_visible()
    newcomer.look("nie zapisano, tekst jest")
    latest = Page.objects.get(pk=card.pk).get_latest_revision_as_object()
    assert latest.summary == OLD
