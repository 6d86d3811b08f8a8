"""A card with everything that part D.2 has: what the citizen reads, and what mirrors are sent."""

import json
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Page

from kpum.channels.actions import rebuild_marked
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from services.enums import RelationKind
from services.models import BusinessEvent, CardRelation, LegalAct
from tests.factories.media import fetch, new_document
from tests.factories.pages import edit, publish
from tests.factories.services import at_the_door, complete_card, entry

FEED = "/api/v1/channels/public/changes"
CARD = "/uslugi/sa/zameldowanie/"


def sent(client, code="SA-14"):
    """Return the card's document as the public channel has it."""
    changes = client.get(FEED, {"limit": 500}).json()["changes"]
    live = [change["document"] for change in changes if change["status"] == "live"]
    return next(document for document in live if document.get("code") == code)


def whole(file):
    """Return every part that the complete card of the small city leaves out."""
    return {
        "description": "<p>Meldunek to <b>zapis</b>, gdzie mieszkasz.</p>",
        "requirements": [("requirement", "Mieszkasz pod tym adresem.")],
        "documents": [
            ("document", {"name": "Formularz", "mandatory": True, "form": "original", "note": "", "form_number": "SA-14/Z1"})
        ],
        "forms": [
            ("form", {"number": "SA-14/Z1", "title": "Zgłoszenie pobytu", "version": "2 z 1.03.2026", "file": file, "note": "Wypełnij drukowanymi literami."})
        ],
        "fees": [
            ("fee", {
                "amount": "17.00", "kind": "stamp_duty", "description": "Zaświadczenie", "exemption": "", "account": "PL92999900010000000000000001",
                "base": "część II ust. 21 załącznika", "transfer_title": "SA-14, <imię i nazwisko>", "cash_desk": "Kasa przy Wielickiej",
            })
        ],
        "channels": [
            ("channel", {
                "kind": "epuap", "title": "Skrzynka ePUAP", "url": "https://epuap.example.org/", "address": "", "note": "", "filing": "full", "result": "partial",
                "ground": "specific_rule", "ground_note": "art. 24 ustawy", "valid_from": date(2026, 1, 1), "valid_to": date(2026, 12, 31),
            })
        ],
        "places": [
            ("place", {"name": "Punkt w Nowej Hucie", "address": "os. Zgody 2", "hours": "pn.–pt. 7.40–15.30", "booking_url": "https://rezerwacja.example.org/", "note": "Wejście bez progu."})
        ],
        "contact_cell": "Referat Meldunków", "contact_phone": "12 616 55 55", "contact_email": "sa@example.org",
        "sign_language_video": "https://pjm.example.org/sa-14", "etr_text": "Masz nowy dom.\nPowiedz nam o tym.",
        "valid_from": date(2026, 1, 1), "valid_to": date(2027, 12, 31),
        "bip_url": "https://bip.example.org/sa-14", "epuap_url": "https://epuap.example.org/sa-14", "govpl_url": "https://gov.example.org/sa-14",
        "spatial": "Dzielnica XVIII", "languages": ["pl", "uk"], "sector": "O84.11",
    }  # fmt: skip


@pytest.fixture
def file(city):
    return new_document("SA", title="Zgłoszenie", name="zgloszenie.txt", content=b"formularz")


def test_a_citizen_reads_every_part_of_the_card(client, city, file):
    card = complete_card(city, title="Zameldowanie", slug="zameldowanie", **whole(file))
    event = entry(
        BusinessEvent,
        slug="firma",
        name="Zakładam firmę",
        summary="Pierwsze kroki.",
        icon="briefcase",
    )
    card.business_events = [event]
    from tests.factories.pages import draft

    publish(draft(city.folder, card, author=city.operator))

    text = client.get(CARD).content.decode()

    for words in (
        "<b>zapis</b>", "Mieszkasz pod tym adresem.", 'href="#form-sa-14z1"', 'id="form-sa-14z1"',
        "Zgłoszenie pobytu", "2 z 1.03.2026", "Wypełnij drukowanymi literami.", file.url,
        "część II ust. 21 załącznika", "SA-14, &lt;imię i nazwisko&gt;", "Kasa przy Wielickiej",
        "art. 24 ustawy", "1 stycznia 2026", "31 grudnia 2026", "Punkt w Nowej Hucie", "Wejście bez progu.",
        "https://rezerwacja.example.org/", "Referat Meldunków", "mailto:sa@example.org",
        "https://pjm.example.org/sa-14", "Powiedz nam o tym.", "https://bip.example.org/sa-14",
        "https://epuap.example.org/sa-14", "https://gov.example.org/sa-14", "Jak dbamy o twoje dane",
        "Część retention.", "Zakładam firmę", "/uslugi/dla-firmy/firma/",
    ):  # fmt: skip
        assert words in text, words
    assert "Zameldowanie" in client.get("/uslugi/dla-firmy/firma/").content.decode()
    assert client.get("/uslugi/dla-firmy/nie-ma/").status_code == 404
    assert fetch(client, file.url).status_code == 200


def test_mirrors_are_sent_every_part_of_the_card(client, city, file):
    city.published_card("SA-14", "Zameldowanie", **whole(file))

    document = sent(client)

    media = {entry["id"]: entry for entry in document["media"]}
    form = document["forms"][0]
    assert media[form["media"]]["url"] == form["url"]
    assert form | {"media": "", "url": ""} == {
        "number": "SA-14/Z1", "title": "Zgłoszenie pobytu", "version": "2 z 1.03.2026",
        "note": "Wypełnij drukowanymi literami.", "media": "", "url": "",
    }  # fmt: skip
    assert document["documents"][0]["form_number"] == "SA-14/Z1"
    assert document["requirements"] == ["Mieszkasz pod tym adresem."]
    assert document["description"] == "<p>Meldunek to <b>zapis</b>, gdzie mieszkasz.</p>"
    assert document["fees"][0]["transfer_title"] == "SA-14, <imię i nazwisko>"
    way = document["channels"][0]
    assert (way["filing"], way["result"], way["ground"]) == ("full", "partial", "specific_rule")
    assert (way["valid_from"], way["valid_to"]) == ("2026-01-01", "2026-12-31")
    assert document["places"][0]["hours"] == "pn.–pt. 7.40–15.30"
    assert document["contact"] == {
        "cell": "Referat Meldunków", "phone": "12 616 55 55", "email": "sa@example.org",
    }  # fmt: skip
    assert document["privacy_notice"] == {
        "slug": "ogolna", "title": "Jak dbamy o twoje dane", "version": 1,
    }  # fmt: skip
    assert document["legal_bases"] == [
        {
            "act": "Ustawa o ewidencji ludności", "article": "art. 24",
            "journal": "Dz.U. 2010 nr 217 poz. 1427", "eli": "DU/2010/1427",
        }
    ]  # fmt: skip
    assert (document["spatial"], document["languages"]) == ("Dzielnica XVIII", ["pl", "uk"])
    assert (document["valid_from"], document["valid_to"]) == ("2026-01-01", "2027-12-31")
    for name in ("sign_language_video", "etr_text", "bip_url", "epuap_url", "govpl_url", "sector"):
        assert document[name] == whole(file)[name]


def test_a_card_that_leaves_them_out_is_sent_with_empty_parts(client, city):
    city.published_card("SA-14", "Zameldowanie")

    document = sent(client)

    assert (document["forms"], document["requirements"], document["relations"]) == ([], [], [])
    assert (document["valid_from"], document["spatial"]) == (None, "Gmina Miejska Kraków")
    assert document["languages"] == ["pl"]


def related(card, other, kind=RelationKind.RELATED):
    fresh = Page.objects.get(pk=card.pk).specific.get_latest_revision_as_object()
    fresh.relations = [CardRelation(kind=kind, card=other, sort_order=0)]
    fresh.save_revision(clean=False)
    return Page.objects.get(pk=card.pk).specific


def test_a_related_card_is_named_only_while_it_is_public(client, city):
    other = city.new_card("SA-15", "Wymeldowanie")
    card = publish(related(city.new_card("SA-14", "Zameldowanie"), other))
    assert sent(client)["relations"] == []
    assert "Wymeldowanie" not in client.get(CARD).content.decode()

    publish(other)
    rebuild_marked()
    named = {"id": str(other.translation_key), "kind": "related"}
    assert sent(client)["relations"] == [named]
    assert "Wymeldowanie" in client.get(CARD).content.decode()

    door.withdraw(
        page_id=other.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Już nie trzeba.",
        authority=Authority.of_mandate(),
        actor=city.chief,
    )
    rebuild_marked()
    assert sent(client)["relations"] == []
    assert "Wymeldowanie" not in client.get(CARD).content.decode()
    assert Page.objects.get(pk=card.pk).live


def test_what_is_needed_before_stands_with_the_conditions(client, city):
    other = city.published_card("SA-15", "Wymeldowanie")
    publish(related(city.new_card("SA-14", "Zameldowanie"), other, RelationKind.REQUIRES))

    text = client.get(CARD).content.decode()

    assert text.index("SA-15") < text.index('id="documents"')
    assert sent(client)["relations"][0]["kind"] == "requires"


def test_a_related_card_costs_a_batch_of_documents_no_query_each(
    client, city, django_assert_num_queries
):
    from kpum.channels.documents import build_pages, read_specific

    other = city.published_card("SA-13", "Wymeldowanie")
    cards = [
        publish(related(city.new_card(f"SA-{number}", f"Karta {number}"), other))
        for number in range(20, 26)
    ]

    def cost(pages):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            build_pages(read_specific(page.pk for page in pages))
        return len(captured)

    cost(cards)
    # Of one page the trail is read without a window, in as many queries.
    assert cost(cards[:2]) == cost(cards)


def test_a_card_cannot_end_before_it_begins(city):
    card = complete_card(city, valid_from=date(2026, 5, 1), valid_to=date(2026, 5, 1))

    with pytest.raises(ValidationError) as refused:
        card.clean()

    assert list(refused.value.message_dict) == ["valid_to"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "office", "address": "x", "ground": "own_e_service"}, "ground"),
        ({"kind": "epuap", "url": "https://e.example.org/", "ground": "specific_rule"}, "ground_note"),
        ({"kind": "post", "address": "x", "valid_from": date(2026, 5, 2), "valid_to": date(2026, 5, 1)}, "valid_to"),
    ],
)  # fmt: skip
def test_a_way_that_contradicts_itself_is_named(changes, field):
    from wagtail.blocks import StructBlockValidationError

    from services.blocks import ChannelBlock

    block = ChannelBlock()
    way = {"title": "Sposób"} | changes

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.normalize(dict(block.get_default()) | way))

    assert list(refused.value.block_errors) == [field]


def test_acts_of_older_cards_come_into_the_register(city):
    from importlib import import_module

    from django.db import connection
    from django.db.migrations.loader import MigrationLoader
    from django.db.models import JSONField, Value

    card = city.published_card("SA-14", "Zameldowanie")
    with at_the_door():
        LegalAct.objects.all().delete()
    old = [
        {"type": "act", "id": "a", "value": {"act": "Ustawa o A", "article": "art. 1", "journal": "Dz.U. 2020 poz. 1", "eli": "DU/2020/1"}},
        {"type": "act", "id": "b", "value": {"act": "Uchwała", "article": "", "journal": "", "eli": ""}},
    ]  # fmt: skip
    type(card).objects.filter(pk=card.pk).update(legal_bases=Value(old, JSONField()))
    revision = card.latest_revision
    type(revision).objects.filter(pk=revision.pk).update(
        content=revision.content | {"legal_bases": json.dumps(old)}
    )

    before = MigrationLoader(connection).project_state(("kpum_services", "0002_cards_in_full"))
    migration = import_module("services.migrations.0003_acts_into_the_register")
    migration.gather_acts(before.apps, None)

    fresh = Page.objects.get(pk=card.pk).specific
    bases = [dict(block["value"]) for block in fresh.legal_bases.get_prep_value()]
    acts = {act.eli: act.title for act in LegalAct.objects.all()}
    assert bases[0] == {"eli": "DU/2020/1", "article": "art. 1"}
    assert acts == {"DU/2020/1": "Ustawa o A", bases[1]["eli"]: "Uchwała"}
    draft = fresh.get_latest_revision_as_object()
    assert [dict(block["value"]) for block in draft.legal_bases.get_prep_value()] == bases


def test_a_text_edited_after_publication_keeps_the_public_relations(client, city):
    other = city.published_card("SA-15", "Wymeldowanie")
    card = publish(related(city.new_card("SA-14", "Zameldowanie"), other))

    edit(card, author=city.operator, relations=[])

    assert len(sent(client)["relations"]) == 1
