"""Heads and coordinators are written to about checks that are due: in one letter, and never twice."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from kpum.core import clock
from kpum.org.models import Mandate
from kpum.outbox.actions import deliver_waiting
from kpum.outbox.models import OutboxEvent
from kpum.pages import reminders, reviews
from kpum.pages.authority import Authority
from kpum.pages.models import ReviewReminder, Stewardship
from tests.factories.pages import draft, publish
from tests.factories.services import complete_card

pytestmark = pytest.mark.django_db
TODAY = datetime(2026, 11, 21, 8, tzinfo=UTC)
SA = ["coordinator@example.org", "head@example.org"]


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False), translation.override("en"):
        yield


def due(page, days):
    day = clock.today() + timedelta(days=days)
    Stewardship.objects.filter(page=page.pk).update(review_due=day)
    return page


def post():
    """Run the daily job and the worker; return (address, body) of the letters of this day."""
    mail.outbox.clear()
    call_command("remind_reviews")
    deliver_waiting()
    return sorted((letter.to[0], letter.body) for letter in mail.outbox)


def posted_after(days):
    with time_machine.travel(TODAY + timedelta(days=days), tick=False):
        return [address for address, _body in post()]


def test_who_may_confirm_gets_one_letter_with_all_that_is_due(city, settings):
    settings.LANGUAGE_CODE = "en"
    cards = {
        days: due(city.published_card(f"SA-{number}", title), days)
        for number, (days, title) in enumerate(
            [(-3, "Spóźniona"), (0, "Dzisiejsza"), (30, "Bliska"), (31, "Daleka")], start=1
        )
    }
    due(city.new_card("SA-9", "Szkic"), -1)

    letters = post()

    assert [address for address, _body in letters] == SA
    body = letters[0][1]
    order = [body.index(words) for words in (
        "The day has passed:", "Spóźniona (SA)", "Due today:", "Dzisiejsza", "Due soon:", "Bliska",
    )]  # fmt: skip
    assert order == sorted(order)
    assert "Daleka" not in body
    assert "Szkic" not in body
    assert reverse("kpum_confirm", args=[cards[-3].pk]) in body
    assert not any(str(person) in body for person in (city.head, city.operator, city.coordinator))
    assert post() == []


def test_soon_is_told_once_then_the_day_itself_then_every_week(city):
    due(city.published_card("SA-1", "Karta"), 10)

    told = [days for days in range(26) if posted_after(days)]

    assert told == [0, 10, 17, 24]


def test_a_text_that_is_never_checked_is_told_weekly_and_news_bring_the_rest_along(city):
    never = city.published_card("SA-1", "Nigdy")
    Stewardship.objects.filter(page=never.pk).update(review_due=None)
    due(city.published_card("SA-2", "Jutro"), 31)

    assert [days for days in range(12) if posted_after(days)] == [0, 1, 8]


def test_a_confirmed_text_is_told_anew_only_when_its_next_day_comes(city):
    card = due(city.published_card("SA-1", "Karta", review_months=2), -1)
    assert post()
    reviews.confirm(page_id=card.pk, authority=Authority.of_mandate(), actor=city.head)

    assert posted_after(7) == []
    assert posted_after(40) == SA


def test_what_was_confirmed_before_the_letter_left_is_not_asked_for(city):
    card = due(city.published_card("SA-1", "Karta"), -1)
    reminders.remind()
    reviews.confirm(page_id=card.pk, authority=Authority.of_mandate(), actor=city.head)
    deliver_waiting()

    assert mail.outbox == []


def test_who_lost_his_mandate_before_the_letter_left_gets_none(city):
    due(city.published_card("SA-1", "Karta"), -1)
    reminders.remind()
    Mandate.objects.filter(user=city.head).update(valid_to=clock.now())
    mail.outbox.clear()
    deliver_waiting()

    assert [letter.to for letter in mail.outbox] == [["coordinator@example.org"]]


def test_a_unit_with_neither_head_nor_coordinator_has_the_chief_editor_told(city):
    other = complete_card(city, code="ZZM-1", title="Wycinka")
    due(publish(draft(city.other_folder, other)), 0)
    assert [address for address, _body in post()] == [
        "other_coordinator@example.org", "other_head@example.org",
    ]  # fmt: skip

    Mandate.objects.filter(unit__code="ZZM").update(valid_to=clock.now())
    assert posted_after(7) == ["chief@example.org"]


def test_killed_in_the_middle_it_neither_repeats_nor_loses_a_letter(city, monkeypatch):
    due(city.published_card("SA-1", "Karta"), -1)
    enqueue, left = reminders.enqueue, []

    def enqueue_once(**event):
        if left:
            raise KeyboardInterrupt
        left.append(enqueue(**event))

    monkeypatch.setattr(reminders, "enqueue", enqueue_once)
    with pytest.raises(KeyboardInterrupt):
        reminders.remind()
    monkeypatch.setattr(reminders, "enqueue", enqueue)

    assert ReviewReminder.objects.count() == 1
    assert [address for address, _body in post()] == SA
    assert OutboxEvent.objects.filter(kind="review.reminded").count() == len(SA)


def test_more_pages_cost_no_more_queries(city, django_assert_max_num_queries):
    for number in range(8):
        due(city.published_card(f"SA-{number}", f"Karta {number}"), -number)

    with django_assert_max_num_queries(25):
        reminders.remind()
