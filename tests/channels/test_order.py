"""No reader sees n+1 before n, however many publish at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connections
from wagtail.models import Page

from kpum.channels import queries
from kpum.channels.models import PublishedDocument
from kpum.pages.enums import Channel
from tests.factories.pages import edit, publish

PUBLISHERS = 8
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
