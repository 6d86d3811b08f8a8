"""Who submits a card hears of the hard rules at once, each at its field, not three approvals later (K-16)."""

import pytest
from django.urls import reverse
from wagtail.models import WorkflowState
from wagtail.test.utils.form_data import streamfield

from kpum.core import clock
from services.conformity.waivers import grant_waiver
from tests.factories.pages import draft
from tests.factories.services import complete_card
from tests.pages.test_editor_form import ADDRESS, form

FEE = {
    "amount": "17.00", "kind": "stamp_duty", "description": "Opłata skarbowa", "exemption": "", "base": "",
    "account": "PL92999900010000000000000001", "transfer_title": "", "cash_desk": "",
}  # fmt: skip
BY_MAIL = {
    "kind": "office", "title": "Pocztą elektroniczną", "address": "urzad@example.org", "url": "", "note": "",
    "filing": "full", "result": "none", "ground": "", "ground_note": "",
}  # fmt: skip


def paid(city, **changes):
    """Return what a browser sends for a card whose fee rests on nothing (C-09)."""
    return form(city, free_of_charge="", fees=streamfield([("fee", FEE)]), **changes)


@pytest.fixture
def card(city):
    """A draft with a fee that rests on nothing."""
    parts = {"free_of_charge": False, "fees": [("fee", FEE)]}
    page = complete_card(city, title="Zameldowanie", slug="zameldowanie", **parts)
    return draft(city.folder, page, author=city.operator)


@pytest.mark.parametrize(
    ("changes", "field", "rule"),
    [
        ({"free_of_charge": "", "fees": streamfield([("fee", FEE)])}, "fees", "C-09"),
        ({"channels": streamfield([("channel", BY_MAIL)])}, "channels", "C-03"),
        ({"valid_to": "2020-01-31"}, "valid_to", "C-06"),
    ],
)
def test_a_hard_rule_refuses_the_submission_of_a_new_card_at_its_field(
    client, city, changes, field, rule
):
    client.force_login(city.operator)

    response = client.post(
        ADDRESS.format(city.folder.pk), form(city, **changes) | {"action-submit": "1"}
    )

    errors = response.context["form"].errors
    assert set(errors) == {field}
    assert len(errors[field]) == 1
    assert f"(reguła {rule})" in errors[field][0]
    assert not WorkflowState.objects.exists()


def test_a_draft_that_meets_no_rule_is_saved(client, city):
    client.force_login(city.operator)

    assert client.post(ADDRESS.format(city.folder.pk), paid(city)).status_code == 302


def test_a_wrong_entry_is_named_alone_not_as_missing_too(client, city):
    client.force_login(city.operator)
    wrong = streamfield([("fee", FEE | {"account": "PL00"})])

    response = client.post(
        ADDRESS.format(city.folder.pk),
        form(city, free_of_charge="", fees=wrong) | {"action-submit": "1"},
    )

    said = str(response.context["form"].errors["fees"])
    assert "Wymień opłaty" not in said
    assert "reguła" not in said


def test_with_a_waiver_the_card_is_submitted(client, city, card):
    grant_waiver(
        page=card,
        rule="C-09",
        reason="Uchwała w druku.",
        valid_to=clock.today(),
        actor=city.manager,
    )
    client.force_login(city.operator)

    response = client.post(
        f"/admin/pages/{card.pk}/edit/",
        paid(city, slug="zameldowanie", code="SA-40") | {"action-submit": "1"},
    )

    assert response.status_code == 302, response.context["form"].errors
    assert WorkflowState.objects.get().status == WorkflowState.STATUS_IN_PROGRESS


@pytest.mark.parametrize(("part", "offered"), [("operator", True), ("stranger", False)])
def test_the_editor_of_a_card_leads_to_its_rules(client, city, card, part, offered):
    client.force_login(city.person(part))

    text = client.get(f"/admin/pages/{card.pk}/edit/", follow=True).content.decode()

    assert (reverse("kpum_conformity", args=[card.pk]) in text) is offered
