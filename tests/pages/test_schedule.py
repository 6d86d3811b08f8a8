"""The schedule: approved times are kept by command and worker, one bad page holds up no other."""

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, Revision

from kpum.audit.models import AuditEntry
from kpum.channels.actions import rebuild_marked
from kpum.channels.models import PublishedDocument
from kpum.channels.reconcile import reconcile
from kpum.core.errors import KpumError
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import WithdrawalReason
from services.models import Category
from tests.factories.pages import edit, publish
from tests.factories.services import at_the_door, entry
from workflows import actions as path

SYSTEM = Authority.of_system(SystemMandate.TESTS)


def approve(city, page):
    """Take the page through the whole path."""
    path.submit(page=Page.objects.get(pk=page.pk).specific, user=city.operator)
    for part in ("coordinator", "manager", "chief"):
        state = Page.objects.get(pk=page.pk).specific.current_workflow_task_state
        if state.task.specific.stage == "conformity" or part != "manager":
            path.approve(task_state=state, user=city.person(part))


def run(*words):
    told = StringIO()
    call_command("publish_scheduled", *words, stdout=told)
    return told.getvalue()


def is_live(page):
    return Page.objects.get(pk=page.pk).live


@pytest.fixture
def tomorrow():
    return timezone.now().replace(microsecond=0) + timedelta(days=1)


@pytest.fixture
def hosts_page(city):
    """A page of the host's own, of no type of ours."""
    root = Page.objects.get(depth=1)
    return root.add_child(instance=Page(title="Strona gospodarza", slug="gospodarz", live=False))


def test_an_approved_page_becomes_public_at_its_time_and_not_before(client, city, tomorrow):
    card = edit(city.card, author=city.operator, go_live_at=tomorrow)
    approve(city, card)
    assert run() == "0 published, 0 expired\n"
    assert client.get(card.get_url()).status_code == 404

    with time_machine.travel(tomorrow, tick=False):
        told = run()

    assert told == "1 published, 0 expired\n"
    assert client.get(card.get_url()).status_code == 200
    chain = AuditEntry.objects.get(action="page.published", subject=f"page:{card.pk}").authority
    assert "Jadwiga Naczelna" in chain


def test_a_public_page_stays_public_while_a_later_text_waits(city, tomorrow):
    card = city.card
    edit(card, author=city.operator, summary="Zaczęte, zanim strona była publiczna.")
    first = card.revisions.order_by("pk").first()
    door.publish(page_id=card.pk, revision_id=first.pk, authority=SYSTEM, actor=None)

    approve(city, edit(card, author=city.operator, go_live_at=tomorrow))

    assert is_live(card)
    assert Page.objects.get(pk=card.pk).live_revision_id == first.pk
    assert reconcile(dry_run=True).found == 0


def test_what_lies_below_a_withdrawn_page_follows_the_address_that_waits_with_it(city, tomorrow):
    parent = publish(city.new_page("Rodzic"))
    child = publish(city.new_page("Dziecko", parent=parent))
    door.withdraw(
        page_id=parent.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Przerwa.",
        authority=SYSTEM,
        actor=None,
    )

    approve(city, edit(parent, author=city.operator, slug="nowy-adres", go_live_at=tomorrow))
    rebuild_marked()

    row = PublishedDocument.objects.get(document_id=child.translation_key, channel="public")
    assert json.loads(row.body)["url"] == Page.objects.get(pk=child.pk).full_url
    assert reconcile().found == 0


def test_scheduling_is_in_the_trail_with_its_time(city, tomorrow):
    card = edit(city.card, author=city.operator, go_live_at=tomorrow)

    approve(city, card)

    entry = AuditEntry.objects.get(action="page.scheduled")
    assert entry.data["go_live_at"] == str(tomorrow)
    assert not AuditEntry.objects.filter(
        action="page.published", subject=f"page:{card.pk}"
    ).exists()


def test_an_expired_page_is_taken_away_by_the_command(client, city, tomorrow):
    card = publish(edit(city.card, author=city.operator, expire_at=tomorrow))

    with time_machine.travel(tomorrow, tick=False):
        told = run()

    assert told == "0 published, 1 expired\n"
    assert client.get(card.get_url()).status_code == 404


def test_a_dry_run_names_what_is_due_and_changes_nothing(city, tomorrow):
    card = publish(edit(city.card, author=city.operator, expire_at=tomorrow))

    with time_machine.travel(tomorrow + timedelta(minutes=1), tick=False):
        told = run("--dryrun")

    assert card.title in told
    assert is_live(card)


def test_one_page_that_cannot_be_published_holds_up_no_other(city, tomorrow):
    doomed = entry(Category, slug="kolej", name="Kolej", summary="Kolej.", icon="bus")
    bad = edit(
        city.new_card("SA-1", "A"), author=city.operator, go_live_at=tomorrow, categories=[doomed]
    )
    good = edit(city.new_card("SA-2", "B"), author=city.operator, go_live_at=tomorrow)
    for card in (bad, good):
        approve(city, card)
    with at_the_door():
        doomed.delete()

    with time_machine.travel(tomorrow, tick=False):
        told = run()

    assert told == "1 published, 0 expired\n"
    assert (is_live(bad), is_live(good)) == (False, True)


def test_a_page_does_not_expire_before_its_time(city, tomorrow):
    card = publish(edit(city.card, author=city.operator, expire_at=tomorrow))

    with pytest.raises(KpumError):
        door.expire(page_id=card.pk)

    assert is_live(card)


def test_a_hosts_own_page_keeps_the_schedule_as_in_wagtail(hosts_page, tomorrow):
    hosts_page.go_live_at = tomorrow
    hosts_page.expire_at = tomorrow + timedelta(days=1)
    hosts_page.save_revision(approved_go_live_at=tomorrow)

    with time_machine.travel(tomorrow, tick=False):
        run()
        went_live = is_live(hosts_page)
    with time_machine.travel(tomorrow + timedelta(days=1), tick=False):
        run()

    assert went_live
    assert not is_live(hosts_page)


def test_what_nobody_approved_stays_a_draft_and_the_host_is_not_held_up(city, hosts_page, tomorrow):
    # As raw SQL would: the guard refuses to save such a time.
    Revision.objects.filter(pk=city.card.latest_revision_id).update(
        approved_go_live_at=timezone.now()
    )
    hosts_page.save_revision(approved_go_live_at=tomorrow)

    with time_machine.travel(tomorrow, tick=False):
        told = run()

    assert told == "0 published, 0 expired\n"
    assert (is_live(city.card), is_live(hosts_page)) == (False, True)
