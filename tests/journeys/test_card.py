"""A card's whole way: operator, coordinator, portfolio manager, chief editor, citizen, mirror; and
back, when the chief editor withdraws it. Each step is a click by its own person."""

import json
import re

import pytest
from django.core.management import call_command
from playwright.sync_api import expect
from wagtail.models import Page

from tests.factories.pages import publish
from tests.journeys.people import Person

JOURNEY = "karta"
OLD, NEW = "Zgłoś nowy adres.", "Zgłoś nowy adres w ciągu 30 dni."


@pytest.fixture
def people(new_session, screenshots):
    def meet(part):
        person = Person(part, new_session, screenshots, JOURNEY)
        if part != "citizen":
            person.sign_in()
        return person

    return meet


def mirrored(live_server, folder):
    call_command("follow_channel", f"{live_server.url}/api/v1/channels/public", str(folder))
    files = (folder / "documents").glob("*.json")
    documents = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {doc["code"]: doc for doc in documents if doc["type"] == "service_card"}


def test_a_card_travels_from_the_operator_to_the_citizen_and_to_a_sister_portal(
    served, people, live_server, tmp_path
):
    card = publish(served.card)
    title = card.title
    assert mirrored(live_server, tmp_path)["SA-14"]["summary"] == OLD

    operator = people("operator")
    operator.open_page(title)
    summary = operator.page.get_by_role("textbox", name=re.compile("W skrócie", re.IGNORECASE))
    expect(summary).to_have_value(OLD)
    summary.fill(NEW)
    operator.look("zmieniona karta")
    submit(operator)
    assert Page.objects.get(pk=card.pk).specific.summary == OLD

    for part in ("coordinator", "manager", "chief"):
        people(part).decide(title, "Zatwierdź")

    citizen = people("citizen")
    citizen.page.goto("/")
    citizen.look("strona glowna")
    citizen.page.get_by_role("link", name="Meldunek").first.click()
    citizen.look("kategoria")
    citizen.page.get_by_role("link", name=title).first.click()
    expect(citizen.page.get_by_role("heading", level=1)).to_have_text(title)
    expect(citizen.page.get_by_text(NEW).first).to_be_visible()
    citizen.look("karta po zmianie")
    assert mirrored(live_server, tmp_path)["SA-14"]["summary"] == NEW

    chief = people("chief")
    chief.open_page(title)
    withdraw(chief)

    gone = citizen.page.goto(card.get_url())
    assert gone.status == 410
    expect(citizen.page.get_by_text("Sprawę załatwia teraz inny wydział.")).to_be_visible()
    citizen.look("karta wycofana")
    assert "SA-14" not in mirrored(live_server, tmp_path)


def submit(person):
    """Open the editor's menu of actions and send the text on its way."""
    person.page.get_by_role("button", name=re.compile("Więcej akcji|More actions")).last.click()
    person.page.locator("button[name=action-submit]").click()
    person.page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    person.look("wyslana do oceny")


def withdraw(person):
    """Withdraw the page that is open in the editor, with a reason."""
    person.page.get_by_role("button", name=re.compile("Więcej akcji|More actions")).last.click()
    person.page.get_by_role("link", name=re.compile("Cofnij publikację|Unpublish")).last.click()
    person.page.get_by_label(re.compile("przeczytają|mieszkańc", re.IGNORECASE)).last.fill(
        "Sprawę załatwia teraz inny wydział."
    )
    person.look("wycofanie z powodem")
    person.page.locator("main form button[type=submit]").click()
    person.page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    person.look("wycofana")
