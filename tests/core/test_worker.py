"""The worker's look at the clock: everything that is due is done, and one failure stops nothing."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page

from kpum.channels.models import RebuildMark
from kpum.management.commands import worker
from kpum.outbox.models import OutboxEvent
from tests.factories.pages import edit, publish


class Looks:
    """A clock that strikes a given number of times."""

    def __init__(self, times):
        self.left = times

    def wait(self, seconds):
        self.left -= 1
        return self.left < 0


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """The test's own transaction must outlive the worker's tidying."""
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)


def test_a_look_takes_away_what_has_expired_and_delivers_what_waits(client, city):
    card = publish(
        edit(city.card, author=city.operator, expire_at=timezone.now() + timedelta(hours=1))
    )
    Page.objects.filter(pk=card.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    RebuildMark.objects.create(page_id=city.home.pk, created_at=timezone.now())

    worker._tick(Looks(1), 10)

    assert client.get(card.get_url()).status_code == 404
    assert not RebuildMark.objects.exists()
    assert not OutboxEvent.objects.waiting().exists()


def test_work_that_fails_is_tried_again_and_holds_up_no_other(monkeypatch, caplog):
    done = []

    def broken():
        done.append("broken")
        raise ConnectionError("baza śpi")

    monkeypatch.setattr(worker, "publish_due", broken)
    monkeypatch.setattr(worker, "rebuild_marked", lambda: done.append("rebuilt"))
    monkeypatch.setattr(worker, "follow_marked", lambda: done.append("followed"))
    monkeypatch.setattr(worker, "deliver_waiting", lambda: done.append("delivered"))

    worker._tick(Looks(2), 10)

    assert done == ["broken", "rebuilt", "followed", "delivered"] * 2
    assert "broken failed; the next look tries again" in caplog.text


def test_the_worker_looks_at_the_clock_until_it_is_interrupted(monkeypatch):
    looked, stopped = threading.Event(), []

    def tick(stop, seconds):
        looked.set()
        stopped.append((seconds, stop.wait(5)))

    def db_worker(name, **options):
        assert name == "db_worker"
        assert looked.wait(5)
        raise KeyboardInterrupt

    monkeypatch.setattr(worker, "_tick", tick)
    monkeypatch.setattr(worker, "call_command", db_worker)

    with pytest.raises(KeyboardInterrupt):
        call_command("worker", every=0.5)

    assert stopped == [(0.5, True)]
