"""What reaches the read model beside the door: units, sites, a host's own pages, privacy above us."""

import json
import re
from datetime import date

import pytest
from django.utils import timezone
from wagtail.models import Locale, Page, PageViewRestriction, Site

from kpum.channels import actions, writing
from kpum.channels.actions import read_model, rebuild_marked
from kpum.channels.documents import build_page
from kpum.channels.models import FeedHead, PublishedDocument, RebuildMark
from kpum.channels.reconcile import reconcile
from kpum.org.actions import set_contact
from kpum.org.models import Unit
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import GoneReason, WithdrawalReason
from tests.factories.pages import edit, publish

FEED = "/api/v1/channels/public/changes"
BY_MANDATE = Authority.of_mandate()
SYSTEM = Authority.of_system(SystemMandate.TESTS)


def changes(client, after=0):
    return client.get(FEED, {"after": after, "limit": 500}).json()["changes"]


def cursor(client):
    return client.get(FEED, {"limit": 500}).json()["next"]


def withdraw(city, page):
    return door.withdraw(
        page_id=page.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Już nie ma.",
        authority=BY_MANDATE,
        actor=city.chief,
    )


def test_a_units_new_telephone_reaches_the_mirrors_at_once(client, city):
    before = cursor(client)

    set_contact(
        unit=Unit.objects.get(code="SA"),
        actor=city.chief,
        authority="upoważnienie",
        contact={"phone": "12 616 11 11"},
    )

    assert [(c["document"]["code"], c["document"]["phone"]) for c in changes(client, before)] == [
        ("SA", "12 616 11 11")
    ]


def test_units_lose_their_address_when_the_directory_is_withdrawn(client, city):
    withdraw(city, city.directory)
    rebuild_marked()

    units = [c["document"] for c in changes(client) if c["type"] == "unit"]
    assert {unit["url"] for unit in units} == {""}


def test_a_document_that_left_says_so_to_whoever_asks_for_it_by_id(client, city):
    card = publish(city.card)
    withdraw(city, card)

    answer = client.get(f"/api/v1/channels/public/documents/{card.translation_key}")

    assert (answer.status_code, answer.json()["type"]) == (410, "urn:kpum:problem:document-gone")
    assert "withdrawn" in answer.json()["detail"]


def test_a_tombstone_stays_as_it_is_when_the_page_is_deleted_later(client, city):
    card = publish(city.card)
    withdraw(city, card)
    before = cursor(client)

    door.delete(page_id=card.pk, authority=BY_MANDATE, actor=city.chief)

    assert changes(client, before) == []


def test_a_page_that_comes_back_to_a_channel_replaces_its_tombstone(client, city):
    card = publish(city.card)
    withdraw(city, card)
    before = cursor(client)

    publish(Page.objects.get(pk=card.pk).specific)

    assert [(c["status"], c["document"]["code"]) for c in changes(client, before)] == [
        ("live", "SA-14")
    ]


def test_a_page_already_out_of_a_channel_does_not_leave_it_again(client, city):
    card = publish(edit(city.card, author=city.operator, targets=["bip"]))
    before = cursor(client)

    publish(edit(card, author=city.operator, targets=["bip"], summary="Nowa treść."))

    assert changes(client, before) == []


def test_everything_leaves_the_channels_when_the_host_restricts_what_is_above_it(client, city):
    publish(city.card)
    root = Page.objects.get(depth=1)
    # As raw SQL would: the guard refuses to save it.
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=root, restriction_type="login")]
    )

    actions.mark_subtree(city.home.pk)
    rebuild_marked()

    pages = [change for change in changes(client) if change["type"] != "unit"]
    assert {(change["status"], change.get("reason")) for change in pages} == {
        ("gone", "restricted")
    }


def test_a_hosts_own_page_is_in_no_channel(client, city):
    before = cursor(client)
    page = Page.objects.get(depth=1).add_child(instance=Page(title="Strona gospodarza", slug="g"))

    read_model.pages_changed([page.pk], GoneReason.WITHDRAWN)

    assert changes(client, before) == []
    with pytest.raises(KeyError, match="Page has no document"):
        build_page(page)


@pytest.mark.parametrize("page_id", [999_999, None])
def test_a_mark_on_what_is_no_more_is_cleared(city, page_id):
    RebuildMark.objects.create(page_id=page_id or city.folder.pk, created_at=timezone.now())
    if page_id is None:
        door.delete(page_id=city.folder.pk, authority=BY_MANDATE, actor=city.chief)

    rebuild_marked()

    assert not RebuildMark.objects.exists()


def test_a_mark_that_another_worker_has_finished_is_passed_over(city):
    before = PublishedDocument.objects.count()

    actions._rebuild_batch(999_999)

    assert PublishedDocument.objects.count() == before


def test_a_site_loaded_from_a_fixture_marks_nothing(city):
    Site.objects.get().save_base(raw=True)

    assert not RebuildMark.objects.exists()


def test_a_change_that_fails_gives_out_no_number(city):
    before = FeedHead.objects.get().last

    with pytest.raises(ZeroDivisionError), writing.Feed() as head:
        head.next()
        raise ZeroDivisionError

    assert FeedHead.objects.get().last == before


def test_every_part_of_a_text_is_sent_in_words_and_plain_marks(client, city):
    page = publish(
        city.new_page(
            "Jak płacić",
            body=[
                ("heading", "Przelew"),
                ("paragraph", "<p>Wpisz <b>numer</b>.</p>"),
                (
                    "steps",
                    [
                        {"title": "Zaloguj się", "text": "Do banku."},
                        {"title": "Zapłać", "text": ""},
                    ],
                ),
                ("notice", {"title": "Uwaga", "text": "Nie podawaj <hasła>."}),
            ],
        )
    )

    sent = next(c["document"] for c in changes(client) if c["id"] == str(page.translation_key))
    kinds = [part["kind"] for part in sent["body"]]
    assert kinds == ["heading", "paragraph", "steps", "notice"]
    assert [item["title"] for item in sent["body"][2]["items"]] == ["Zaloguj się", "Zapłać"]
    assert sent["body"][3]["html"] == "<p>Nie podawaj &lt;hasła&gt;.</p>"


def test_rows_of_the_read_model_tell_an_operator_what_they_are(city):
    publish(city.card)
    mark = RebuildMark.objects.create(page_id=7, after_path="0001", created_at=timezone.now())
    row = PublishedDocument.objects.filter(kind="service_card", channel="public").get()

    assert str(row) == f"public {row.sequence}: service_card {row.document_id}"
    assert int(str(FeedHead.objects.get())) >= row.sequence
    assert str(mark) == "7 > 0001"


def test_a_closed_unit_says_until_when_it_existed(client, city):
    unit = Unit.objects.get(code="ZZM")
    unit.valid_to = date(2026, 1, 31)
    unit.save()

    read_model.unit_changed(unit)

    sent = [
        c["document"]
        for c in changes(client)
        if c["type"] == "unit" and c["document"]["code"] == "ZZM"
    ]
    assert sent[-1]["valid_to"] == "2026-01-31"


def of(page):
    return PublishedDocument.objects.get(channel="public", document_id=page.translation_key)


def linking(*pages):
    links = "".join(f'<a linktype="page" id="{page.pk}">stąd</a> ' for page in pages)
    return [("paragraph", f"<p>{links}</p>")]


def addresses_in(page):
    html = json.loads(of(page).body)["body"][0]["html"]
    return re.findall(r'<a(?: href="([^"]*)")?>', html)


def test_a_link_leads_to_where_its_page_is_and_nowhere_while_that_is_not_public(city):
    target = city.new_page("Cel")
    page = publish(city.new_page("Odsyłająca", body=linking(target, city.catalogue)))
    assert addresses_in(page) == ["", city.catalogue.url]

    publish(target)
    rebuild_marked()
    assert addresses_in(page) == [target.url, city.catalogue.url]
    at_first = of(page).sequence

    door.rename(page_id=city.folder.pk, slug="inny", authority=SYSTEM, actor=None)
    rebuild_marked()
    assert addresses_in(page)[0] == Page.objects.get(pk=target.pk).url != target.url
    assert of(page).sequence > at_first

    door.take_down(page_id=target.pk, explanation="Błąd.", authority=SYSTEM, actor=None)
    rebuild_marked()
    assert addresses_in(page)[0] == ""
    publish(target)
    rebuild_marked()
    assert addresses_in(page)[0]
    door.delete(page_id=target.pk, authority=SYSTEM, actor=None)
    rebuild_marked()
    assert addresses_in(page) == ["", city.catalogue.url]
    assert reconcile(dry_run=True).found == 0


def test_a_page_whose_address_stays_wakes_nobody_who_links_to_it(city):
    target = publish(city.new_page("Cel"))
    publish(city.new_page("Odsyłająca", body=linking(target)))

    publish(edit(target, lead="Co innego."))

    assert not RebuildMark.objects.exists()


def test_what_waits_because_of_a_link_waits_alone(city):
    target = publish(city.new_page("Cel"))
    page = publish(city.new_page("Odsyłająca", body=linking(target)))
    child = publish(city.new_page("Dziecko", parent=page))

    door.rename(page_id=target.pk, slug="nowy-cel", authority=SYSTEM, actor=None)

    assert list(RebuildMark.objects.filter(alone=True).values_list("page_id")) == [(page.pk,)]
    RebuildMark.objects.filter(alone=False).delete()
    assert reconcile(dry_run=True).waiting == 1 + Unit.objects.count()
    before = of(child).sequence
    rebuild_marked()
    assert of(child).sequence == before
    assert reconcile(dry_run=True).waiting == 0


def test_a_tombstone_leads_on_when_only_another_language_of_its_successor_is_deleted(city):
    english = Locale.objects.get_or_create(language_code="en")[0]
    for page in (city.home, city.catalogue, city.folder):
        publish(Page.objects.get(pk=page.pk).specific.copy_for_translation(english))
    successor = publish(city.new_page("Następczyni"))
    translated = publish(successor.copy_for_translation(english))
    former = publish(city.new_page("Dawna"))
    door.withdraw(
        page_id=former.pk, reason=WithdrawalReason.MERGED, explanation="Połączone.",
        successor_id=successor.pk, authority=SYSTEM, actor=None,
    )  # fmt: skip

    door.delete(page_id=translated.pk, authority=SYSTEM, actor=None)

    assert of(former).successor_url == successor.full_url


@pytest.mark.parametrize("name", ["9" * 30, "abc", "-1", "", "²"])
def test_a_link_that_names_no_page_is_published_and_read_as_text(client, city, name):
    body = [("paragraph", f'<p><a linktype="page" id="{name}">stąd</a></p>')]

    page = publish(city.new_page("Odsyłająca", body=body))

    assert addresses_in(page) == [""]
    assert "<a>stąd</a>" in client.get(page.get_url()).content.decode()
