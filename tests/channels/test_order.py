"""No reader sees n+1 before n, however many publish at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connections
from wagtail.models import Page

from kpum.channels import queries
from kpum.channels.actions import mark_subtree, rebuild_marked
from kpum.channels.models import PublishedDocument
from kpum.channels.reconcile import reconcile
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import Channel
from tests.factories.pages import edit, publish

PUBLISHERS = 8
SYSTEM = Authority.of_system(SystemMandate.TESTS)
pytestmark = pytest.mark.django_db(transaction=True)


class Reader:
    """A sister portal that follows the public channel without a pause."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self.cursor = 0

    def follow_until(self, finished: threading.Event) -> None:
        last_look = False
        while not last_look:
            last_look = finished.is_set()
            close_old_connections()
            page = queries.changes_after(Channel.PUBLIC, self.cursor, 5)
            for row in page.rows:
                assert row.sequence > self.cursor
                self.cursor = row.sequence
                self.seen[str(row.document_id)] = row.etag
            last_look = last_look and not page.more
            time.sleep(0.001)
        connections.close_all()


def publish_three_times(card):
    for round_ in range(3):
        edit(card, summary=f"Wersja {round_}")
        publish(Page.objects.get(pk=card.pk).specific)
    connections.close_all()


def rebuild_again_and_again(home, finished):
    """A worker that always has the whole tree to rebuild; two of them share the marks."""
    while not finished.is_set():
        close_old_connections()
        mark_subtree(home.pk)
        rebuild_marked()
    connections.close_all()


# SQLite has one writer: two workers that never rest would only take turns at keeping others out.
@pytest.mark.only_on("postgresql")
def test_several_readers_miss_nothing_of_eight_publishers_and_two_workers(
    committed_city, monkeypatch
):
    monkeypatch.setattr("kpum.channels.actions.BATCH", 3)
    cards = [committed_city.new_card(f"SA-{n}", f"Sprawa {n}") for n in range(1, PUBLISHERS + 1)]
    readers, finished, working = [Reader() for _ in range(3)], threading.Event(), threading.Event()

    with ThreadPoolExecutor(PUBLISHERS + len(readers) + 2) as pool:
        reading = [pool.submit(reader.follow_until, finished) for reader in readers]
        workers = [
            pool.submit(rebuild_again_and_again, committed_city.home, working) for _ in range(2)
        ]
        for done in [pool.submit(publish_three_times, card) for card in cards]:
            done.result()
        # While subtrees are rebuilt and eight people publish, an address above them changes.
        door.rename(page_id=committed_city.folder.pk, slug="inny", authority=SYSTEM, actor=None)
        working.set()
        for done in workers:
            done.result()
        rebuild_marked()
        finished.set()
        for done in reading:
            done.result()

    live = PublishedDocument.objects.filter(channel="public", gone_reason="")
    held = {str(row.document_id): row.etag for row in live}
    assert [reader.seen for reader in readers] == [held] * len(readers)
    assert reconcile(dry_run=True).found == 0


def test_a_reader_following_eight_publishers_misses_nothing(committed_city):
    cards = [committed_city.new_card(f"SA-{n}", f"Sprawa {n}") for n in range(1, PUBLISHERS + 1)]
    reader, finished = Reader(), threading.Event()

    with ThreadPoolExecutor(PUBLISHERS + 1) as pool:
        reading = pool.submit(reader.follow_until, finished)
        publishing = [pool.submit(publish_three_times, card) for card in cards]
        for done in publishing:
            done.result()
        finished.set()
        reading.result()

    live = PublishedDocument.objects.filter(channel="public", gone_reason="")
    assert reader.seen == {str(row.document_id): row.etag for row in live}
