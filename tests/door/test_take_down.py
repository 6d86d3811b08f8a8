"""The chief editor takes a page down at once: every language, aliases, reviews and schedules."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from wagtail.models import Locale, Page, WorkflowState

from kpum.audit.models import AuditEntry
from kpum.core.errors import KpumError
from kpum.outbox.actions import deliver_waiting
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.door import opened
from kpum.pages.errors import NoAuthority, WithdrawalRefused
from tests.door.acts import fresh, take_down, tombstone, withdraw
from tests.factories.pages import edit, publish
from workflows import actions as path

REASON = "Dane osobowe w treści."
ON_SYSTEM = Authority.of_system(SystemMandate.TESTS)


@pytest.fixture
def card(city):
    return publish(city.card)


@pytest.fixture
def english(city, card):
    """The card's English version, public, under translated pages above it."""
    locale = Locale.objects.get_or_create(language_code="en")[0]
    above = [city.home, city.catalogue, city.folder]
    for page in above:
        draft = fresh(page).copy_for_translation(locale)
        publish(draft)
    return publish(fresh(card).copy_for_translation(locale))


def test_the_address_says_why_at_once(client, city, card):
    take_down(city, card)

    response = client.get(card.get_url())

    assert response.status_code == 410
    assert REASON in response.content.decode()
    assert tombstone(card).gone_reason == "taken-down"


def test_every_language_goes_with_it(city, card, english):
    take_down(city, card)

    assert not fresh(card).live
    assert not fresh(english).live
    assert fresh(english).withdrawal.explanation == REASON


def test_a_language_that_was_never_public_says_nothing(client, city, card):
    locale = Locale.objects.get_or_create(language_code="en")[0]
    for page in (city.home, city.catalogue, city.folder):
        fresh(page).copy_for_translation(locale)
    hidden = fresh(card).copy_for_translation(locale)

    take_down(city, card)

    assert not hasattr(fresh(hidden), "withdrawal")


def test_an_alias_goes_with_it(client, city, card):
    with opened(ON_SYSTEM):
        alias = card.create_alias(parent=city.folder, update_slug="alias")
    assert client.get(alias.get_url()).status_code == 200

    take_down(city, card)

    assert client.get(alias.get_url()).status_code == 410


def test_a_text_that_was_withdrawn_but_stayed_readable_goes_too(client, city, card):
    withdraw(city, card, keep_text=True)

    take_down(city, card)

    assert client.get(card.get_url()).status_code == 410
    assert tombstone(card).gone_reason == "taken-down"


def test_a_review_under_way_ends(city, card):
    edit(card, author=city.operator, summary="Nowsza.")
    state = path.submit(page=fresh(card), user=city.operator)

    take_down(city, card)

    state.refresh_from_db()
    assert state.status == WorkflowState.STATUS_CANCELLED


def test_a_schedule_ends(city, card):
    tomorrow = timezone.now() + timedelta(days=1)
    scheduled = edit(card, author=city.operator, go_live_at=tomorrow, title="Zaplanowana")
    publish(scheduled)

    take_down(city, card)

    with time_machine.travel(tomorrow + timedelta(minutes=1), tick=False):
        assert door.publish_due() == (0, 0)
    assert not fresh(card).live


def test_approvals_given_before_do_not_bring_it_back(city, card):
    old = Authority.of_approvals(card.latest_revision_id, "łańcuch", given_at=timezone.now())
    take_down(city, card)

    with pytest.raises(NoAuthority):
        door.publish(
            page_id=card.pk, revision_id=card.latest_revision_id, authority=old, actor=city.chief
        )


def test_the_whole_path_brings_it_back(client, city, card):
    take_down(city, card)
    path.submit(page=fresh(card), user=city.operator)
    for part in ("coordinator", "manager", "chief"):
        task_state = fresh(card).current_workflow_task_state
        path.approve(task_state=task_state, user=city.person(part))

    assert client.get(card.get_url()).status_code == 200


def test_head_and_coordinators_of_the_unit_are_written_to_and_nobody_else(
    city, card, django_capture_on_commit_callbacks
):
    take_down(city, card)
    deliver_waiting()

    letters = [letter for letter in mail.outbox if REASON in letter.body]
    assert {letter.to[0] for letter in letters} == {
        "coordinator@example.org",
        "head@example.org",
    }
    assert all(card.title in letter.subject for letter in letters)


@pytest.mark.parametrize(
    "part", ["operator", "coordinator", "head", "manager", "editor", "stranger", "administrator"]
)
def test_nobody_but_the_chief_editor_takes_down(city, card, part):
    with pytest.raises(NoAuthority):
        take_down(city, card, actor=city.person(part))

    assert fresh(card).live


def test_without_a_reason_or_without_anything_public_it_is_refused(city, card):
    with pytest.raises(WithdrawalRefused):
        take_down(city, card, explanation=" ")
    assert fresh(card).live

    with pytest.raises(KpumError):
        take_down(city, city.new_card("SA-9", "Szkic"))


def test_the_trail_names_the_addresses_and_the_reason(city, card):
    take_down(city, card)

    entry = AuditEntry.objects.get(action="page.taken_down")
    assert card.get_url() in entry.before
    assert REASON in entry.after
    assert entry.actor_name == "Jadwiga Naczelna"


def test_the_dialogue_is_offered_to_the_chief_editor_and_acts(client, city, card):
    address = f"/admin/portal/pages/{card.pk}/take-down/"
    client.force_login(city.chief)
    offered = client.get(f"/admin/pages/{card.pk}/edit/").content.decode()
    asked = client.get(address)
    unanswered = client.post(address, {})

    client.post(address, {"explanation": REASON})

    assert address in offered
    assert asked.status_code == 200
    assert unanswered.context["form"].errors.keys() == {"explanation"}
    assert not Page.objects.get(pk=card.pk).live


@pytest.mark.parametrize("part", ["operator", "coordinator", "administrator"])
def test_the_dialogue_is_shut_to_others(client, city, card, part):
    client.force_login(city.person(part))
    address = f"/admin/portal/pages/{card.pk}/take-down/"

    client.post(address, {"explanation": REASON})

    assert client.get(address).status_code in {302, 403}
    assert fresh(card).live
