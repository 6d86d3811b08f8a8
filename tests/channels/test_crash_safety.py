"""Killed between any two statements of an act at the door, page, feed, audit and outbox agree.

The child is a real process with a connection of its own, and it dies without cleaning up
(``os._exit``) just before its n-th statement; n goes from the first to the last.
"""

import os
from collections.abc import Callable

import pytest
from django.db import connection, connections
from wagtail.models import Page, WorkflowState

from kpum.audit.models import AuditEntry
from kpum.channels.models import FeedHead, PublishedDocument
from kpum.outbox.models import OutboxEvent
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from kpum.pages.models import Placement
from tests.factories.pages import edit, publish
from workflows import actions as path

KILLED, DONE, FAILED = 137, 0, 1
pytestmark = pytest.mark.django_db(transaction=True)


def run_and_die(act: Callable[[], object], before_statement: int) -> int:
    """Run the act in a child that dies before its n-th statement; return its exit code."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        code = FAILED
        try:
            count = 0

            def count_down(execute, *call):
                nonlocal count
                count += 1
                if count == before_statement:
                    os._exit(KILLED)
                return execute(*call)

            with connection.execute_wrapper(count_down):
                act()
            code = DONE
        finally:
            os._exit(code)
    _pid, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def state(page_id: int) -> dict[str, object]:
    """Return what page, feed, audit and outbox say."""
    page = Page.objects.get(pk=page_id)
    rows = PublishedDocument.objects.filter(document_id=page.translation_key)
    return {
        "live": page.live,
        "revision": page.live_revision_id,
        "documents": sorted(rows.values_list("channel", "sequence", "etag", "gone_reason")),
        "placements": sorted(
            Placement.objects.filter(page=page_id).values_list("channel", flat=True)
        ),
        "audit": list(AuditEntry.objects.about(f"page:{page_id}").values_list("action", flat=True)),
        "events": list(OutboxEvent.objects.order_by("pk").values_list("kind", flat=True)),
        "head": FeedHead.objects.get(pk=1).last,
        "workflow": list(WorkflowState.objects.values_list("status", flat=True)),
    }


def assert_all_or_nothing(act: Callable[[], object], page_id: int) -> int:
    """Kill the act before each of its statements, then let it finish; return their number.

    Up to the commit everything is as before; from the commit on (letters leave after it)
    everything is as it is in the end. There is no third state.
    """
    before = state(page_id)
    seen = [before]
    statement = 1
    while (code := run_and_die(act, statement)) == KILLED:
        now = state(page_id)
        if now != seen[-1]:
            seen.append(now)
            # What a restarted system would do next belongs to the next act.
            break
        statement += 1
    if code == DONE:
        seen.append(state(page_id))
    assert code in {DONE, KILLED}
    assert len(seen) == 2, f"a third state after statement {statement}"
    return statement


def waiting_for_the_chief(city):
    card = city.card
    run = path.submit(page=card, user=city.operator)
    for person in (city.coordinator, city.manager):
        run = path.approve(task_state=run.current_task_state, user=person)
    return card, run.current_task_state


def test_the_last_approval_publishes_wholly_or_not_at_all(committed_city):
    card, waiting = waiting_for_the_chief(committed_city)

    statements = assert_all_or_nothing(
        lambda: path.approve(task_state=waiting, user=committed_city.chief), card.pk
    )

    assert statements > 50, "the wrapper did not see the statements"
    after = state(card.pk)
    assert after["live"]
    assert after["audit"][-1] == "page.published"
    assert {row[0] for row in after["documents"]} == {"public", "bip"}


def test_a_change_of_a_public_card_arrives_wholly_or_not_at_all(committed_city):
    card = publish(committed_city.card)
    edit(card, author=committed_city.operator, summary="Nowa treść.", targets=["public"])

    assert_all_or_nothing(lambda: publish(Page.objects.get(pk=card.pk).specific), card.pk)

    body = PublishedDocument.objects.get(channel="public", document_id=card.translation_key).body
    assert "Nowa treść." in body


def test_withdrawing_happens_wholly_or_not_at_all(committed_city):
    card = publish(committed_city.card)

    assert_all_or_nothing(
        lambda: door.withdraw(
            page_id=card.pk,
            reason=WithdrawalReason.OBSOLETE,
            explanation="Koniec.",
            authority=Authority.of_mandate(),
            actor=committed_city.chief,
        ),
        card.pk,
    )

    assert {row[3] for row in state(card.pk)["documents"]} == {"withdrawn"}


def test_moving_happens_wholly_or_not_at_all(committed_city):
    card = publish(committed_city.card)

    assert_all_or_nothing(
        lambda: door.move(
            page_id=card.pk,
            target_id=committed_city.other_folder.pk,
            authority=Authority.of_mandate(),
            actor=committed_city.chief,
        ),
        card.pk,
    )
