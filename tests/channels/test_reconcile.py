"""``reconcile`` finds nothing after ordinary work, and puts right what SQL changed past the portal."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from kpum.audit.models import AuditEntry
from kpum.channels import reconcile as module
from kpum.channels.models import FeedHead, PublishedDocument, RebuildMark
from kpum.channels.reconcile import reconcile
from kpum.org.models import Unit
from kpum.outbox.models import OutboxEvent
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from kpum.pages.models import Placement
from tests.factories.pages import edit, publish

ROWS = PublishedDocument.objects
BY_MANDATE = Authority.of_mandate()


def found(**options):
    told = []
    reconcile(say=told.append, **options)
    return sorted((one.channel, one.fault.value) for one in told)


def withdraw(city, page, **how):
    return door.withdraw(
        page_id=page.pk, explanation="Już nie ma.", authority=BY_MANDATE, actor=city.chief,
        **({"reason": WithdrawalReason.OBSOLETE} | how),
    )  # fmt: skip


@pytest.fixture
def busy(city):
    """Every state a document can be in, each reached through the door."""
    city.kept = publish(city.card)
    city.successor = publish(city.new_card("SA-15", "Następczyni"))
    city.replaced = publish(city.new_card("SA-16", "Zastąpiona"))
    withdraw(city, city.replaced, reason=WithdrawalReason.REPLACED, successor_id=city.successor.pk)
    city.elsewhere = publish(edit(city.new_card("SA-17", "Tylko BIP"), targets=["bip", "public"]))
    city.elsewhere = publish(edit(city.elsewhere, targets=["bip"]))
    city.deleted = publish(city.new_card("SA-18", "Usunięta"))
    door.delete(page_id=city.deleted.pk, authority=BY_MANDATE, actor=city.chief)
    city.new_card("SA-19", "Wersja robocza")
    return city


def of(page, channel="public"):
    return ROWS.get(channel=channel, document_id=page.translation_key)


def test_nothing_is_found_after_ordinary_work(busy):
    entries = AuditEntry.objects.count()
    report = reconcile()

    assert report.found == 0
    assert (report.pages, report.units, report.rows) == (
        Page.objects.filter(stewardship__isnull=False).count(),
        Unit.objects.count(),
        ROWS.count(),
    )
    assert AuditEntry.objects.count() == entries


#: What SQL did, and what is found: channel and fault.
EDITS = {
    "a title": (
        lambda city: Page.objects.filter(pk=city.kept.pk).update(title="Z SQL"),
        [("bip", "stale"), ("public", "stale")],
    ),
    "the stored bytes": (
        lambda city: ROWS.filter(pk=of(city.kept).pk).update(body="{}"),
        [("public", "stale")],
    ),
    "the stored hash": (
        lambda city: ROWS.filter(pk=of(city.kept).pk).update(etag="0" * 64),
        [("public", "stale")],
    ),
    "a row was deleted": (
        lambda city: ROWS.filter(pk=of(city.kept).pk).delete(),
        [("public", "missing")],
    ),
    "a row became a tombstone": (
        lambda city: ROWS.filter(pk=of(city.kept).pk).update(gone_reason="expired"),
        [("public", "buried")],
    ),
    "a placement was added": (
        lambda city: Placement.objects.create(page_id=city.kept.pk, channel="mpi"),
        [("mpi", "missing")],
    ),
    "a placement was removed": (
        lambda city: Placement.objects.filter(page=city.kept.pk, channel="bip").delete(),
        [("bip", "lingering")],
    ),
    "a page was withdrawn": (
        lambda city: Page.objects.filter(pk=city.kept.pk).update(live=False),
        [("bip", "lingering"), ("public", "lingering")],
    ),
    "a page expired": (
        lambda city: Page.objects.filter(pk=city.kept.pk).update(live=False, expired=True),
        [("bip", "lingering"), ("public", "lingering")],
    ),
    "a page was restricted": (
        lambda city: PageViewRestriction.objects.bulk_create(
            [PageViewRestriction(page=city.kept, restriction_type="login")]
        ),
        [("bip", "lingering"), ("public", "lingering")],
    ),
    "a tombstone's reason": (
        lambda city: ROWS.filter(pk=of(city.replaced).pk).update(gone_reason="deleted"),
        [("public", "reason")],
    ),
    "the reason of what left a channel": (
        lambda city: ROWS.filter(pk=of(city.elsewhere).pk).update(gone_reason="expired"),
        [("public", "reason")],
    ),
    "a successor was forgotten": (
        lambda city: ROWS.filter(pk=of(city.replaced).pk).update(successor_id=None),
        [("public", "successor")],
    ),
    "a successor's address": (
        lambda city: ROWS.filter(pk=of(city.replaced).pk).update(successor_url="http://x/"),
        [("public", "successor")],
    ),
    "a successor that never was": (
        lambda city: ROWS.filter(pk=of(city.deleted).pk).update(
            successor_id=uuid4(), successor_locale="pl"
        ),
        [("public", "successor")],
    ),
    "a tombstone of a deleted page came alive": (
        lambda city: ROWS.filter(pk=of(city.deleted).pk).update(gone_reason=""),
        [("public", "orphan")],
    ),
    "a reason nobody knows": (
        lambda city: ROWS.filter(pk=of(city.deleted).pk).update(gone_reason="because"),
        [("public", "reason")],
    ),
    "a unit's name": (
        lambda city: Unit.objects.filter(code="ZZM").update(name="Zieleń"),
        [(channel, "stale") for channel in ("bip", "kck", "mpi", "public", "si-umk")],
    ),
    "a unit left a channel": (
        lambda city: ROWS.filter(
            channel="kck", document_id=Unit.objects.get(code="ZZM").document_id
        ).delete(),
        [("kck", "missing")],
    ),
}  # fmt: skip


def mirror_of(client, state=None):
    """Follow the public channel from where the state ends; return the new state."""
    held, cursor = state or ({}, 0)
    held, more = dict(held), True
    while more:
        page = client.get("/api/v1/channels/public/changes", {"after": cursor, "limit": 100}).json()
        for change in page["changes"]:
            held[change["id"]] = change.get("document") or (
                change["reason"], (change["successor"] or {}).get("url")
            )  # fmt: skip
        cursor, more = page["next"], page["more"]
    return held, cursor


def test_what_sql_changed_is_found_told_mended_and_reaches_followers(client, busy):
    for name, (change, wanted) in EDITS.items():
        point = transaction.savepoint()
        before = mirror_of(client)
        head = FeedHead.objects.get().last
        change(busy)

        assert (name, found(dry_run=True)) == (name, wanted)
        assert (name, FeedHead.objects.get().last) == (name, head), "a dry run changed the feed"
        assert (name, found()) == (name, wanted)
        assert (name, found()) == (name, [])

        entry = AuditEntry.objects.filter(action="feed.reconciled").last()
        assert [(one[0], one[3]) for one in sorted(entry.data["findings"])] == wanted
        assert OutboxEvent.objects.filter(kind="feed.reconciled").exists()
        assert FeedHead.objects.get().last > head, name
        assert mirror_of(client, before)[0] == mirror_of(client)[0], name
        transaction.savepoint_rollback(point)


def test_a_head_that_was_set_back_is_put_right_and_nothing_written_since_is_lost(client, busy):
    # Followers are far ahead; numbers that rows gave up are free to be given out a second time.
    publish(edit(busy.kept, summary="Wcześniej."))
    ahead = mirror_of(client)
    numbers = set(ROWS.values_list("sequence", flat=True))
    FeedHead.objects.update(last=min(set(range(1, max(numbers))) - numbers) - 1)
    read_since = edit(busy.successor, summary="Tego nikt by nie przeczytał.")
    with pytest.raises(IntegrityError), transaction.atomic():
        for _round in range(len(numbers)):
            with transaction.atomic():
                publish(read_since)
            read_since = edit(busy.successor, summary=f"Ani tego: {_round}.")

    told = found()

    assert {fault for _channel, fault in told} == {"number"}
    assert FeedHead.objects.get().last == max(ROWS.values_list("sequence", flat=True))
    assert mirror_of(client, ahead)[0] == mirror_of(client)[0]
    assert found() == []
    publish(edit(busy.kept, summary="Dalej się publikuje."))


def test_a_head_that_is_no_more_begins_another_epoch(client, busy):
    before = client.get("/api/v1/channels/public/changes").json()["epoch"]
    FeedHead.objects.all().delete()

    found()

    after = client.get("/api/v1/channels/public/changes").json()["epoch"]
    assert before != after
    publish(edit(busy.kept, summary="Dalej się publikuje."))


def test_what_waits_for_the_worker_is_left_to_it(busy):
    RebuildMark.objects.create(page_id=busy.folder.pk, created_at=timezone.now())
    Page.objects.filter(pk=busy.kept.pk).update(title="Z SQL")

    report = reconcile(dry_run=True)

    below = Page.objects.filter(path__startswith=busy.folder.path).count()
    assert (report.waiting, report.found) == (below + Unit.objects.count(), 0)
    assert reconcile().found == 0, "the worker's part was not done first"
    assert "Z SQL" in of(busy.kept).body


def test_a_batch_costs_the_same_whatever_it_holds(busy, monkeypatch):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            module._Run(True, lambda _finding: None).check_pages()
        print(*sorted(q["sql"][:200] for q in queries), sep="\n")
        print("=======")
        return len(queries)

    cost()
    before = cost()
    for number in range(30, 42):
        publish(busy.new_card(f"SA-{number}", f"Sprawa {number}"))
    assert cost() == before

    monkeypatch.setattr(module, "BATCH", 4)
    assert cost() > before
    assert found() == []


def test_the_command_tells_what_differs_and_what_it_did(busy):
    told = StringIO()
    ROWS.filter(pk=of(busy.kept).pk).delete()

    with pytest.raises(CommandError, match="1 differ; nothing was changed"):
        call_command("reconcile", "--dry-run", stdout=told)
    call_command("reconcile", stdout=told)
    call_command("reconcile", "--dry-run", stdout=told)

    lines = told.getvalue().splitlines()
    assert lines[0].startswith(f"public {busy.kept.translation_key} pl: ")
    assert [line.rpartition(", ")[2] for line in lines[1::2]] == ["1 differed", "1 differed"]
    assert lines[-1].endswith("rows compared, 0 differed")


def test_the_command_says_what_it_left_to_the_worker(busy):
    told = StringIO()
    RebuildMark.objects.create(page_id=busy.kept.pk, created_at=timezone.now())

    call_command("reconcile", "--dry-run", stdout=told)

    assert "wait for the worker" in told.getvalue()


def test_after_a_restore_every_follower_is_told_to_start_again(client, busy):
    before = client.get("/api/v1/channels/public/changes").json()["epoch"]

    with pytest.raises(CommandError, match="leave out --dry-run"):
        call_command("reconcile", "--after-restore", "--dry-run")
    call_command("reconcile", "--after-restore", stdout=StringIO())

    after = client.get("/api/v1/channels/public/changes").json()["epoch"]
    entry = AuditEntry.objects.get(action="feed.epoch_started")
    assert before != after
    assert json.loads(json.dumps(entry.data)) == {"before": before, "after": after}
