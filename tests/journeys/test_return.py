"""A text comes back: the reviewer must say why, its author reads it, mends the text and sends it again."""

import re

import pytest
from playwright.sync_api import expect
from wagtail.models import Page

from tests.journeys.people import Person
from workflows import actions

COMMENT = "Dopisz, ile kosztuje zaświadczenie."
MENDED = "Zgłoś nowy adres. Zaświadczenie kosztuje 17 zł."


@pytest.fixture
def meet(new_session, screenshots):
    def meet_person(part):
        person = Person(part, new_session, screenshots, "zwrot")
        person.sign_in()
        return person

    return meet_person


def test_a_returned_text_comes_back_mended(served, meet):
    card = served.card
    actions.submit(page=card, user=served.operator)

    coordinator = meet("coordinator")
    coordinator.decide(card.title, "Zwróć do poprawy")
    assert current(card).status == "in_progress", "returned without a word"
    coordinator.page.get_by_label("Co trzeba zmienić").fill(COMMENT)
    coordinator.page.get_by_role("button", name="Zwróć do poprawy").click()
    expect(coordinator.page.locator(".messages")).to_be_visible()
    coordinator.look("tekst zwrocony")

    operator = meet("operator")
    operator.open_page(card.title)
    summary = operator.page.get_by_role("textbox", name=re.compile("W skrócie", re.IGNORECASE))
    operator.page.goto(f"/admin/pages/{card.pk}/history/")
    expect(operator.page.get_by_text(COMMENT).first).to_be_visible()
    operator.look("komentarz w historii")
    operator.open_page(card.title)
    summary.fill(MENDED)
    operator.open_menu()
    operator.page.locator("button[name=action-submit]").click()
    operator.page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    operator.look("wyslana ponownie")

    coordinator.page.goto("/admin/")
    coordinator.page.get_by_role("link", name=card.title).first.click()
    shown = coordinator.page.frame_locator("iframe").first
    expect(shown.get_by_text(MENDED).first).to_be_visible()
    coordinator.look("poprawiony tekst")


def current(page):
    return Page.objects.get(pk=page.pk).specific.current_workflow_task_state
