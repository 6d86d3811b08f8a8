"""Asking addresses outside: what each answer means, politeness, and no way into private networks."""

import asyncio
import socket
from ipaddress import ip_address

import pytest

from kpum.integrations.link_checks import guarding
from kpum.integrations.link_checks.addresses import outside_address
from kpum.integrations.link_checks.answers import Verdict
from kpum.integrations.link_checks.asking import Asker, Manners
from kpum.integrations.link_checks.enums import Reason
from kpum.integrations.link_checks.rounds import ask_all
from tests.integrations.neighbour import neighbour

HERE = ("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def at_home():
    with neighbour() as street:
        yield street


@pytest.fixture
def street(at_home):
    at_home.forget()
    return at_home


def manners(**changes):
    return Manners(**({"pause": 0.0, "timeout": 5.0, "private_hosts": HERE} | changes))


def ask(*addresses, **changes):
    async def in_turn():
        asker = Asker(manners(**changes))
        return [await asker.ask(address) for address in addresses]

    answers = asyncio.run(in_turn())
    return answers[0] if len(answers) == 1 else answers


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.ANSWERS), (204, Verdict.ANSWERS), (300, Verdict.ANSWERS), (304, Verdict.ANSWERS),
        (400, Verdict.FAILS), (404, Verdict.FAILS), (410, Verdict.FAILS), (500, Verdict.FAILS),
        (503, Verdict.FAILS), (401, Verdict.UNCHECKABLE), (403, Verdict.UNCHECKABLE),
        (429, Verdict.UNCHECKABLE), (999, Verdict.UNCHECKABLE),
    ],
)  # fmt: skip
def test_each_status_means_what_a_citizen_would_find(street, status, verdict):
    answer = ask(street.url(f"/status/{status}"))

    assert (answer.verdict, answer.reason, answer.status) == (verdict, Reason.STATUS, status)


@pytest.mark.parametrize("status", [405, 501, 404, 500])
def test_what_head_is_refused_get_may_have(street, status):
    assert ask(street.url(f"/only_get/{status}")).verdict is Verdict.ANSWERS
    assert [method for method, _path, _headers in street.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [200, 401, 403, 429])
def test_who_has_answered_is_not_asked_twice(street, status):
    ask(street.url(f"/status/{status}"))

    assert len(street.asked) == 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/loop/", Reason.REDIRECTS),
        ("/hop/6", Reason.REDIRECTS),
        ("/to/ftp://example.org/", Reason.REDIRECTS),
        ("/to/http://a:bc/", Reason.GARBLED),
        ("/status/302", Reason.REDIRECTS),
        ("/garbage/", Reason.GARBLED),
        ("/mute/", Reason.GARBLED),
        ("/endless/", Reason.GARBLED),
    ],
)
def test_what_leads_nowhere_fails_and_says_why(street, path, reason):
    answer = ask(street.url(path))

    assert (answer.verdict, answer.reason) == (Verdict.FAILS, reason)


def test_as_many_redirects_as_allowed_are_followed(street):
    assert ask(street.url("/hop/5")).verdict is Verdict.ANSWERS
    assert ask(street.url("/hop/2"), redirects=1).reason == Reason.REDIRECTS


def test_a_host_that_wants_its_cookie_back_gets_it(street):
    assert ask(street.url("/welcome/")).status == 200


def test_cookies_are_not_carried_to_another_address(street):
    ask(street.url("/welcome/"), street.url("/status/200"))

    assert "Cookie" not in street.asked[-1][2]


@pytest.mark.parametrize("path", ["/slow/", "/dribble/"])
def test_an_answer_that_takes_too_long_is_not_waited_for(street, path):
    answer = ask(street.url(path), timeout=0.2)

    assert (answer.verdict, answer.reason) == (Verdict.FAILS, Reason.TIMEOUT)


def test_a_body_is_never_read(street):
    assert ask(street.url("/large/")).verdict is Verdict.ANSWERS


def test_nobody_at_home_is_no_connection():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        answer = ask(f"http://127.0.0.1:{held.getsockname()[1]}/")

    assert (answer.verdict, answer.reason) == (Verdict.FAILS, Reason.NO_CONNECTION)


def test_no_certificate_is_told_from_no_connection(street):
    answer = ask(street.url("/status/200").replace("http:", "https:"))

    assert answer.reason == Reason.TLS


def test_a_name_that_nobody_has_is_no_host(monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert ask("https://nie-ma.example.org/").reason == Reason.NO_HOST


@pytest.mark.parametrize(
    "address",
    [
        "http://", "https:///sciezka", "http://[::1", "http://a:99999/", "http://" + "a" * 70 + ".pl/",
        "http://exa mple.org/", "http://\udcff.pl/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_is_no_address_is_said_to_be_none(address):
    assert ask(address).reason in {Reason.BAD_ADDRESS, Reason.NO_HOST}


def test_a_password_in_an_address_is_not_sent(street):
    address = street.url("/status/200").replace("//", "//ala:kot@")

    assert ask(address).reason == Reason.CREDENTIALS
    assert street.asked == []


# --- private networks ---


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 - nobody binds to it

        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::7f00:1",
        "2002:7f00:1::", "2001:db8::1",
    ],
)  # fmt: skip
def test_a_network_that_is_not_public_is_known(address):
    assert not guarding.is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_a_public_network_is_known(address):
    assert guarding.is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::ffff:7f00:1]"]
)
def test_nobody_inside_is_asked(street, host):
    answer = ask(street.url("/status/200", host), private_hosts=())

    assert (answer.verdict, answer.reason) == (Verdict.UNCHECKABLE, Reason.NOT_PUBLIC)
    assert street.asked == []


def test_nobody_sends_us_inside(street):
    inner = street.url("/status/200", "localhost")

    answer = ask(street.url(f"/to/{inner}"), private_hosts=("127.0.0.1",))

    assert answer.reason == Reason.NOT_PUBLIC
    assert len(street.asked) == 1


def test_one_inner_address_among_public_ones_is_enough_to_refuse(street, monkeypatch):
    def mixed(_host, port, *_args, **_kwargs):
        return [(socket.AF_INET, 1, 6, "", (ip, port)) for ip in ("8.8.8.8", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", mixed)

    assert ask(street.url("/status/200", "gdzies.example.org")).reason == Reason.NOT_PUBLIC
    assert street.asked == []


def test_the_name_is_looked_up_once_and_connected_to_as_it_was_vetted(street, monkeypatch):
    answers = iter([["127.0.0.1"]])

    def changing(_host, port, *_args, **_kwargs):
        return [(socket.AF_INET, 1, 6, "", (ip, port)) for ip in next(answers)]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    host = "zmienny.example.org"

    assert ask(street.url("/status/200", host), private_hosts=(host,)).status == 200
    assert street.asked[0][2]["Host"].startswith(f"{host}:")


# --- politeness ---


class Clock:
    """Time that passes only while somebody waits."""

    def __init__(self):
        self.time, self.waits = 1000.0, []

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.time += seconds


def test_one_host_rests_between_two_requests_redirects_and_second_tries_included(street):
    clock = Clock()

    ask(
        street.url("/hop/1"), street.url("/status/404"),
        pause=2.0, sleep=clock.sleep, now=clock.now,
    )  # fmt: skip

    assert len(street.asked) == 4
    assert clock.waits == [2.0, 2.0, 2.0]


def test_another_host_is_not_waited_for(street):
    clock = Clock()

    ask(
        street.url("/status/200"), street.url("/status/200", "localhost"),
        pause=2.0, sleep=clock.sleep, now=clock.now,
    )  # fmt: skip

    assert clock.waits == []


def test_one_host_is_never_asked_twice_at_once_and_two_hosts_are(street):
    one = [street.url(f"/slow/{number}") for number in range(2)]
    assert len(list(ask_all(one, manners(pause=0.1)))) == 2
    assert street.busiest == 1

    list(ask_all([*one[:1], street.url("/slow/", "localhost")], manners()))
    assert street.busiest == 2


def test_a_host_that_others_send_on_to_is_still_asked_one_by_one(street):
    slow = street.url("/slow/")

    told = list(ask_all([slow, street.url(f"/to/{slow}", "localhost")], manners(pause=0.1)))

    assert len(told) == 2
    assert street.busiest == 2
    assert street.busiest_name == 1


def test_it_says_who_asks(street, settings):
    settings.KPUM = {**settings.KPUM, "LINK_CONTACT": "redakcja@example.org\r\nX-Odd: 1"}

    ask(street.url("/status/200"), agent=Manners.of_settings().agent)

    agent = street.asked[0][2]["User-Agent"]
    assert agent == "KPUM-link-check/1 (+redakcja@example.org X-Odd: 1)"
    assert "X-Odd" not in street.asked[0][2]
    settings.KPUM = {**settings.KPUM, "LINK_CONTACT": ""}
    assert Manners.of_settings("https://kpum.example.org").agent.endswith(
        "(+https://kpum.example.org)"
    )


# --- a whole round ---


def test_a_round_tells_each_answer_and_now_and_then_that_it_is_on(street):
    told = list(ask_all([street.url("/slow/"), street.url("/status/404")], manners(), still_on=0.1))

    answers = dict(one for one in told if one is not None)
    assert {answer.status for answer in answers.values()} == {200, 404}
    assert None in told


def test_a_round_that_nobody_listens_to_any_more_ends(street):
    addresses = [street.url(f"/status/{number}") for number in range(200, 204)]
    round_ = ask_all(addresses, manners(pause=30.0))

    assert next(round_) is not None
    round_.close()

    assert len(street.asked) == 1


# --- which links are asked at all ---


@pytest.mark.parametrize(
    ("link", "address"),
    [
        (" https://example.org/a#b ", "https://example.org/a"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("https://", "https://"),
        ("mailto:a@example.org", None), ("tel:126165555", None), ("#tu", None), ("/uslugi/", None), ("http", None),
        ("", None), (None, None), (7, None), ("https://example.org/\x00", None), ("https://e.org/" + "a" * 2000, None),
    ],
)  # fmt: skip
def test_only_web_addresses_are_asked(link, address):
    assert outside_address(link) == address


def test_a_round_goes_on_while_no_answer_comes_and_skips_addresses_that_are_gone(monkeypatch, db):
    from types import SimpleNamespace

    from kpum.integrations.link_checks import actions

    kept = []
    told = [None, ("https://a.example/", "answer"), None]
    monkeypatch.setattr(actions, "ask_all", lambda _addresses, _manners: iter(told))
    monkeypatch.setattr(actions, "record_answer", lambda **_said: None)
    lease = SimpleNamespace(keep=lambda: kept.append(1))
    checked = SimpleNamespace(asked=0)

    for address, answer in actions._answers([], lease, None):
        actions._keep(checked, address, answer)

    assert (len(kept), checked.asked) == (3, 0)
