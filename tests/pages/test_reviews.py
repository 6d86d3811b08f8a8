"""A public text is checked at its publication and from time to time after it; citizens read when."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.formats import date_format
from wagtail.models import Page

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.core.errors import KpumError
from kpum.pages import reviews
from kpum.pages.authority import Authority
from kpum.pages.errors import NoAuthority
from kpum.pages.models import Stewardship
from kpum.pages.stewards import months_later
from tests.cast import build_city
from tests.factories.pages import edit, publish

LATER = datetime(2027, 3, 31, 10, tzinfo=UTC)
FEED = "/api/v1/channels/public/changes"


def told(client, card):
    changes = client.get(FEED, {"limit": 500}).json()["changes"]
    found = next(c["document"] for c in changes if c["id"] == str(card.translation_key))
    steward = found["stewardship"]
    return steward["last_verified"], steward["review_due"]


def confirm(card, person):
    return reviews.confirm(page_id=card.pk, authority=Authority.of_mandate(), actor=person)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 11, 21), 12, date(2027, 11, 21)),
        (date(2026, 12, 31), 36, date(2029, 12, 31)),
    ],
)
def test_months_end_on_the_same_day_or_on_the_months_last(day, months, later):
    assert months_later(day, months) == later


@pytest.mark.django_db
def test_publication_counts_as_a_check_and_a_later_one_moves_the_next(client):
    with time_machine.travel(datetime(2026, 11, 21, 10, tzinfo=UTC), tick=False):
        city = build_city()
        card = city.published_card("SA-14", "Zameldowanie", review_months=6)
        assert told(client, card) == ("2026-11-21", "2027-05-21")
        assert 'Sprawdzono: <time datetime="2026-11-21">' in client.get(card.url).content.decode()

    with time_machine.travel(LATER, tick=False):
        confirm(card, city.coordinator)
        assert told(client, card) == ("2027-03-31", "2027-09-30")
        assert "2027-03-31" in client.get(card.url).content.decode()

    row = AuditEntry.objects.get(action="page.confirmed")
    assert (row.before, row.after) == ("2026-11-21", "2027-03-31")
    assert row.actor_name == str(city.coordinator)


@pytest.mark.django_db
def test_what_is_confirmed_is_the_public_text_not_the_draft(client, city):
    card = city.published_card("SA-14", "Zameldowanie")
    edit(card, author=city.operator, summary="Tajna zmiana.", review_months=1)

    confirm(card, city.head)

    assert "Tajna zmiana." not in client.get(card.url).content.decode()
    due = Stewardship.objects.get(page=card.pk).review_due
    assert due == months_later(Stewardship.objects.get(page=card.pk).last_verified, 12)


@pytest.mark.django_db
def test_who_writes_does_not_vouch_and_a_stranger_neither(city):
    card = city.published_card("SA-14", "Zameldowanie")

    for person in (city.operator, city.stranger, city.administrator):
        with pytest.raises(NoAuthority):
            confirm(card, person)


@pytest.mark.django_db
def test_a_draft_has_nothing_to_confirm(city):
    with pytest.raises(KpumError, match="Zameldowanie"):
        confirm(city.card, city.coordinator)


@pytest.mark.django_db
def test_a_coordinator_confirms_with_a_click_and_others_find_no_such_button(client, city):
    card = city.published_card("SA-14", "Zameldowanie")
    address = reverse("kpum_confirm", args=[card.pk])
    Stewardship.objects.filter(page=card.pk).update(last_verified=None, review_due=None)

    client.force_login(city.operator)
    assert client.get(address).status_code in {302, 403}
    assert client.post(address).status_code in {302, 403}
    assert Stewardship.objects.get(page=card.pk).last_verified is None
    assert address not in client.get(f"/admin/pages/{card.pk}/edit/").content.decode()

    client.force_login(city.coordinator)
    assert address in client.get(f"/admin/pages/{card.pk}/edit/").content.decode()
    assert "Zameldowanie" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    assert Stewardship.objects.get(page=card.pk).last_verified is not None


@pytest.mark.django_db
def test_a_page_that_was_published_again_is_checked_anew(city):
    card = city.published_card("SA-14", "Zameldowanie")
    Stewardship.objects.filter(page=card.pk).update(last_verified=None)

    publish(Page.objects.get(pk=card.pk).specific)

    assert Stewardship.objects.get(page=card.pk).last_verified is not None


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "told"), [(90, False), (91, True)])
def test_citizens_are_told_that_a_check_is_long_overdue(client, city, days, told):
    card = city.published_card("SA-14", "Zameldowanie")
    day = clock.today() - timedelta(days=days)
    Stewardship.objects.filter(page=card.pk).update(review_due=day)

    text = client.get(card.url).content.decode()

    assert (date_format(day, "j E Y") in text) is told
