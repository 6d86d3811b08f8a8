"""The manners of every answer: HEAD, ids, compression, lines, caches, and the early way and the late."""

import gzip
import json
from uuid import uuid4

import psycopg
import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from django.http import HttpRequest
from django.test import override_settings
from django.utils.http import http_date
from wagtail.models import Page

from kpum.channels import answers, feed, problems, queries
from kpum.channels.answers import Reading
from kpum.channels.cursors import row_of
from kpum.channels.models import PublishedDocument
from kpum.integrations.admission import Admission
from kpum.integrations.errors import Refused
from tests.factories.pages import edit, publish

BASE = "/api/v1/channels/public"
EARLY = "kpum.channels.middleware.EarlyReads"


@pytest.fixture
def card(city):
    return publish(city.card)


def addresses(card):
    document = f"{BASE}/documents/{card.translation_key}"
    return [
        f"{BASE}/changes",
        f"{BASE}/changes?after=0&limit=3",
        f"{BASE}/changes?limit=500",
        f"{BASE}/changes?after=999999",
        f"{BASE}/changes?after=1&limit=900",
        f"{BASE.replace('public', 'bip')}/changes",
        f"{BASE.replace('public', 'gazeta')}/changes",
        document,
        f"{document}?locale=pl",
        f"{document}?locale=uk",
        f"{BASE}/documents/{uuid4()}",
    ]


def told(answer):
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    ours = ("ETag", "Cache-Control", "Vary", "Last-Modified", "Content-Type", "Content-Encoding")
    return answer.status_code, answer.content, {name: headers.get(name) for name in ours}


def test_the_early_way_and_the_late_answer_alike(client, city, card, settings):
    late = [name for name in settings.MIDDLEWARE if name != EARLY]
    for address in addresses(card):
        for headers in ({}, {"Accept-Encoding": "gzip"}, {"If-None-Match": '"x"'}):
            early = client.get(address, headers=headers)
            known = {"If-None-Match": early.headers.get("ETag", "*")}
            unchanged = client.get(address, headers=known)
            with override_settings(MIDDLEWARE=late):
                client.handler.load_middleware()
                assert told(client.get(address, headers=headers)) == told(early), address
                assert told(client.get(address, headers=known)) == told(unchanged), address
            client.handler.load_middleware()
            assert unchanged.status_code == (304 if early.status_code == 200 else early.status_code)


def test_a_connection_that_was_lost_is_opened_anew_and_asked_again(
    client, committed_city, monkeypatch
):
    lost = [OperationalError("the connection is closed")]
    original = queries.extent

    def marks(*arguments):
        if lost:
            raise lost.pop()
        return original(*arguments)

    monkeypatch.setattr(queries, "extent", marks)

    assert client.get(f"{BASE}/changes").json()["changes"]
    assert lost == []
    if connection.vendor == "postgresql":
        connection.connection.close()
        assert client.get(f"{BASE}/changes").json()["changes"]
        with psycopg.connect(connection.connection.info.dsn, autocommit=True) as administrator:
            backend = connection.connection.info.backend_pid
            administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
        assert client.get(f"{BASE}/changes?after=1").json()["changes"]
    lost.append(OperationalError("the connection is closed"))
    with transaction.atomic(), pytest.raises(OperationalError):
        client.get(f"{BASE}/changes")


@pytest.mark.only_on("postgresql")
def test_the_hottest_reads_are_planned_once(client, city, card):
    known = client.get(f"{BASE}/changes")["ETag"]

    for _poll in range(8):
        answer = client.get(f"{BASE}/changes", headers={"If-None-Match": known})
        assert answer.status_code == 304

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [statement for (statement,) in cursor.fetchall()]
    assert any("count(*)" in statement for statement in prepared)


@pytest.mark.only_on("postgresql")
def test_behind_a_pooler_nothing_is_prepared_and_the_answers_are_the_same(
    client, city, card, monkeypatch
):
    prepared = client.get(f"{BASE}/changes").json()

    monkeypatch.setattr(connection.connection, "prepare_threshold", None)
    monkeypatch.delattr("kpum.channels.cursors._OneRow.execute")

    assert client.get(f"{BASE}/changes").json() == prepared


@pytest.mark.only_on("postgresql")
def test_a_statement_that_fails_raises_what_django_would(db):
    with pytest.raises(ProgrammingError, match="nowhere"), transaction.atomic():
        row_of("SELECT 1 FROM nowhere WHERE %s = 1", [1])
    with transaction.atomic():
        with pytest.raises(DataError, match="invalid input syntax"), transaction.atomic():
            row_of("SELECT 1 WHERE %s::int = 1", ["x"])
        assert row_of("SELECT 1 WHERE %s::int = 1", [1]) == (1,)
        assert row_of("SELECT 1 WHERE %s::int = 1", [2]) is None


def test_head_says_what_get_would_without_its_body(client, city, card):
    for address in [*addresses(card), "/api/v1/signing-keys", f"{BASE}/find?path=/uslugi/sa/"]:
        full, head = client.get(address), client.head(address)
        assert (head.status_code, head.content) == (full.status_code, b""), address
        assert head.headers.get("ETag") == full.headers.get("ETag"), address
        assert head["Content-Length"] == str(len(full.content)), address
    lines = client.head(f"{BASE}/changes", headers={"Accept": feed.NDJSON})
    assert lines.getvalue() == b""


def test_every_answer_names_its_request(client, city, card):
    ours = "0123456789abcdef.sieć"
    for address in [*addresses(card), "/api/v1/kanaly", "/api/v1/a\nb", "/api/v1/openapi.json"]:
        given = client.get(address, headers={"X-Request-ID": "follower-17:3"})
        odd = client.get(address, headers={"X-Request-ID": ours})
        assert given["X-Request-ID"] == "follower-17:3", address
        assert odd["X-Request-ID"] not in {ours, ""}, address


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_another_method_is_refused_in_the_apis_own_form(client, db, method):
    for address in (f"{BASE}/changes", f"{BASE}/manifest", "/api/v1/schemas"):
        answer = getattr(client, method)(address)
        assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
        assert answer.json()["type"] == "urn:kpum:problem:method-not-allowed"


@pytest.mark.parametrize(
    "address",
    ["", "kanaly", "channels", "channels/", "channels/public/", "a%00b", "%ff%fe", "x%0Ay"],
)
def test_an_address_that_is_none_is_told_in_the_apis_own_form(client, db, address):
    answer = client.get(f"/api/v1/{address}")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:kpum:problem:unknown-address"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{BASE}/changes?after=%00", 422),
        (f"{BASE}/changes?after=99999999999999999999999", 422),
        (f"{BASE}/changes?locale=p%00l", 422),
        (f"{BASE}/changes?types=%ff", 422),
        (f"{BASE}/changes?ids=2", 422),
        (f"{BASE}/documents/nie-uuid", 422),
        (f"{BASE}/documents?unit=%00", 422),
        (f"{BASE}/documents?category=%ed%a0%80", 422),
        (f"{BASE}/documents?limit=201", 422),
        (f"{BASE}/media/%00", 422),
        (f"{BASE}/dictionaries/%00", 404),
        ("/api/v1/channels/%00/changes", 404),
        ("/api/v1/channels/%ff/documents", 404),
        ("/api/v1/schemas/%00", 404),
    ],
)
def test_odd_input_is_a_problem_of_the_client(client, db, address, status):
    answer = client.get(address)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_a_page_is_compressed_for_whoever_takes_that(client, city, card):
    packed = client.get(f"{BASE}/changes?limit=500", headers={"Accept-Encoding": "gzip"})
    plain = client.get(f"{BASE}/changes?limit=500")
    filtered = client.get(f"{BASE}/changes?types=unit&limit=1", headers={"Accept-Encoding": "*"})

    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    assert "Content-Encoding" not in filtered.headers, "not worth it"
    assert packed["Vary"] == "Accept, Accept-Encoding, Authorization"


def lines_of(answer):
    return [json.loads(line) for line in answer.getvalue().decode().splitlines()]


def test_lines_tell_what_pages_tell(client, city, card, monkeypatch):
    monkeypatch.setattr(feed, "_BATCH", 3)
    asks = {"Accept": "application/x-ndjson"}
    page = client.get(f"{BASE}/changes?limit=500").json()
    known = client.get(f"{BASE}/changes", headers=asks)

    *changes, end = lines_of(known)
    *first, cut = lines_of(client.get(f"{BASE}/changes?limit=4", headers=asks))
    *rest, _end = lines_of(client.get(f"{BASE}/changes?after={cut['next']}", headers=asks))
    packed = client.get(f"{BASE}/changes", headers=asks | {"Accept-Encoding": "gzip"})
    again = client.get(f"{BASE}/changes", headers=asks | {"If-None-Match": known["ETag"]})

    assert changes == page["changes"]
    assert end == {key: page[key] for key in ("after", "next", "more", "epoch")}
    assert (len(first), cut["more"], first + rest) == (4, True, changes)
    assert gzip.decompress(packed.getvalue()).decode().count("\n") == len(changes) + 1
    assert again.status_code == 304
    nothing = lines_of(client.get(f"{BASE}/changes?after={page['next']}", headers=asks))
    assert nothing == [end | {"after": page["next"]}]
    ahead = client.get(f"{BASE}/changes?after=999999", headers=asks)
    assert ahead.status_code == 409


def test_lines_that_change_while_they_are_read_are_told_once_more(client, city, card, monkeypatch):
    monkeypatch.setattr(feed, "_BATCH", 2)
    parts = iter(client.get(f"{BASE}/changes", headers={"Accept": feed.NDJSON}).streaming_content)
    begun = next(parts)

    publish(edit(Page.objects.get(pk=card.pk).specific, author=city.operator, summary="Nowa treść"))
    *changes, end = [json.loads(line) for line in (begun + b"".join(parts)).splitlines()]

    last = client.get(f"{BASE}/changes?after={end['next']}").json()["changes"]
    told_of_card = [c for c in [*changes, *last] if c["id"] == str(card.translation_key)]
    assert told_of_card[-1]["document"]["summary"] == "Nowa treść"


def test_a_feed_of_some_types_or_names_only(client, city, card):
    units = client.get(f"{BASE}/changes?types=unit,folder&limit=500").json()["changes"]
    named = client.get(f"{BASE}/changes?ids=1&limit=500").json()["changes"]
    foreign = client.get(f"{BASE}/changes?locale=uk").json()
    whole = client.get(f"{BASE}/changes?limit=500").json()["changes"]

    assert {change["type"] for change in units} == {"unit", "folder"}
    assert named == [{k: v for k, v in change.items() if k != "document"} for change in whole]
    assert (foreign["changes"], foreign["next"], foreign["more"]) == ([], 0, False)
    ahead = client.get(f"{BASE}/changes?types=unit&after=999999")
    assert ahead.json()["type"] == "urn:kpum:problem:cursor-ahead"


def test_a_document_has_a_moment_and_is_not_sent_again_after_it(client, city, card):
    address = f"{BASE}/documents/{card.translation_key}"
    moment = client.get(address)["Last-Modified"]
    row = PublishedDocument.objects.get(channel="public", document_id=card.translation_key)
    assert moment == http_date(row.changed_at.timestamp())

    same = client.get(address, headers={"If-Modified-Since": moment})
    older = client.get(address, headers={"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"})
    odd = client.get(address, headers={"If-Modified-Since": "wczoraj"})
    # A hash that does not fit goes before a moment that does.
    other = client.get(address, headers={"If-Modified-Since": moment, "If-None-Match": '"x"'})

    assert [a.status_code for a in (same, older, odd, other)] == [304, 200, 200, 200]


def test_an_answer_to_a_key_is_kept_by_nobody_else(db):
    limits = {"RateLimit": '"minute";r=9;t=60'}
    reading = Reading("bip", Admission(client="szyna", headers=limits))

    answer = answers.conditional(HttpRequest(), reading, "x", lambda: "{}")

    assert answer["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert answer["RateLimit"] == limits["RateLimit"]


def test_a_refusal_says_when_to_come_again(client, db, monkeypatch):
    def admit(request, **asked):
        raise Refused(429, "too-many-requests", "Too many", "Wait.", {"Retry-After": "7"})

    monkeypatch.setattr(answers, "admit", admit)
    for address in (f"{BASE}/changes", f"{BASE}/manifest"):
        answer = client.get(address)
        assert (answer.status_code, answer["Retry-After"]) == (429, "7")
    with pytest.raises(ZeroDivisionError):
        problems.answer_to(ZeroDivisionError())
