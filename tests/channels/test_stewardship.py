"""What BIP must show of each item is in the document, and nothing of who merely wrote it (C.1)."""

import json

from wagtail.models import Page

from kpum.channels.actions import read_model
from kpum.channels.documents import build_page
from kpum.channels.models import PublishedDocument
from kpum.channels.stewardship import LATEST
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Unit
from kpum.pages.enums import GoneReason
from tests.door.acts import rename
from tests.factories.pages import edit, publish
from tests.workflows.test_approval_path import approve
from workflows import actions as path


def document(page, channel="bip"):
    row = PublishedDocument.objects.get(channel=channel, document_id=page.translation_key)
    return json.loads(row.body)


def test_the_five_facts_of_an_item_and_its_register_of_changes(city):
    card = publish(city.new_card("SA-14", "Zameldowanie", targets=["public", "bip"]))
    first = card.live_revision.created_at
    card = publish(edit(card, author=city.operator, summary="Nowe brzmienie."))
    rename(city, card, "inny-adres")

    told = document(card)["stewardship"]

    assert document(card)["owner_unit"]["code"] == "SA"
    assert told["responsible"] == "Irena Dębska"
    assert told["produced_at"] > first.isoformat()
    assert told["published_at"] == document(card)["last_published_at"]
    assert [change["kind"] for change in told["changes"]] == ["published", "published", "renamed"]
    assert told["changes"][-1]["after"].endswith("/inny-adres/")
    assert {change["responsible"] for change in told["changes"][:2]} == {"Irena Dębska"}


def test_who_wrote_submitted_and_approved_is_named_nowhere(city):
    city.card.targets = ["public", "bip"]
    edit(city.card, author=city.operator, targets=["public", "bip"])
    path.submit(page=Page.objects.get(pk=city.card.pk).specific, user=city.operator)
    for person in (city.coordinator, city.manager, city.chief):
        approve(city.card, person)

    body = PublishedDocument.objects.get(channel="bip", document_id=city.card.translation_key).body

    assert "Irena Dębska" in body
    for part in ("operator", "coordinator", "manager", "chief"):
        assert str(city.person(part)) not in body


def test_it_is_the_same_when_built_again_though_the_head_has_changed(city):
    card = publish(city.new_card("SA-15", "Druga", targets=["public", "bip"]))
    before = build_page(card).etag
    newcomer = city.person("second_operator")
    unit = Unit.objects.get(code="SA")
    grant_mandate(user=newcomer, role=Role.UNIT_HEAD, unit=unit, basis="upoważnienie 2/2026")

    read_model.pages_changed([card.pk], GoneReason.WITHDRAWN)

    assert build_page(Page.objects.get(pk=card.pk).specific).etag == before
    assert document(card, "public") == document(card)


def test_the_register_ends_somewhere(city, monkeypatch):
    from kpum.channels import stewardship

    assert LATEST == 50
    monkeypatch.setattr(stewardship, "LATEST", 2)
    card = city.card
    for number in range(3):
        card = publish(edit(card, summary=f"Wersja {number}"))

    changes = document(card, "public")["stewardship"]["changes"]

    assert len(changes) == 2
    assert changes[0]["at"] < changes[1]["at"]
