"""What clients asked for and how far they are: written rarely, lost by nobody, late for nobody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError

from kpum.integrations import queries, usage
from kpum.integrations.admission import Admission, note_use
from kpum.integrations.models import ApiClient, ApiKey, ClientCursor, ClientUsage
from kpum.integrations.registry import Head
from tests.factories import integrations as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 21, 59, 30, tzinfo=UTC)


@pytest.fixture
def key(unit):
    return make.issued(make.client_of(make.interface(unit))).key


def admitted(key, channel="bip"):
    return Admission("bip-eksport", {}, channel, key.client_id, key.pk, key.prefix)


def figures():
    return list(ClientUsage.objects.order_by("day").values_list("requests", "bytes", "refusals"))


def test_a_request_on_the_hot_path_writes_nothing(key, django_assert_num_queries):
    note_use(admitted(key), size=10, cursor=3)
    with django_assert_num_queries(0):
        for cursor in range(50):
            note_use(admitted(key), size=100, cursor=cursor)

    assert figures() == [(1, 10, 0)]


def test_when_it_is_time_everything_gathered_is_written(key, monkeypatch):
    monkeypatch.setattr(usage, "EVERY", 30.0)
    moment = [1000.0]
    monkeypatch.setattr(usage.time, "monotonic", lambda: moment[0])
    for cursor in (0, 40, 70):
        note_use(admitted(key), size=100, cursor=cursor)
    moment[0] += 30
    note_use(admitted(key), size=1, cursor=90)

    assert figures() == [(4, 301, 0)]
    assert ClientCursor.objects.get().cursor == 90
    assert ApiKey.objects.get().last_used_at is not None


def test_each_day_has_its_own_figures(key):
    with time_machine.travel(NOW, tick=False) as clock:
        note_use(admitted(key), size=5)
        clock.shift(60)
        note_use(admitted(key), size=7)
        usage.ledger.write()

    # Kraków's midnight lies between, not Greenwich's.
    assert figures() == [(1, 5, 0), (1, 7, 0)]


def test_two_processes_add_up_and_the_later_place_stays(key):
    one, two = usage.Ledger(), usage.Ledger()
    with time_machine.travel(NOW, tick=False) as clock:
        one.note(key.client_id, key.pk, usage.Tally(requests=1, bytes=3), ("bip", 5))
        one.note(key.client_id, key.pk, usage.Tally(requests=1, bytes=3), ("bip", 80))
        clock.shift(5)
        two.note(key.client_id, key.pk, usage.Tally(requests=1, bytes=4), ("bip", 100))
        one.write()
        two.write()
        # Started again from nothing: the later question counts, not the larger number.
        clock.shift(5)
        two.note(key.client_id, key.pk, usage.Tally(requests=1), ("bip", 0))
        clock.move_to(NOW)
        one.note(key.client_id, key.pk, usage.Tally(requests=1), ("bip", 77))
        two.write()
        one.write()

    assert figures() == [(5, 10, 0)]
    assert ClientCursor.objects.get().cursor == 0
    assert ApiKey.objects.get().last_used_at == NOW + timedelta(seconds=10)


def test_a_database_that_cannot_write_now_is_asked_again_and_the_request_goes_on(key, monkeypatch):
    def fail(_entries):
        raise DatabaseError("locked")

    with monkeypatch.context() as broken:
        broken.setattr(usage, "_write", fail)
        note_use(admitted(key), size=10, cursor=4)
        assert figures() == []
    note_use(admitted(key), size=1, cursor=6)
    usage.ledger.write()

    assert figures() == [(2, 11, 0)]
    assert ClientCursor.objects.get().cursor == 6


def test_a_client_that_is_no_more_and_a_stranger_leave_nothing(key):
    note_use(Admission("gone", {}, "bip", 999_999, 999_999, "x"), size=1, cursor=1)
    note_use(Admission(channel="public"), size=1, cursor=1)
    usage.ledger.write()

    assert figures() == []
    assert not ClientCursor.objects.exists()


def test_the_lag_is_the_changes_not_fetched_and_how_long_the_last_one_has_waited(key):
    hour = timedelta(hours=1)
    cursor = ClientCursor(channel="bip", cursor=40, at=NOW - hour)

    behind = queries.lag_of(cursor, Head(45, NOW - hour / 2), NOW)
    level = queries.lag_of(cursor, Head(40, NOW - 2 * hour), NOW)

    assert (behind.changes, behind.behind) == (5, hour / 2)
    assert (level.changes, level.behind) == (0, None)
    assert queries.lag_of(cursor, None, NOW).changes == 0


def test_the_figures_of_ten_clients_cost_what_those_of_one_do(key, django_assert_num_queries):
    days = queries.last_days(NOW.date(), 30)

    def look():
        return queries.figures(ApiClient.objects.all(), days, {"bip": Head(9, NOW)}, NOW)

    ClientUsage.objects.create(client_id=key.client_id, day=NOW.date(), requests=4, bytes=6)
    ClientCursor.objects.create(client_id=key.client_id, channel="bip", cursor=2, at=NOW)
    with django_assert_num_queries(3):
        (one,) = look()
    for number in range(9):
        make.client_of(key.client.interface, code=f"bip-{number}")
    with django_assert_num_queries(3):
        assert len(look()) == 10

    assert (one.requests, one.bytes, one.days[-2:], one.lags[0].changes) == (4, 6, (0, 4), 7)
    assert queries.requests_by_day(days)[-1] == 4
