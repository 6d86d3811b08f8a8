"""Editing a card in the admin: drafts are saved as they are, a submission is checked."""

import pytest
from wagtail.models import Page, WorkflowState

from services.models import ServiceCardPage
from tests.pages.walk import FORM_FRAME

NOTE = "Wpisane przed chwilą zdanie."


def add(client, city, **fields):
    client.force_login(city.operator)
    address = f"/admin/pages/add/kpum_services/servicecardpage/{city.folder.pk}/"
    return client.post(address, FORM_FRAME | {"title": "Szkic karty", "slug": "szkic"} | fields)


def latest(page):
    return Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object()


def test_an_almost_empty_card_is_saved_as_a_draft(client, city):
    response = add(client, city)

    card = ServiceCardPage.objects.get(slug="szkic")
    assert response.status_code == 302
    assert not card.live
    assert card.owner_unit.code == "SA"


def test_a_draft_may_be_emptied_again(client, city):
    card = city.card
    client.force_login(city.operator)

    response = client.post(
        f"/admin/pages/{card.pk}/edit/", FORM_FRAME | {"title": card.title, "slug": card.slug}
    )

    assert response.status_code == 302
    assert latest(card).summary == ""
    assert len(latest(card).documents) == 0


def test_an_empty_card_is_not_submitted_and_each_missing_field_is_named(client, city):
    add(client, city)
    card = ServiceCardPage.objects.get(slug="szkic")

    fields = {"title": card.title, "slug": card.slug, "applicants": NOTE, "action-submit": "1"}
    response = client.post(f"/admin/pages/{card.pk}/edit/", FORM_FRAME | fields)

    assert response.status_code == 200
    named = set(response.context["form"].errors)
    assert {
        "summary",
        "audiences",
        "documents",
        "fees",
        "channels",
        "legal_bases",
        "categories",
    } <= named
    assert "applicants" not in named
    assert not WorkflowState.objects.exists()


def test_what_was_typed_is_still_there_after_a_refused_submission(client, city):
    add(client, city)
    card = ServiceCardPage.objects.get(slug="szkic")

    fields = {
        "title": "Nowy tytuł",
        "slug": card.slug,
        "applicants": NOTE,
        "audiences": ["seniors"],
    }
    response = client.post(
        f"/admin/pages/{card.pk}/edit/", FORM_FRAME | fields | {"action-submit": "1"}
    )

    form = response.context["form"]
    assert NOTE in response.content.decode()
    assert form["title"].value() == "Nowy tytuł"
    assert form["audiences"].value() == ["seniors"]


def test_the_choice_of_audiences_and_channels_is_kept_with_the_draft(client, city):
    add(client, city, audiences=["seniors", "residents"], targets=["kck", "public"])

    card = latest(ServiceCardPage.objects.get(slug="szkic"))

    assert set(card.audiences) == {"seniors", "residents"}
    assert card.targets == ["kck", "public"]


@pytest.mark.parametrize("value", [{"audiences": ["krasnale"]}, {"targets": ["gazeta"]}])
def test_an_unknown_audience_or_channel_is_not_saved(client, city, value):
    response = add(client, city, **value)

    assert response.status_code == 200
    assert set(response.context["form"].errors) == set(value)
    assert not ServiceCardPage.objects.exists()
