"""Live documents by what they are, whose and about what; where an address leads; units and words."""

from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from kpum.channels.actions import rebuild_marked
from kpum.org.models import Unit
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from services.actions import save_grouping
from services.models import Category, LifeEvent
from tests.factories.pages import edit, publish

BASE = "/api/v1/channels/public"
BY_MANDATE = Authority.of_mandate()


def listed(client, **filters):
    """Return every document of a list, page by page, as the links lead."""
    documents, address, asked = [], f"{BASE}/documents", filters
    while address:
        answer = client.get(address, asked)
        assert answer.status_code == 200, answer.content
        page = answer.json()
        documents += page["documents"]
        link = answer.headers.get("Link")
        assert (link is None) == (page["next"] is None)
        address, asked = (link.split(">")[0].lstrip("<") if link else ""), {}
    return documents


def titles(documents):
    return sorted(document.get("title") or document["name"] for document in documents)


@pytest.fixture
def catalogue(city):
    """Five cards, one of them of another category, one only for BIP, one withdrawn."""
    other = save_grouping(
        model=Category,
        values={"slug": "zielen", "name": "Zieleń", "summary": "Parki.", "icon": "home"},
        actor=city.chief,
        authority="upoważnienie",
    )
    cards = {number: city.new_card(f"SA-{number}", f"Sprawa {number}") for number in range(1, 6)}
    cards[2].categories.set([other])
    cards[2].save_revision(user=city.operator)
    cards[3] = edit(cards[3], author=city.operator, targets=["bip"])
    for card in cards.values():
        publish(Page.objects.get(pk=card.pk).specific)
    door.withdraw(
        page_id=cards[4].pk,
        reason=WithdrawalReason.REPLACED,
        explanation="Opisuje to inna karta.",
        authority=BY_MANDATE,
        actor=city.chief,
        successor_id=cards[5].pk,
    )
    return cards


def test_a_list_holds_exactly_the_live_documents_that_fit(client, city, catalogue):
    cards = ["Sprawa 1", "Sprawa 2", "Sprawa 5"]

    assert titles(listed(client, type="service_card")) == cards
    assert titles(listed(client, type="service_card,folder")) == ["SA", *cards, "ZZM"]
    assert titles(listed(client, category="zielen")) == ["Sprawa 2"]
    assert titles(listed(client, category="meldunek", unit="SA")) == ["Sprawa 1", "Sprawa 5"]
    assert titles(listed(client, life_event="przeprowadzka", code="SA-5")) == ["Sprawa 5"]
    assert listed(client, category="meldunek", unit="ZZM") == []
    assert listed(client, locale="en") == []
    assert [document["type"] for document in listed(client, code="ZZM")] == ["unit"]
    assert len(listed(client)) == len(listed(client, limit=2)) == 12
    bip = client.get(f"{BASE.replace('public', 'bip')}/documents")
    assert bip.status_code == 401


def test_a_word_that_leaves_a_card_no_longer_finds_it(client, city, catalogue):
    card = Page.objects.get(pk=catalogue[2].pk).specific.get_latest_revision_as_object()
    card.categories.set([city.category])
    card.save_revision(user=city.operator)

    publish(Page.objects.get(pk=card.pk).specific)

    assert listed(client, category="zielen") == []
    assert "Sprawa 2" in titles(listed(client, category="meldunek"))


def test_a_page_of_a_list_costs_the_same_however_many_documents_it_holds(client, city, catalogue):
    client.get(f"{BASE}/documents", {"limit": 1})

    counts = []
    for limit in (1, 10):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{BASE}/documents", {"limit": limit, "type": "service_card,unit,page"})
        counts.append(len(queries))

    assert counts == [1, 1]


def test_a_cursor_is_good_for_its_own_list_only(client, city, catalogue):
    cursor = client.get(f"{BASE}/documents", {"limit": 1}).json()["next"]
    changed = ("A" if cursor[0] != "A" else "B") + cursor[1:]

    told = {
        name: client.get(f"{BASE}/documents", {"limit": 1, **query})
        for name, query in {
            "own": {"cursor": cursor},
            "filtered": {"cursor": cursor, "type": "unit"},
            "changed": {"cursor": changed},
            "cut": {"cursor": cursor[:-3]},
            "odd": {"cursor": "ż"},
        }.items()
    }

    assert {name: answer.status_code for name, answer in told.items()} == {
        "own": 200, "filtered": 409, "changed": 409, "cut": 409, "odd": 422,
    }  # fmt: skip
    assert told["changed"].json()["type"] == "urn:kpum:problem:foreign-cursor"


def test_an_unchanged_list_is_not_sent_twice(client, city, catalogue):
    first = client.get(f"{BASE}/documents", {"code": "SA-1"})
    again = client.get(
        f"{BASE}/documents", {"code": "SA-1"}, headers={"If-None-Match": first["ETag"]}
    )
    publish(edit(catalogue[1], author=city.operator, summary="Nowa treść."))
    later = client.get(
        f"{BASE}/documents", {"code": "SA-1"}, headers={"If-None-Match": first["ETag"]}
    )

    assert (again.status_code, later.status_code) == (304, 200)
    assert later.json()["documents"][0]["summary"] == "Nowa treść."


def found_at(client, path):
    return client.get(f"{BASE}/find", {"path": path})


def test_a_document_is_found_by_its_path_and_by_its_whole_address(client, city, catalogue):
    card = Page.objects.get(pk=catalogue[1].pk)
    path = urlsplit(card.full_url).path

    for asked in (path, path.rstrip("/"), card.full_url, f"{path}?utm=x#y"):
        told = found_at(client, asked).json()
        assert (told["document"]["code"], told["redirected_from"]) == ("SA-1", None), asked
    etag = client.get(f"{BASE}/documents/{card.translation_key}")["ETag"]
    assert found_at(client, path).json()["etag"] == etag.strip('"')
    assert found_at(client, "/jednostki/sa/").json()["document"]["type"] == "unit"
    assert found_at(client, "https://example.org/uslugi/").status_code == 404
    assert found_at(client, "/nie-ma/").json()["type"] == "urn:kpum:problem:nothing-there"


def test_an_old_address_leads_to_where_the_document_is_now(
    client, city, catalogue, django_capture_on_commit_callbacks
):
    card = catalogue[1]
    old = urlsplit(Page.objects.get(pk=card.pk).full_url).path
    with django_capture_on_commit_callbacks(execute=True):
        door.rename(page_id=card.pk, slug="inaczej", authority=BY_MANDATE, actor=city.chief)
    between = urlsplit(Page.objects.get(pk=card.pk).full_url).path
    door.move(
        page_id=card.pk,
        target_id=city.other_folder.pk,
        authority=BY_MANDATE,
        actor=city.chief,
    )
    rebuild_marked()

    for asked in (old, between):
        answer = found_at(client, asked)
        assert answer.status_code == 200, (asked, answer.content)
        told = answer.json()
        assert (told["document"]["code"], told["redirected_from"]) == ("SA-1", asked)
    assert told["document"]["url"].endswith("/uslugi/zzm/inaczej/")


def test_the_address_of_a_withdrawn_document_says_where_to_go_instead(client, city, catalogue):
    path = urlsplit(Page.objects.get(pk=catalogue[4].pk).full_url).path

    gone = found_at(client, path)

    assert (gone.status_code, gone.json()["type"]) == (410, "urn:kpum:problem:document-gone")
    assert gone.json()["successor"]["id"] == str(catalogue[5].translation_key)


def test_a_path_that_no_address_can_be_is_refused_by_name(client, city):
    for odd in ("uslugi/", "/a\x00b/", "/a b/", "", "ftp://x/", "/" + "a" * 700, "/\ud83d/x\n"):
        answer = found_at(client, odd.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
        assert answer.status_code == 422, odd
        assert answer.json()["errors"][0]["field"] == "path"
    for nothing in ("/usługi/%ff/", "//[", "//x/", "/[::1]/;a;b", "http://x:99999999/a"):
        assert found_at(client, nothing).status_code == 404, nothing


def test_units_are_told_with_the_number_of_their_documents(client, city, catalogue):
    told = {
        entry["unit"]["code"]: entry["documents"]
        for entry in client.get(f"{BASE}/units").json()["units"]
    }

    # Cards of SA in the public channel and its folder; the portal's own pages are WON-OSI's.
    assert told == {"SA": 4, "WON-OSI": 3, "ZZM": 1}


def test_dictionaries_say_their_words_and_a_version_that_follows_them(client, city):
    first = client.get(f"{BASE}/dictionaries/categories")
    LifeEvent.objects.filter(slug="przeprowadzka").update(name="Zmiana domu")
    overview = {
        row["code"]: row for row in client.get(f"{BASE}/dictionaries").json()["dictionaries"]
    }
    again = client.get(f"{BASE}/dictionaries/categories", headers={"If-None-Match": first["ETag"]})
    save_grouping(
        model=Category,
        values={"slug": "meldunek", "name": "Adresy", "summary": "Adresy.", "icon": "home"},
        actor=city.chief,
        authority="upoważnienie",
    )
    later = client.get(f"{BASE}/dictionaries/categories").json()

    assert [word["name"] for word in first.json()["words"]] == ["Meldunek"]
    assert overview["categories"]["version"] == first.json()["version"]
    assert overview["life-events"]["count"] == 1
    assert again.status_code == 304
    assert [word["name"] for word in later["words"]] == ["Adresy"]
    assert later["version"] != first.json()["version"]
    assert client.get(f"{BASE}/dictionaries/barwy").json()["type"].endswith("unknown-dictionary")


def test_columns_that_are_older_than_their_meaning_are_filled_without_a_new_number(client, city):
    from kpum.channels.models import Mention, PublishedDocument

    card = publish(city.card)
    PublishedDocument.objects.update(unit_code="", code="", url="")
    Mention.objects.all().delete()
    before = client.get(f"{BASE}/changes", {"limit": 500}).json()["next"]

    publish_again = Page.objects.get(pk=card.pk)
    from kpum.channels.actions import mark_subtree

    mark_subtree(city.home.pk)
    rebuild_marked()

    assert client.get(f"{BASE}/changes", {"limit": 500}).json()["next"] == before
    assert titles(listed(client, category="meldunek", code="SA-14", unit="SA")) == [
        publish_again.title
    ]
    assert {document["code"] for document in listed(client, type="unit")} == set(
        Unit.objects.values_list("code", flat=True)
    )
