"""Two people in one text, a mandate that ends, a review that begins: no save is silent, no text is lost."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from wagtail.models import Page, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from kpum.core import clock
from kpum.org.actions import end_mandate
from kpum.org.models import Mandate
from workflows import actions as path

TYPED = "Tego zdania szkoda by było stracić."


@pytest.fixture
def page(city):
    return city.new_page("Godziny pracy")


def fresh(page):
    return Page.objects.get(pk=page.pk).specific


def address(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def form(page, **changes):
    """Return what a browser sends for a page that it loaded at its present revision."""
    latest = fresh(page).latest_revision
    data = {
        "title": page.title,
        "slug": page.slug,
        "lead": page.lead,
        "body": streamfield([("paragraph", rich_text("<p>Treść.</p>"))]),
        "comments": inline_formset([]),
    }
    sent = nested_form_data(data) | {"targets": ["public"]}
    loaded = {
        "loaded_revision_id": str(latest.pk),
        "loaded_revision_created_at": latest.created_at.isoformat(),
    }
    return sent | loaded | changes


def lead_now(page):
    return fresh(page).get_latest_revision_as_object().lead


@pytest.fixture
def overtaken(client, city, page):
    """The operator's form, opened before a colleague saved."""
    mine = form(page, lead=TYPED)
    client.force_login(city.second_operator)
    client.post(address(page), form(page, lead="Zapisała koleżanka."))
    assert lead_now(page) == "Zapisała koleżanka."
    client.force_login(city.operator)
    return mine


def test_a_save_that_nobody_overtook_is_simply_stored(client, city, page):
    client.force_login(city.operator)

    response = client.post(address(page), form(page, lead=TYPED))

    assert response.status_code == 302
    assert lead_now(page) == TYPED


def test_the_second_save_is_refused_with_the_name_and_keeps_what_was_typed(client, page, overtaken):
    response = client.post(address(page), overtaken)

    text = response.content.decode()
    assert lead_now(page) == "Zapisała koleżanka."
    assert TYPED in text
    assert "Edyta Lipiec" in text
    compared = [overtaken["loaded_revision_id"], fresh(page).latest_revision_id]
    assert reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, *compared]) in text


def test_a_submission_of_an_overtaken_text_is_refused_too(client, page, overtaken):
    client.post(address(page), overtaken | {"action-submit": "1"})

    assert fresh(page).current_workflow_state is None
    assert lead_now(page) == "Zapisała koleżanka."


def test_the_form_shown_again_does_not_save_by_itself(client, page, overtaken):
    """The page shown again has loaded the newest revision: its autosave must not decide."""
    again = form(page, lead=TYPED) | {"kpum-conflict": overtaken["loaded_revision_id"]}

    client.post(address(page), again)
    client.post(address(page), again, HTTP_ACCEPT="application/json")

    assert lead_now(page) == "Zapisała koleżanka."


def test_the_author_saves_on_top_knowingly(client, page, overtaken):
    seen = str(fresh(page).latest_revision_id)

    client.post(address(page), overtaken | {"kpum-conflict": "1", "kpum-on-top": seen})

    assert lead_now(page) == TYPED


def test_knowing_of_one_colleagues_save_is_not_knowing_of_the_next(client, city, page, overtaken):
    seen = str(fresh(page).latest_revision_id)
    client.force_login(city.coordinator)
    client.post(address(page), form(page, lead="Zapisał koordynator."))
    client.force_login(city.operator)

    client.post(address(page), overtaken | {"kpum-conflict": "1", "kpum-on-top": seen})

    assert lead_now(page) == "Zapisał koordynator."


def test_a_colleagues_autosave_over_the_loaded_revision_is_seen_too(client, city, page):
    mine = form(page, lead=TYPED)
    Revision.objects.filter(pk=mine["loaded_revision_id"]).update(
        created_at=clock.now() + timedelta(seconds=1), user=city.second_operator
    )
    client.force_login(city.operator)

    response = client.post(address(page), mine)

    assert response.status_code == 200
    assert "Edyta Lipiec" in response.content.decode()


def test_ones_own_autosave_is_no_conflict(client, city, page):
    client.force_login(city.operator)
    mine = form(page, lead="Pierwsze zdanie.")
    saved = client.post(address(page), mine, HTTP_ACCEPT="application/json").json()

    client.post(
        address(page), mine | {"lead": TYPED, "overwrite_revision_id": str(saved["revision_id"])}
    )

    assert lead_now(page) == TYPED


@pytest.mark.parametrize("loaded", ["", "0", "x", "9" * 30, "-1", "1 OR 1=1"])
def test_odd_words_about_the_loaded_revision_break_nothing(client, city, page, loaded):
    client.force_login(city.operator)

    for name in ("loaded_revision_id", "kpum-conflict", "kpum-on-top"):
        assert client.post(address(page), form(page) | {name: loaded}).status_code < 500


@pytest.fixture
def without_mandate(city):
    """The operator, whose mandate ended a moment ago."""
    for mandate in Mandate.objects.filter(user=city.operator):
        end_mandate(mandate=mandate, actor=None, reason="koniec okresu")
    return city.operator


def test_a_mandate_that_ended_refuses_the_save_and_gives_the_text_back(
    client, city, page, without_mandate
):
    sent = form(page, lead=TYPED)
    before = Revision.objects.count()
    client.force_login(without_mandate)

    response = client.post(address(page), sent)

    text = response.content.decode()
    assert response.status_code == 403
    assert TYPED in text
    assert "Treść." in text
    assert "SA" in text
    assert "csrfmiddlewaretoken" not in text
    assert "loaded_revision_id" not in text
    assert Revision.objects.count() == before


def test_autosave_after_the_mandates_end_says_so_to_the_editor(client, page, without_mandate):
    client.force_login(without_mandate)

    response = client.post(address(page), form(page, lead=TYPED), HTTP_ACCEPT="application/json")

    answer = response.json()
    assert (response.status_code, answer["success"]) == (400, False)
    assert answer["error_message"]
    assert lead_now(page) != TYPED


def test_a_new_page_is_given_back_as_well(client, city, page, without_mandate):
    client.force_login(without_mandate)
    where = ["kpum_portal", "informationpage", city.folder.pk]

    response = client.post(reverse("wagtailadmin_pages:add", args=where), form(page, lead=TYPED))

    assert response.status_code == 403
    assert TYPED in response.content.decode()


def test_a_session_that_ended_gives_the_text_back(client, page):
    response = client.post(address(page), form(page, lead=TYPED))

    assert response.status_code == 403
    assert TYPED in response.content.decode()


def test_a_strangers_refusal_says_nothing_of_the_page(client, city, page):
    client.force_login(city.stranger)

    text = client.post(address(page), {"title": "x"}).content.decode()

    assert page.title not in text
    assert page.lead not in text


def test_rich_text_is_given_back_as_lines_a_person_can_read(client, city, page, without_mandate):
    raw = json.dumps({"blocks": [{"text": "Wiersz pierwszy"}, {"text": "Wiersz drugi"}]})
    client.force_login(without_mandate)

    text = client.post(address(page), {"body-0-value": raw, "lead": "{niedokończone"}).content

    assert "Wiersz pierwszy\nWiersz drugi" in text.decode()
    assert "{niedokończone" in text.decode()


def test_a_text_that_went_under_review_meanwhile_stays_in_the_form(client, city, page):
    sent = form(page, lead=TYPED)
    path.submit(page=fresh(page), user=city.second_operator)
    client.force_login(city.operator)

    response = client.post(address(page), sent)
    automatic = client.post(address(page), sent, HTTP_ACCEPT="application/json")

    text = response.content.decode()
    assert TYPED in text
    assert "Edyta Lipiec" in text
    assert lead_now(page) != TYPED
    assert automatic.status_code == 400
    assert "Edyta Lipiec" in automatic.json()["error_message"]
