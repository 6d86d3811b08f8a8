"""How the client asks: patient where it helps, strict in what it takes, discreet with its key."""

import gzip
import inspect
import logging
from dataclasses import replace

import httpx
import pytest

from kpum import client as package
from kpum.client import (
    ChannelClient,
    ChannelError,
    CursorAhead,
    DocumentGone,
    GarbledAnswer,
    InvalidInput,
    KeyNeeded,
    KeyRefused,
    Manners,
    NotFound,
    PortalFailed,
    ProblemAnswer,
    RedirectRefused,
    TooManyRequests,
    UnknownDocument,
    Unreachable,
)
from kpum.client.problems import seconds_to_wait
from tests.client.portal import CHANNEL, URL, Answer, id_of, problem, zipped

KEY = "kpum_tajny-klucz-0123456789"


def scripted(portal, *answers):
    """Have the portal give these answers first; an exception is raised."""
    left = iter(answers)

    def fault(asked, answer):
        found = next(left, answer)
        if isinstance(found, Exception):
            raise found
        return found

    portal.fault = fault


def every_change(client, **params):
    return [(change.id, change.document["title"]) for change in client.changes(**params)]


@pytest.mark.parametrize("ndjson", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_the_feed_is_read_in_both_forms_packed_or_not(portal, client, ndjson, packed):
    for number in range(5):
        portal.publish(number, f"Ż {number} \u2028\u0085")
    portal.fault = (lambda asked, answer: zipped(answer)) if packed else None

    found = every_change(client, ndjson=ndjson)

    assert found == [(id_of(number), f"Ż {number} \u2028\u0085") for number in range(5)]
    accepted = {asked.headers["accept-encoding"] for asked in portal.asked}
    assert accepted == {"gzip"}


def test_filters_and_limits_are_passed_on(portal, client):
    for number in range(3):
        portal.publish(number, "A")
    list(client.changes(3, limit=7, types="unit", locale="pl", ndjson=True))

    assert portal.asked[-1].query == {"after": "3", "limit": "7", "types": "unit", "locale": "pl"}


def test_ids_alone_come_without_documents(portal, client):
    portal.publish(0, "A")

    (change,) = client.changes(ids=1)

    assert (change.body, change.is_gone, len(change.etag)) == (b"", False, 64)


def test_every_address_of_the_api_is_a_method(portal, client):
    for number in range(5):
        portal.publish(number, f"T {number}")
    portal.add_file(20, b"abc")

    assert client.document(id_of(1)).data["title"] == "T 1"
    assert [row["title"] for row in client.documents(type="page")] == ["T 1", "T 4"]
    assert len(list(client.documents())) == 5
    assert client.find("/dalej/")["redirected_from"] == "/dalej/"
    assert client.units() == [{"unit": {"code": "SA"}}]
    assert client.dictionaries() == [{"code": "c"}]
    assert client.dictionary("c")["words"] == []
    assert client.media(id_of(20)).size == 3
    assert client.manifest().count == 5
    assert client.schema("unit") == {"type": "object"}
    assert client.schemas() == {"schemas": [{"type": "unit"}]}
    assert client.signing_keys()["keys"]
    assert {asked.path.removeprefix("/api/v1") for asked in portal.asked} >= {
        "/schemas/unit",
        "/signing-keys",
    }


def test_what_is_known_is_not_sent_again(portal, client):
    portal.publish(0, "A")
    first = client.document(id_of(0))
    sent = []
    portal.fault = lambda asked, answer: sent.append(answer.status) or answer

    assert client.document(id_of(0)) == first
    portal.publish(0, "B")
    assert client.document(id_of(0)).data["title"] == "B"
    assert client.manifest() == client.manifest()
    assert sent == [304, 200, 200, 304]


@pytest.mark.parametrize(
    "fault",
    [
        Answer(502, b"<html>bad gateway", {"Content-Type": "text/html"}),
        Answer(503),
        Answer(504),
        problem(429, "too-many", "slower"),
        httpx.ReadError("cut"),
        httpx.ConnectTimeout("slow"),
        httpx.RemoteProtocolError("peer closed connection"),
        Answer(200, b"<html>login", {"Content-Type": "text/html"}),
        Answer(200, b'{"changes": [', {"Content-Type": "application/json"}),
        Answer(304),
    ],
)
def test_a_passing_fault_is_asked_away_after_growing_pauses(portal, client, pauses, fault):
    portal.publish(0, "A")
    scripted(portal, fault, fault)

    assert len(every_change(client)) == 1
    assert len(portal.asked) == 3
    assert 0 <= pauses[0] <= 0.5
    assert 0 <= pauses[1] <= 1.0


def test_a_fault_that_stays_ends_after_the_agreed_attempts(portal, client, pauses):
    portal.fault = lambda asked, answer: Answer(503)

    with pytest.raises(PortalFailed, match=r"answered 503.*Try again later"):
        client.page(0)

    assert (len(portal.asked), len(pauses)) == (3, 2)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        (
            {
                "Retry-After": "Sat, 21 Nov 2026 12:00:09 GMT",
                "Date": "Sat, 21 Nov 2026 12:00:00 GMT",
            },
            9,
        ),
        (
            {
                "Retry-After": "Sat, 21 Nov 2026 11:00:00 GMT",
                "Date": "Sat, 21 Nov 2026 12:00:00 GMT",
            },
            0,
        ),
        ({"Retry-After": "Sat, 21 Nov 2026 12:00:09 GMT"}, None),
        ({"Retry-After": "soon", "Date": "x"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "5 s"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_without_trusting_our_clock(headers, seconds):
    assert seconds_to_wait(httpx.Headers(headers)) == seconds


def test_the_portal_says_how_long_to_wait_and_too_long_is_said_to_the_caller(
    portal, client, pauses
):
    portal.publish(0, "A")
    wait = problem(429, "too-many", "slower")
    scripted(portal, replace(wait, headers=wait.headers | {"Retry-After": "7"}))
    every_change(client)
    assert 7 <= pauses[0] <= 7.5

    scripted(portal, replace(wait, headers=wait.headers | {"Retry-After": "7200"}))
    with pytest.raises(TooManyRequests, match="slower") as refused:
        client.page(1)
    assert refused.value.problem.retry_after == 7200
    assert len(pauses) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (problem(401, "key-needed", "no key"), KeyNeeded, "keeper of the interface register"),
        (problem(403, "interface-suspended", "is suspended"), KeyRefused, "is suspended"),
        (problem(404, "unknown-channel", "none"), NotFound, "Check the address"),
        (problem(404, "unknown-document", "none"), UnknownDocument, "Check the id"),
        (problem(409, "cursor-ahead", "beyond"), CursorAhead, "Start again from 0"),
        (problem(410, "document-gone", "withdrawn"), DocumentGone, "Remove it"),
        (
            problem(422, "invalid-input", "odd", errors=[{"field": "limit", "message": "too big"}]),
            InvalidInput,
            "limit: too big",
        ),
        (problem(500, "oops", "x"), PortalFailed, r"\(request req-1\)"),
        (Answer(418, b"\x1b[31mtea"), ProblemAnswer, "answered 418"),
        (Answer(400, b"[]", {"Content-Type": "application/json"}), ProblemAnswer, "400"),
        (Answer(400, b"{", {"Content-Type": "application/json"}), ProblemAnswer, "400"),
        (problem(410, "document-gone", "x", successor={"id": "odd"}), DocumentGone, "x"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_asked_again(portal, client, answer, kind, said):
    portal.fault = lambda asked, _answer: answer

    with pytest.raises(kind, match=said) as refused:
        client.document(id_of(0))

    assert type(refused.value) is kind
    assert len(portal.asked) == 1
    assert "\x1b" not in str(refused.value)


def test_a_document_that_left_names_where_to_go(portal, client):
    portal.publish(0, "A")
    portal.remove(0, successor=4)

    with pytest.raises(DocumentGone) as gone:
        client.document(id_of(0))

    assert gone.value.problem.successor.id == id_of(4)


@pytest.mark.parametrize(
    "location", ["https://elsewhere.test/api", "/api/v2/", "//elsewhere.test:99999999/", ""]
)
def test_nobody_sends_the_client_elsewhere(portal, manners, location):
    portal.fault = lambda asked, answer: Answer(302, b"", {"Location": location})

    with (
        ChannelClient(
            URL, key=KEY, manners=replace(manners, plain_http=True), transport=portal.transport
        ) as client,
        pytest.raises((RedirectRefused, ProblemAnswer)),
    ):
        client.page(0)

    assert len(portal.asked) == 1


def test_a_list_does_not_go_on_elsewhere(portal, client):
    def fault(asked, answer):
        answer.headers["Link"] = '<https://elsewhere.test/x>; rel="next"'
        return answer

    portal.publish(0, "A")
    portal.fault = fault
    with pytest.raises(GarbledAnswer, match="another address"):
        list(client.documents())


@pytest.mark.parametrize("rows", ['{"documents": 1}', "[1]", '"x"', "{}"])
def test_a_list_that_is_none_is_refused(portal, client, rows):
    portal.fault = lambda asked, answer: portal._whole(rows)

    with pytest.raises(GarbledAnswer, match="no list of documents"):
        list(client.documents())


def test_a_small_answer_that_unfolds_without_end_is_stopped(portal, manners):
    bomb = gzip.compress(b" " * 40_000_000)
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    portal.fault = lambda asked, answer: Answer(200, bomb * 20, headers)
    modest = replace(manners, attempts=1, largest_answer=1 << 20)

    with (
        ChannelClient(URL, manners=modest, transport=portal.transport) as client,
        pytest.raises(GarbledAnswer, match="more than 1048576 bytes"),
    ):
        client.page(0)


@pytest.mark.parametrize(
    ("coding", "body", "said"),
    [
        ("gzip, gzip", b"x", "packed as gzip, gzip"),
        ("br", b"x", "packed as br"),
        ("gzip", b"not packed", "not packed as it says"),
        ("gzip", gzip.compress(b'{"a": 1}' * 500, mtime=0)[:-9], "cut|not packed"),
        ("gzip", b"", "no whole JSON"),
    ],
)
def test_an_odd_packing_is_refused(portal, client, coding, body, said):
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    portal.fault = lambda asked, answer: Answer(200, body, headers)

    with pytest.raises(GarbledAnswer, match=said):
        client.page(0)


def test_packed_pieces_one_after_the_other_are_one_answer(portal, client):
    portal.publish(0, "A" * 100_000)

    def in_two(asked, answer):
        half = len(answer.body) // 2
        packed = gzip.compress(answer.body[:half]) + gzip.compress(answer.body[half:])
        return Answer(200, packed, answer.headers | {"Content-Encoding": "gzip"})

    portal.fault = in_two
    assert len(every_change(client)) == 1


def test_an_answer_that_drips_on_for_ever_is_ended(portal, manners, monkeypatch):
    portal.publish(0, "A")
    now = iter(range(0, 10_000_000, 1000))
    monkeypatch.setattr("kpum.client.wire.time.monotonic", lambda: next(now))

    with (
        ChannelClient(URL, manners=manners, transport=portal.transport) as client,
        pytest.raises(Unreachable, match="longer than 300 seconds"),
    ):
        client.page(0)


def test_the_key_is_sent_and_stands_nowhere_else(portal, manners, caplog):
    caplog.set_level(logging.DEBUG)
    open_manners = replace(manners, plain_http=True)
    said = []

    def refuse(asked, answer):
        assert asked.headers["authorization"] == f"Bearer {KEY}"
        raise httpx.ConnectError(f"proxy said: Authorization: Bearer {KEY} is bad")

    portal.fault = refuse
    client = ChannelClient(URL, key=KEY, manners=open_manners, transport=portal.transport)
    with pytest.raises(Unreachable) as error:
        client.page(0)
    said += [repr(client), str(error.value), repr(error.value), repr(open_manners), caplog.text]
    cause = error.value.__cause__
    said.append(repr(cause))
    assert all(KEY not in text for text in said)
    assert "attempt 2 of 3" in caplog.text


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://portal.test", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1", True),
        ("http://portal.test", False),
    ],
)
def test_a_key_does_not_travel_in_the_open(url, safe):
    if safe:
        ChannelClient(url + CHANNEL, key=KEY).close()
        return
    with pytest.raises(ChannelError, match="plain http") as refused:
        ChannelClient(url + CHANNEL, key=KEY)
    assert KEY not in str(refused.value)
    ChannelClient(url + CHANNEL).close()
    ChannelClient(url + CHANNEL, key=KEY, manners=Manners(plain_http=True)).close()


@pytest.mark.parametrize("key", ["two words", "nowa\nlinia", "kłucz"])
def test_a_key_that_was_copied_badly_is_said_without_showing_it(key):
    with pytest.raises(ChannelError, match="odd characters") as refused:
        ChannelClient("https://portal.test" + CHANNEL, key=key)

    assert key not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "portal.test/api/v1/channels/public",
        "ftp://portal.test/api/v1/channels/public",
        "https://ola:haslo@portal.test/api/v1/channels/public",
        "https://portal.test/api/v1/",
        "https://portal.test/api/v1/channels/",
        "https://portal.test/api/v1/channels/public?after=1",
        "https://portal.test:0/api/v1/channels/public",
        "https://portal.test:99999999/api/v1/channels/public",
        "https:///api/v1/channels/public",
        "",
    ],
)
def test_an_address_of_no_channel_is_refused_before_anything_is_asked(url):
    with pytest.raises(ChannelError, match="looks like") as refused:
        ChannelClient(url)

    assert "haslo" not in str(refused.value)


def test_the_address_of_the_feed_does_too():
    with ChannelClient("https://portal.test/api/v1/channels/si-umk/changes/") as client:
        assert (client.code, client.url[-7:]) == ("si-umk", "/si-umk")


def test_what_the_package_offers_is_there_and_described():
    for name in package.__all__:
        assert inspect.getdoc(getattr(package, name)), name


def test_only_so_many_answers_are_remembered(portal, client):
    for number in range(140):
        portal.publish(number, "A")
    for number in range(140):
        client.document(id_of(number))

    assert len(client._wire._kept) == 128


def test_no_attempts_at_all_is_an_error_of_the_caller(portal, manners):
    with (
        ChannelClient(
            URL, manners=replace(manners, attempts=0), transport=portal.transport
        ) as client,
        pytest.raises(Unreachable, match="no attempts"),
    ):
        client.page(0)
