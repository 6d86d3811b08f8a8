"""The editor's form: drafts are saved loosely, a submission is checked strictly, nothing is lost."""

import pytest
from wagtail.models import Page, WorkflowState
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from services.models import ServiceCardPage
from tests.factories.services import population_act, privacy_notice
from workflows import actions as path

ADDRESS = "/admin/pages/add/kpum_services/servicecardpage/{}/"
PLACE = {
    "name": "Punkt obsługi", "address": "os. Zgody 2", "hours": "7.40–15.30", "booking_url": "", "note": "",
}  # fmt: skip


def form(city, **changes):
    """Return what a browser sends for a complete card."""
    data = {
        "title": "Karta z formularza",
        "slug": "karta-z-formularza",
        "code": "SA-40",
        "summary": "Zgłoś nowy adres.",
        "applicants": "Każdy.",
        "audiences": ["residents"],
        "steps_and_notes": streamfield([("paragraph", rich_text("<p>Przyjdź.</p>"))]),
        "no_documents": "on",
        "documents": streamfield([]),
        "free_of_charge": "on",
        "fees": streamfield([]),
        "processing_duration_0": "14",
        "processing_duration_1": "D",
        "processing_text": "Dwa tygodnie.",
        "outcome_kind": "decision",
        "outcome": "Decyzja.",
        "appeal_possible": "on",
        "appeal_authority": "SKO",
        "appeal_days": "14",
        "appeal_text": "Do SKO.",
        "channels": streamfield(
            [
                (
                    "channel",
                    {
                        "kind": "phone",
                        "title": "Telefon",
                        "url": "",
                        "address": "12 616 55 55",
                        "note": "",
                        "filing": "full",
                        "result": "none",
                    },
                )
            ]
        ),
        "legal_bases": streamfield([("act", {"eli": population_act().eli, "article": ""})]),
        "categories": [str(city.category.pk)],
        "life_events": [],
        "keywords": "",
        "targets": ["public"],
        "comments": inline_formset([]),
        "relations": inline_formset([]),
        "privacy_notice": str(privacy_notice().pk),
        "spatial": "Gmina Miejska Kraków",
        "review_months": "12",
        "description": rich_text(""),
        "requirements": streamfield([]),
        "forms": streamfield([]),
        "places": streamfield([("place", PLACE)]),
        "contact_phone": "12 616 00 00",
    }
    data |= changes
    # Django reads these from repeated keys; nested_form_data would number them.
    repeated = {
        name: data.pop(name) for name in ("audiences", "categories", "life_events", "targets")
    }
    return nested_form_data(data) | repeated


@pytest.fixture
def operator(client, city):
    client.force_login(city.operator)
    return client


def test_a_new_complete_card_is_submitted_from_the_form(operator, city):
    response = operator.post(ADDRESS.format(city.folder.pk), form(city) | {"action-submit": "1"})

    assert response.status_code == 302, response.context["form"].errors
    card = ServiceCardPage.objects.get(code="SA-40")
    assert not card.live
    assert card.current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS


def test_an_almost_empty_draft_is_saved(operator, city):
    empty = form(
        city, code="", summary="", applicants="", audiences=[], categories=[], outcome_kind=""
    )

    response = operator.post(ADDRESS.format(city.folder.pk), empty)

    assert response.status_code == 302
    assert ServiceCardPage.objects.get(title="Karta z formularza").code == ""


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"summary": ""}, "summary"),
        ({"categories": []}, "categories"),
        ({"audiences": []}, "audiences"),
        ({"no_documents": ""}, "documents"),
        ({"legal_bases": streamfield([])}, "legal_bases"),
        ({"appeal_days": ""}, "appeal_days"),
        ({"processing_duration_0": "dwa"}, "processing_duration"),
        ({"processing_duration_0": "P2", "processing_duration_1": ""}, "processing_duration"),
        ({"processing_duration_0": ""}, "processing_duration"),
    ],
)
def test_an_incomplete_card_is_not_submitted_and_the_field_is_named(operator, city, missing, field):
    response = operator.post(
        ADDRESS.format(city.folder.pk), form(city, **missing) | {"action-submit": "1"}
    )

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not WorkflowState.objects.exists()
    assert "Karta z formularza" in response.content.decode()


def test_taking_away_the_last_category_is_noticed_at_submission(operator, city):
    card = city.card

    response = operator.post(
        f"/admin/pages/{card.pk}/edit/",
        form(city, code="SA-14", categories=[]) | {"action-submit": "1"},
    )

    assert response.status_code == 200
    assert "categories" in response.context["form"].errors
    assert Page.objects.get(pk=card.pk).specific.categories.count() == 1


@pytest.mark.parametrize("part", ["operator", "coordinator", "head", "chief", "administrator"])
@pytest.mark.parametrize("headers", [{}, {"accept": "application/json"}], ids=["save", "autosave"])
def test_a_text_under_review_is_read_only_for_everybody(client, city, part, headers):
    path.submit(page=city.card, user=city.operator)
    before = city.card.revisions.count()
    client.force_login(city.person(part))

    client.post(
        f"/admin/pages/{city.card.pk}/edit/", form(city, summary="Zmiana."), headers=headers
    )

    assert city.card.revisions.count() == before
    assert "Zmiana." not in str(Page.objects.get(pk=city.card.pk).latest_revision.content)
