"""Stored pages of the feed: a copy made of them is the copy made of rows, at any moment."""

import gzip
import itertools
import json
import random
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Page

from kpum.channels import chunks, feed, writing
from kpum.channels.documents import Built
from kpum.channels.models import Chunk, PublishedDocument
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import GoneReason
from tests.factories.pages import publish

FEED = "/api/v1/channels/public/changes"
PAGE = 4


@pytest.fixture
def small_pages(monkeypatch):
    for module in (chunks, feed):
        monkeypatch.setattr(module, "LIMIT", PAGE)


def copy_of(client, **options):
    """Follow the channel from 0 with the default limit; return what it holds, and the pages it took."""
    held, cursor, pages, more = {}, 0, 0, True
    while more:
        page = client.get(FEED, {"after": cursor} if cursor else {}, **options).json()
        assert page["next"] > cursor or not page["changes"]
        for change in page["changes"]:
            assert cursor < change["sequence"] <= page["next"]
            held[change["id"]] = change.get("document")
        cursor, more, pages = page["next"], page["more"], pages + 1
        assert pages < 500
    return {key: value for key, value in held.items() if value is not None}, pages


def stands_in_rows():
    rows = PublishedDocument.objects.filter(channel="public", gone_reason="")
    return {str(row.document_id): json.loads(row.body) for row in rows}


def document(number, text):
    from uuid import UUID

    document_id = UUID(int=number + 1)
    body = json.dumps({"type": "page", "id": str(document_id), "text": text})
    return Built(document_id, "pl", "page", body, f"{text:0>64}", "SA", "", "", frozenset())


def write(number, text):
    """Store, change or bury one document, past the pages."""
    built = document(number, text)
    rows = list(PublishedDocument.objects.filter(document_id=built.document_id))
    with writing.Feed() as open_feed:
        if text:
            open_feed.store(built, {"public"}, rows)
        else:
            for row in rows:
                open_feed.bury(row, GoneReason.DELETED)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 14), st.sampled_from(["a", "b", "c", ""])),
        st.just("build"),
        st.just("copy"),
    ),
    min_size=15,
    max_size=60,
)


@given(STEPS)
def test_a_copy_through_stored_pages_is_the_copy_through_rows(small_pages, client, db, steps):
    PublishedDocument.objects.all().delete()
    Chunk.objects.all().delete()
    for step in [*((n, "a") for n in range(10)), "build", *steps, "build", "copy"]:
        if step == "build":
            chunks.build_chunks()
            assert chunks.build_chunks() == 0
        elif step == "copy":
            assert copy_of(client)[0] == stands_in_rows()
        else:
            write(*step)
    ranges = list(Chunk.objects.order_by("after").values_list("after", "last", "count"))
    assert all(count <= PAGE for _after, _last, count in ranges)
    # Where one ends the next begins, and two neighbours are not both mostly empty.
    assert [after for after, _last, _count in ranges[1:]] == [last for _a, last, _c in ranges[:-1]]


@pytest.mark.parametrize("number", range(2))
def test_a_page_counts_as_known_exactly_where_its_bytes_are_the_same(
    small_pages, client, db, number
):
    """Whatever was written since, at any cursor, and with validators of other pages."""
    chance = random.Random(number)
    held, bodies = {}, {}
    for step in [*range(6), *(chance.choice([*range(8), "build"]) for _step in range(6))]:
        if step == "build":
            chunks.build_chunks()
        else:
            write(step, chance.choice(["a", "b", ""]))
        last = feed.queries.last_sequence("public")
        pages = {}
        for after, limit in itertools.product((0, last // 2, last), (1, 3, PAGE, 9)):
            address = f"{FEED}?after={after}&limit={limit}"
            page = client.get(address)
            pages[address] = (page.get("ETag"), page.content)
        for address, (validator, content) in pages.items():
            others = {held.get(address), validator, chance.choice(list(held.values() or [None]))}
            for tried in others - {None}:
                answer = client.get(address, headers={"If-None-Match": tried})
                assert (answer.status_code == 304) == (tried == validator), (address, tried)
            known = bodies.setdefault(validator, content)
            assert known == content, address
        held |= {address: validator for address, (validator, _content) in pages.items()}


def test_a_full_copy_is_handed_out_as_it_lies(small_pages, client, db):
    for number in range(13):
        write(number, "a")
    chunks.build_chunks()
    chunk = Chunk.objects.order_by("after").first()

    packed = client.get(FEED, headers={"Accept-Encoding": "br, gzip"})
    plain = client.get(FEED, headers={"Accept-Encoding": "gzip;q=0"})
    known = {
        etag: client.get(FEED, headers={"If-None-Match": etag}).status_code
        for etag in (packed["ETag"], plain["ETag"])
    }

    assert str(chunk) == f"public (0, {chunk.last}]"
    assert (packed["Content-Encoding"], packed.content) == ("gzip", bytes(chunk.body))
    assert "Content-Encoding" not in plain.headers
    assert plain.content == gzip.decompress(packed.content)
    assert packed["ETag"] != plain["ETag"]
    assert set(known.values()) == {304}
    assert copy_of(client) == (stands_in_rows(), 4)


def test_a_stored_page_costs_two_queries_and_one_that_is_known_is_not_even_read(
    small_pages, client, db, django_assert_num_queries
):
    for number in range(13):
        write(number, "a")
    chunks.build_chunks()
    packed = client.get(FEED, headers={"Accept-Encoding": "gzip"})
    conditional = {"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]}

    with django_assert_num_queries(2):
        client.get(FEED, headers={"Accept-Encoding": "gzip"})
    with django_assert_num_queries(1) as asked:
        assert client.get(FEED, headers=conditional).status_code == 304
    assert "body" not in asked[0]["sql"]
    # Another page is sent whole, and one that is not compressed is known by its rows.
    write(0, "b")
    assert client.get(FEED, headers=conditional).status_code == 200
    plain = client.get(f"{FEED}?limit=3")
    with django_assert_num_queries(1) as asked:
        known = client.get(f"{FEED}?limit=3", headers={"If-None-Match": plain["ETag"]})
    assert known.status_code == 304
    assert "body" not in asked[0]["sql"]


def test_what_is_taken_down_is_served_from_no_stored_page(small_pages, client, city):
    cards = [publish(city.new_card(f"SA-{n}", f"Sprawa {n}")) for n in range(1, 7)]
    chunks.build_chunks()
    secret = cards[0]
    row = PublishedDocument.objects.get(channel="public", document_id=secret.translation_key)
    holding = Chunk.objects.get(channel="public", after__lt=row.sequence, last__gte=row.sequence)
    assert b"Sprawa 1" in gzip.decompress(holding.body)

    door.take_down(
        page_id=secret.pk,
        explanation="Dane osobowe.",
        authority=Authority.of_mandate(),
        actor=city.chief,
    )

    for chunk in Chunk.objects.all():
        assert str(secret.translation_key) not in gzip.decompress(chunk.body).decode()
    assert copy_of(client)[0] == stands_in_rows()
    assert Page.objects.get(pk=secret.pk).live is False


def test_the_command_stores_what_is_missing_and_can_begin_anew(small_pages, client, db):
    for number in range(9):
        write(number, "a")

    told = []
    for options in ({}, {}, {"anew": True}):
        out = StringIO()
        call_command("build_chunks", stdout=out, **options)
        told.append(out.getvalue())

    assert told == ["2 pages stored\n", "0 pages stored\n", "2 pages stored\n"]
    PublishedDocument.objects.filter(document_id__in=[document(1, "").document_id]).update(body="0")
    call_command("build_chunks", stdout=StringIO(), anew=True)
    assert b'"document":0' in client.get(FEED).content


def test_pages_that_two_workers_want_are_stored_once(small_pages, db, monkeypatch):
    for number in range(9):
        write(number, "a")
    plans = []
    original = chunks._plan

    def plan(channel):
        # Between the look and the lock another worker has done it.
        if channel == "public" and not plans:
            plans.append(original(channel))
            chunks._store(channel, plans[0])
            return plans[0]
        return original(channel)

    monkeypatch.setattr(chunks, "_plan", plan)

    assert chunks.build_chunks() == 1
    assert Chunk.objects.count() == 2
