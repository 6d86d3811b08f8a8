"""Events leave after their change, once, and one that cannot be delivered holds up no other."""

import threading
import time
from collections import defaultdict

import pytest
from django.db import connections, transaction

from kpum.core import clock
from kpum.core.errors import KpumError
from kpum.outbox import registry
from kpum.outbox.actions import MAX_ATTEMPTS, deliver_waiting, enqueue
from kpum.outbox.models import OutboxEvent
from kpum.outbox.registry import subscribe

KIND = "fountain.opened"


class Letterbox:
    """A listener that keeps what it is told, and refuses what it is told to refuse."""

    def __init__(self, refused=()):
        self.read = []
        self.refused = refused

    def __call__(self, event):
        if event.subject in self.refused:
            raise ConnectionError(f"nikt nie odebrał {event.subject}")
        self.read.append(event.subject)


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", defaultdict(list))


def tell(subject="fontanna:1", kind=KIND):
    with transaction.atomic():
        return enqueue(kind=kind, subject=subject, payload={"open": True})


def listener(refused=(), kind=KIND):
    letterbox = Letterbox(refused)
    subscribe(kind, letterbox.__call__)
    return letterbox


def test_an_event_of_a_committed_change_leaves_by_itself(transactional_db):
    letterbox = listener()

    tell()

    assert letterbox.read == ["fontanna:1"]
    event = OutboxEvent.objects.get()
    assert (event.attempts, event.last_error) == (1, "")
    assert event.delivered_at is not None


def test_an_event_is_refused_outside_the_transaction_of_its_change(transactional_db):
    with pytest.raises(KpumError, match="transaction"):
        enqueue(kind=KIND, subject="fontanna:1", payload={})

    assert not OutboxEvent.objects.exists()


def test_an_event_of_a_change_that_was_rolled_back_never_leaves(transactional_db):
    letterbox = listener()

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue(kind=KIND, subject="fontanna:1", payload={})
        raise ZeroDivisionError
    deliver_waiting()

    assert letterbox.read == []
    assert not OutboxEvent.objects.exists()


def test_nothing_leaves_before_the_commit(transactional_db):
    letterbox = listener()

    with transaction.atomic():
        enqueue(kind=KIND, subject="fontanna:1", payload={})
        assert letterbox.read == []

    assert letterbox.read == ["fontanna:1"]


def test_a_delivered_event_is_not_delivered_again(db):
    letterbox = listener()
    tell()

    counts = [deliver_waiting(), deliver_waiting()]

    assert counts == [1, 0]
    assert letterbox.read == ["fontanna:1"]


def test_events_leave_in_the_order_in_which_they_were_written(db):
    letterbox = listener()
    subjects = [f"fontanna:{number}" for number in (3, 1, 2)]
    for subject in subjects:
        tell(subject)

    deliver_waiting()

    assert letterbox.read == subjects


def test_only_listeners_of_its_kind_hear_of_an_event(db):
    letterbox, other = listener(), listener(kind="fountain.closed")
    tell()

    deliver_waiting()

    assert (letterbox.read, other.read) == (["fontanna:1"], [])


def test_an_event_nobody_listens_to_leaves_all_the_same(db):
    tell()

    assert deliver_waiting() == 1


def test_a_failing_listener_keeps_its_event_waiting_and_stops_no_other(db):
    letterbox = listener(refused={"fontanna:1"})
    for number in (1, 2):
        tell(f"fontanna:{number}")

    delivered = deliver_waiting()

    assert delivered == 1
    assert letterbox.read == ["fontanna:2"]
    waiting = OutboxEvent.objects.waiting().get()
    assert (waiting.subject, waiting.attempts) == ("fontanna:1", 1)
    assert waiting.last_error == "ConnectionError: nikt nie odebrał fontanna:1"


def test_what_one_listener_wrote_is_undone_when_the_next_one_fails(db):
    subscribe(KIND, lambda event: tell("łabędź:1", kind="swan.fed"))
    listener(refused={"fontanna:1"})
    tell()

    deliver_waiting()

    assert not OutboxEvent.objects.filter(subject="łabędź:1").exists()


def test_an_event_that_failed_leaves_when_its_listener_is_well_again(db):
    letterbox = listener(refused={"fontanna:1"})
    tell()
    deliver_waiting()

    letterbox.refused = ()
    deliver_waiting()

    assert letterbox.read == ["fontanna:1"]
    assert not OutboxEvent.objects.waiting().exists()


def test_after_the_last_attempt_an_event_waits_for_an_operator(db):
    letterbox = listener(refused={"fontanna:1"})
    tell()
    for _ in range(MAX_ATTEMPTS):
        deliver_waiting()

    letterbox.refused = ()
    delivered = deliver_waiting()

    assert delivered == 0
    event = OutboxEvent.objects.waiting().get()
    assert event.attempts == MAX_ATTEMPTS
    assert "nikt nie odebrał" in event.last_error
    assert str(event) == "fountain.opened fontanna:1"


@pytest.mark.parametrize("taken", ["delivered", "deleted"])
def test_an_event_taken_away_meanwhile_is_passed_over(db, taken):
    def take_the_other(event):
        others = OutboxEvent.objects.exclude(pk=event.pk)
        if taken == "deleted":
            others.delete()
        else:
            others.update(delivered_at=clock.now())

    subscribe("first", take_the_other)
    letterbox = listener()
    tell(kind="first")
    tell("fontanna:2")

    delivered = deliver_waiting()

    assert delivered == 1
    assert letterbox.read == []


def test_two_workers_at_once_deliver_an_event_once(transactional_db, monkeypatch):
    calls, workers = [], []

    def slow(event):
        calls.append(event.pk)
        if len(calls) == 1:
            workers.append(threading.Thread(target=second_worker))
            workers[0].start()
            # Long enough for the second worker to find the event waiting.
            time.sleep(0.5)

    def second_worker():
        try:
            deliver_waiting()
        finally:
            connections.close_all()

    subscribe(KIND, slow)
    tell()
    workers[0].join(timeout=30)

    assert len(calls) == 1
    assert OutboxEvent.objects.get().attempts == 1


def test_listening_twice_to_one_kind_is_refused():
    def listen(event):
        """Do nothing."""

    subscribe(KIND, listen)
    subscribe("fountain.closed", listen)

    with pytest.raises(ValueError, match=r"listen already listens to fountain\.opened"):
        subscribe(KIND, listen)
