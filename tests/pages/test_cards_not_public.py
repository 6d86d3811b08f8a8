"""Previews and texts out of date are pages for people: machines are told nothing of them."""

import pytest
from django.test import Client
from wagtail.models import Page

from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from tests.factories.pages import edit


def test_a_preview_carries_no_data_for_machines(city):
    card = city.published_card("SA-14", "Zameldowanie")
    client = Client()
    client.force_login(city.operator)
    edit(card, author=city.operator, title="Tajny tytuł")
    latest = Page.objects.get(pk=card.pk).latest_revision

    for address in ("", "?format=turtle"):
        preview = client.get(
            f"/admin/pages/{card.pk}/revisions/{latest.pk}/view/{address}",
            headers={"Accept": "text/turtle"},
        )

        assert preview.status_code == 200
        assert preview["Content-Type"].startswith("text/html")
        assert "Tajny tytuł" in preview.content.decode()
        assert "ld+json" not in preview.content.decode()


@pytest.mark.parametrize("accept", ["text/html", "application/ld+json", "text/turtle"])
def test_a_text_that_stays_readable_though_out_of_date_is_told_to_people_only(client, city, accept):
    card = city.published_card("SA-14", "Zameldowanie")
    door.withdraw(
        page_id=card.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Zasady się zmieniły.",
        authority=Authority.of_mandate(),
        actor=city.chief,
        keep_text=True,
    )

    page = client.get("/uslugi/sa/zameldowanie/", headers={"Accept": accept})

    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert "Zasady się zmieniły." in page.content.decode()
    assert "ld+json" not in page.content.decode()
