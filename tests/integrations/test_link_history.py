"""How an address comes to be called broken, when it is asked again, and who may check at one time."""

import socket
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from kpum.integrations.link_checks import lease as leases
from kpum.integrations.link_checks.actions import check_due_addresses, record_answer
from kpum.integrations.link_checks.addresses import digest_of, host_of
from kpum.integrations.link_checks.answers import Answer
from kpum.integrations.link_checks.asking import Manners
from kpum.integrations.link_checks.enums import Reason
from kpum.integrations.link_checks.lease import AnotherRun, Lease, only_run
from kpum.integrations.link_checks.models import AddressChange, LinkedAddress
from kpum.integrations.link_checks.queries import broken_among, due_addresses
from tests.integrations.neighbour import neighbour

pytestmark = pytest.mark.django_db

ADDRESS = "https://example.org/"
FOUND, LOST, SHY = (Answer.of_status(status) for status in (200, 404, 403))
NIGHT = datetime(2026, 5, 1, 1, tzinfo=UTC)
MANNERS = Manners(pause=0.0, timeout=5.0, private_hosts=("127.0.0.1", "localhost"))


def new(address=ADDRESS, **changes):
    values = {"first_seen": NIGHT, "next_check": NIGHT.date()} | changes
    return LinkedAddress.objects.create(
        digest=digest_of(address), address=address, host=host_of(address), **values
    )


def after(*nights):
    """Record an answer on each of these nights (day, answer); return the row."""
    for day, answer in nights:
        with time_machine.travel(NIGHT + timedelta(days=day), tick=False):
            row, _changed = record_answer(address=ADDRESS, answer=answer)
    return row


def test_an_address_is_broken_only_after_failures_on_different_days():
    new()

    assert after((0, LOST), (0.1, LOST), (0.2, LOST)).state == "failing"
    assert after((1, LOST)).state == "failing"
    row = after((3, LOST))

    assert (row.state, row.failed_days) == ("broken", 3)
    assert row.failing_since == NIGHT
    assert row.words == "status 404"


def test_how_many_days_is_a_setting(settings):
    settings.KPUM = {**settings.KPUM, "LINK_FAILURE_DAYS": 1}
    new()

    assert after((0, LOST)).state == "broken"


def test_a_failing_address_is_asked_less_and_less_often():
    new()
    waits, day = [], 0
    for _night in range(7):
        row = after((day, LOST))
        wait = (row.next_check - (NIGHT + timedelta(days=day)).date()).days
        waits.append(wait)
        day += wait

    assert waits == [1, 2, 4, 8, 16, 30, 30]


@pytest.mark.parametrize(("answer", "state"), [(FOUND, "answers"), (SHY, "uncheckable")])
def test_an_answer_ends_the_count_and_is_asked_again_in_a_week(answer, state):
    new()

    row = after((0, LOST), (1, LOST), (3, LOST), (7, answer))

    assert (row.state, row.failed_days, row.failing_since) == (state, 0, None)
    assert row.next_check == date(2026, 5, 15)
    assert after((14, LOST)).state == "failing"


def test_the_history_holds_the_changes_and_no_night_besides():
    new()

    after((0, FOUND), (7, FOUND), (14, LOST), (15, LOST), (17, LOST), (21, LOST), (29, FOUND))

    told = [(row.before, row.after, row.words, row.at.day) for row in AddressChange.objects.all()]
    assert told == [
        ("unknown", "answers", "status 200", 1),
        ("answers", "failing", "status 404", 15),
        ("failing", "broken", "status 404", 18),
        ("broken", "answers", "status 200", 30),
    ]


def test_an_answer_about_a_forgotten_address_is_left_alone():
    assert record_answer(address=ADDRESS, answer=FOUND) is None


def test_the_due_are_asked_longest_due_first():
    new("https://b.example.org/1", next_check=date(2026, 4, 2))
    new("https://a.example.org/2", next_check=date(2026, 4, 1))
    new("https://b.example.org/3", next_check=date(2026, 6, 1))

    with time_machine.travel(NIGHT, tick=False):
        assert list(due_addresses()) == ["https://a.example.org/2", "https://b.example.org/1"]
        assert list(due_addresses(limit=1)) == ["https://a.example.org/2"]
        assert list(due_addresses(host="B.example.org")) == ["https://b.example.org/1"]


def test_only_what_is_broken_is_told_of_and_nothing_is_asked_for_nothing(django_assert_num_queries):
    new(state="broken")
    new("https://example.org/2", state="failing")

    with django_assert_num_queries(1):
        assert set(broken_among([ADDRESS, "https://example.org/2"])) == {ADDRESS}
    with django_assert_num_queries(0):
        assert broken_among([]) == {}


# --- a run ---


def check(**options):
    with only_run() as lease:
        return check_due_addresses(lease=lease, manners=MANNERS, **options)


def test_a_run_asks_what_is_due_keeps_it_and_asks_it_no_more():
    with neighbour() as street:
        for path in ("/status/200", "/status/404", "/status/403"):
            new(street.url(path))

        first, second = check(), check()

    assert dict(first.states) == {"answers": 1, "failing": 1, "uncheckable": 1}
    assert (first.asked, first.changes, second.asked) == (3, 3, 0)
    assert set(LinkedAddress.objects.values_list("status", flat=True)) == {200, 404, 403}


def silent(host):
    return new(f"http://{host}.invalid/")


@pytest.fixture
def no_network(monkeypatch):
    """No name is found here, whoever is asked for it."""
    real = socket.getaddrinfo

    def lookup(host, *args, **kwargs):
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)


def test_with_our_own_network_down_nothing_is_held_against_anybody(no_network):
    for host in ("a", "b", "c"):
        silent(host)

    checked = check()

    assert (checked.asked, checked.unheard) == (0, 3)
    assert not LinkedAddress.objects.exclude(state="unknown").exists()


def test_one_answer_is_enough_to_know_that_the_others_are_silent(no_network):
    for host in ("a", "b", "c"):
        silent(host)
    with neighbour() as street:
        new(street.url("/slow/"))
        checked = check()

    assert (checked.asked, checked.unheard) == (4, 0)
    assert LinkedAddress.objects.filter(reason=Reason.NO_HOST, state="failing").count() == 3


def test_two_silent_hosts_prove_nothing_of_our_network(no_network):
    silent("a")
    silent("b")

    assert check().asked == 2


# --- one run at a time ---


def test_a_second_run_is_refused_while_one_is_on_and_begins_when_it_ends():
    with only_run(), pytest.raises(AnotherRun), only_run():
        pass
    with only_run():
        pass


def test_a_killed_run_bars_the_next_only_for_a_time():
    with time_machine.travel(NIGHT, tick=False):
        killed = Lease()
        assert killed.take()
    with time_machine.travel(NIGHT + leases.LASTS - timedelta(seconds=1), tick=False):
        assert not Lease().take()
    with time_machine.travel(NIGHT + leases.LASTS, tick=False):
        next_one = Lease()
        assert next_one.take()
        with pytest.raises(AnotherRun):
            killed.keep()
        killed.give_back()
        next_one.keep()


def test_a_long_run_keeps_its_lease():
    with time_machine.travel(NIGHT, tick=False) as moment:
        lease = Lease()
        lease.take()
        for _minute in range(9):
            moment.shift(60)
            lease.keep()
            assert not Lease().take()


def test_a_run_that_lost_its_lease_stops():
    with neighbour() as street:
        for number in range(200, 204):
            new(street.url(f"/status/{number}"))
        with pytest.raises(AnotherRun):
            check_due_addresses(lease=Lease(), manners=MANNERS)

    assert not LinkedAddress.objects.exclude(state="unknown").exists()
