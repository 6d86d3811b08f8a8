"""No reader sees n+1 before n, however many publish at once."""

import threading
import time

import pytest
from django.db import close_old_connections, connections
from wagtail.models import Page

from kpum.channels import queries
from kpum.channels.models import PublishedDocument
from kpum.pages.enums import Channel
from tests.factories.pages import edit, publish

PUBLISHERS = 8
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reader_following_eight_publishers_misses_nothing(committed_city):
    cards = [committed_city.new_card(f"SA-{n}", f"Sprawa {n}") for n in range(1, PUBLISHERS + 1)]
    errors: list[BaseException] = []
    seen: dict[str, str] = {}
    finished = threading.Event()

    def publisher(card):
        try:
            for round_ in range(3):
                edit(card, summary=f"Wersja {round_}")
                publish(Page.objects.get(pk=card.pk).specific)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    def reader():
        cursor, last_look = 0, False
        try:
            while not last_look:
                last_look = finished.is_set()
                close_old_connections()
                page = queries.changes_after(Channel.PUBLIC, cursor, 5)
                for row in page.rows:
                    assert row.sequence > cursor
                    cursor = row.sequence
                    seen[str(row.document_id)] = row.etag
                last_look = last_look and not page.more
                time.sleep(0.001)
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publisher, args=(card,)) for card in cards]
    following = threading.Thread(target=reader)
    following.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finished.set()
    following.join()

    assert errors == []
    live = PublishedDocument.objects.filter(channel="public", gone_reason="")
    assert seen == {str(row.document_id): row.etag for row in live}
