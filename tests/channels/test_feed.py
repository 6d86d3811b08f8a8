"""What the feed says after each act at the door, as a sister portal reads it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Page

from kpum.channels import actions
from kpum.channels.actions import rebuild_marked
from kpum.channels.models import PublishedDocument, RebuildMark
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from kpum.pages.sites import set_site
from tests.factories.pages import edit, publish

URL = "/api/v1/channels/public/changes"
BY_MANDATE = Authority.of_mandate()


def changes(client, after=0, **query):
    response = client.get(URL, {"after": after, **query})
    assert response.status_code == 200, response.content
    return response.json()


def latest(client, page):
    """Return the last change about a page."""
    document_id = str(Page.objects.get(pk=page.pk).translation_key)
    return [c for c in changes(client, limit=500)["changes"] if c["id"] == document_id][-1]


def cursor(client):
    return changes(client, limit=500)["next"]


def test_a_published_card_is_in_the_feed_with_everything_a_mirror_needs(client, city):
    card = publish(city.card)

    change = latest(client, card)

    document = change["document"]
    assert change["status"] == "live"
    assert (document["code"], document["title"]) == ("SA-14", "Zameldowanie na pobyt stały")
    assert document["url"] == "http://testserver/uslugi/sa/zameldowanie-na-pobyt-staly/"
    assert document["owner_unit"]["code"] == "SA"
    assert document["fees"] == [
        {
            "amount": "17.00", "currency": "PLN", "kind": "stamp_duty", "description": "Zaświadczenie",
            "exemption": "", "account": "PL92999900010000000000000001",
            "base": "ustawa o opłacie skarbowej",
            "transfer_title": "", "cash_desk": "",
        }
    ]  # fmt: skip
    assert document["body"][1]["html"] == "<p>Przyjdź do nas.</p>"


def test_a_draft_never_reaches_the_feed(client, city):
    card = publish(city.card)
    before = changes(client, limit=500)

    edit(card, author=city.operator, summary="Tajna wersja robocza.")
    city.new_card("SA-99", "Karta w przygotowaniu")

    assert changes(client, limit=500) == before


def test_withdrawing_leaves_a_tombstone(client, city):
    card = publish(city.card)
    door.withdraw(
        page_id=card.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Już nie ma.",
        authority=BY_MANDATE,
        actor=city.chief,
    )

    change = latest(client, card)

    assert (change["status"], change["reason"]) == ("gone", "withdrawn")
    assert "document" not in change


def test_an_expired_page_leaves_a_tombstone(client, city):
    card = publish(
        edit(city.card, author=city.operator, expire_at=timezone.now() + timedelta(hours=1))
    )

    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        door.publish_due()

    assert latest(client, card)["reason"] == "expired"


def test_deleting_leaves_a_tombstone_for_everything_below(client, city):
    parent = publish(city.new_page("Rodzic"))
    child = publish(city.new_page("Dziecko", parent=parent))
    ids = {str(parent.translation_key), str(child.translation_key)}

    door.delete(page_id=parent.pk, authority=BY_MANDATE, actor=city.chief)

    gone = {
        c["id"]: c["reason"] for c in changes(client, limit=500)["changes"] if c["status"] == "gone"
    }
    assert gone == dict.fromkeys(ids, "deleted")


def test_moving_changes_the_address_of_everything_below(client, city):
    parent = publish(city.new_page("Rodzic"))
    child = publish(city.new_page("Dziecko", parent=parent))
    after = cursor(client)

    door.move(
        page_id=parent.pk, target_id=city.other_folder.pk, authority=BY_MANDATE, actor=city.chief
    )
    rebuild_marked()

    urls = {c["document"]["title"]: c["document"]["url"] for c in changes(client, after)["changes"]}
    assert urls == {
        "Rodzic": "http://testserver/uslugi/zzm/rodzic/",
        "Dziecko": "http://testserver/uslugi/zzm/rodzic/dziecko/",
    }
    assert latest(client, child)["document"]["owner_unit"]["code"] == "ZZM"


def test_an_approved_change_of_address_reaches_everything_below(client, city):
    parent = publish(city.new_page("Rodzic"))
    publish(city.new_page("Dziecko", parent=parent))
    after = cursor(client)

    publish(edit(parent, author=city.operator, slug="nowy-adres"))
    rebuild_marked()

    urls = {c["document"]["url"] for c in changes(client, after)["changes"]}
    assert urls == {
        "http://testserver/uslugi/sa/nowy-adres/",
        "http://testserver/uslugi/sa/nowy-adres/dziecko/",
    }


def test_a_page_leaves_a_channel_that_its_approved_text_no_longer_names(client, city):
    card = publish(city.card)

    publish(edit(card, author=city.operator, targets=["bip"]))

    assert latest(client, card)["reason"] == "left-channel"
    assert (
        PublishedDocument.objects.get(channel="bip", document_id=card.translation_key).is_gone
        is False
    )


def test_a_new_host_name_changes_every_address(client, city):
    publish(city.card)
    after = cursor(client)

    set_site(hostname="portal.example.org", port=80, root_page_id=city.home.pk)
    rebuild_marked()

    live = changes(client, after, limit=500)["changes"]
    assert len(live) == PublishedDocument.objects.filter(channel="public", gone_reason="").count()
    assert all(c["document"]["url"].startswith("http://portal.example.org/") for c in live)


def test_nothing_changes_in_the_feed_when_the_bytes_do_not(client, city):
    publish(city.card)
    before = cursor(client)

    RebuildMark.objects.create(page_id=city.home.pk, created_at=timezone.now())
    rebuild_marked()

    assert cursor(client) == before


def test_following_page_by_page_equals_reading_at_once(client, city):
    for number in range(1, 8):
        publish(city.new_card(f"SA-{number}", f"Sprawa numer {number}"))
    whole = changes(client, limit=500)

    pieces, after, more = [], 0, True
    while more:
        page = changes(client, after, limit=3)
        assert len(page["changes"]) <= 3
        pieces += page["changes"]
        after, more = page["next"], page["more"]

    assert pieces == whole["changes"]
    assert after == whole["next"]
    sequences = [change["sequence"] for change in pieces]
    assert sequences == sorted(set(sequences))


def test_units_are_in_the_feed_with_their_public_page(client, city):
    rebuild_marked()
    units = {
        c["document"]["code"]: c["document"]
        for c in changes(client, limit=500)["changes"]
        if c["type"] == "unit"
    }

    assert units["SA"]["parent"]["code"] == "UMK"
    assert units["SA"]["url"] == "http://testserver/jednostki/sa/"


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_a_rebuild_killed_after_any_batch_goes_on_where_it_was(client, city, monkeypatch, batch):
    monkeypatch.setattr("kpum.channels.actions.BATCH", batch)
    for number in range(5):
        publish(city.new_card(f"SA-{number + 1}", f"Sprawa numer {number}"))
    set_site(hostname="testserver", port=8080, root_page_id=city.home.pk)

    # Each round is a worker of its own, killed after one batch.
    while mark := RebuildMark.objects.first():
        actions._rebuild_batch(mark.pk)

    documents = PublishedDocument.objects.filter(channel="public", gone_reason="")
    assert all("testserver:8080" in document.body for document in documents)
