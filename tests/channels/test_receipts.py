"""What a sister portal answers: through its client, by hand, in the queue and in the page's record."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kpum.audit.models import AuditEntry
from kpum.channels import hand_over, receipts_api
from kpum.channels.models import PublishedDocument, Receipt
from kpum.channels.receipt_models import ReceiptsAreAppendOnly, ReceiptState
from kpum.channels.receipts import Answer, NotYoursToAnswer, answer_by_hand
from kpum.core.errors import KpumError
from kpum.integrations.admission import Admission
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Mandate, Unit
from kpum.org.queries import powers_of
from kpum.outbox.models import OutboxEvent
from kpum.pages.registry import record_notes
from tests.door.acts import withdraw
from tests.factories.pages import edit, publish

BIP = "https://bip.example.org/1"


@pytest.fixture
def card(city):
    return publish(city.new_card("SA-14", "Zameldowanie", targets=["public", "bip", "mpi"]))


@pytest.fixture
def sister(monkeypatch):
    """A client of the API whose key may confirm; what its key may is the register's own test."""
    admitted = Admission(client="BIP MK", headers={"RateLimit": "r=9"})
    monkeypatch.setattr(receipts_api, "admit", lambda request, channel, verb: admitted)
    return Client(raise_request_exception=True)


def row_of(page, channel="bip"):
    return PublishedDocument.objects.get(channel=channel, document_id=page.translation_key)


def say(client, page, channel="bip", document=None, **said):
    row = None if document else row_of(page, channel)
    body = {"state": "accepted", "etag": row.etag if row else "0" * 64} | said
    address = f"/api/v1/channels/{channel}/documents/{document or page.translation_key}/receipts"
    return client.post(address, json.dumps(body), content_type="application/json")


def become(city, part, role, unit=None):
    """Give a member of the cast another role instead of his own."""
    person = city.person(part)
    Mandate.objects.filter(user=person).delete()
    grant_mandate(user=person, role=role, unit=unit, basis="upoważnienie 7/2026")
    return person


def by_hand(page, person, channel="bip", state=ReceiptState.ACCEPTED, **said):
    answer = Answer(state=state, etag=row_of(page, channel).etag, **said)
    return answer_by_hand(
        channel=channel, document_id=page.translation_key, locale="pl", answer=answer, actor=person
    )


# --- through the API ---


def test_an_answer_is_stored_once_however_often_it_is_sent(sister, card):
    first = say(sister, card, state="published", external_id="77", external_url=BIP)
    again = say(sister, card, state="published", external_id="77", external_url=BIP)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first["RateLimit"] == "r=9"
    assert first["Cache-Control"] == "private, no-store"
    receipt = Receipt.objects.get()
    assert (receipt.sender, receipt.external_url, receipt.state) == ("BIP MK", BIP, "published")
    entry = AuditEntry.objects.get(action="page.hand_over_answered")
    assert entry.subject == f"page:{card.pk}"
    assert "BIP MK" in entry.authority
    assert OutboxEvent.objects.get(kind="page.hand_over_answered").payload["state"] == "published"
    assert (
        say(sister, card, state="published", external_id="78", external_url=BIP).status_code == 201
    )


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"state": "published"}, "external_url"),
        ({"state": "returned", "message": "  "}, "message"),
        ({"state": "returned", "message": "zł\x00y"}, "message"),
        ({"state": "published", "external_url": "javascript:alert(1)"}, "external_url"),
        ({"external_id": "x" * 201}, "external_id"),
        ({"external_url": "https://example.org/" + "x" * 500}, "external_url"),
        ({"message": "x" * 4001}, "message"),
        ({"state": "eaten"}, "state"),
        ({"message": "\ud800"}, "message"),
        ({"external_id": "\x00"}, "external_id"),
        ({"etag": "W/" + "0" * 64}, "etag"),
        ({"etag": None}, "etag"),
        ({"message": ["a"]}, "message"),
    ],
)
def test_an_answer_that_makes_no_sense_names_its_field_in_english(sister, card, said, field):
    answer = say(sister, card, **said)

    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "urn:kpum:problem:invalid-input")
    assert field in problem["errors"][0]["field"]
    assert problem["errors"][0]["message"].isascii()
    assert not Receipt.objects.exists()


def test_a_document_or_channel_that_never_was_is_a_problem(sister, card, city):
    assert say(sister, card, document="6a5bd7b4-6c2c-4f1c-9c4f-0a7a1e4f3c11").status_code == 404
    unknown = say(sister, card, channel="gazeta", document=card.translation_key)
    assert unknown.json()["type"] == "urn:kpum:problem:unknown-channel"
    address = f"/api/v1/channels/bip/documents/{card.translation_key}/receipts"
    cut = sister.post(address, "{", content_type="application/json")
    assert (cut.status_code, cut.json()["type"]) == (400, "urn:kpum:problem:unreadable")
    refused = sister.get(address)
    assert (refused.status_code, refused["Allow"]) == (405, "POST")
    assert "takes POST, not GET" in refused.json()["detail"]
    odd = {"state": "accepted", "etag": "0" * 64}
    for locale, status in (("%00", 422), ("x" * 13, 422)):
        sent = sister.post(f"{address}?locale={locale}", odd, content_type="application/json")
        assert sent.status_code == status


def test_a_stranger_answers_nothing_on_an_open_channel_neither(client, card):
    for channel in ("bip", "public"):
        answer = say(client, card, channel=channel)
        assert (answer.status_code, answer.json()["type"]) == (401, "urn:kpum:problem:key-needed")
    assert not Receipt.objects.exists()


def test_receipts_are_never_changed(sister, card):
    say(sister, card)
    receipt = Receipt.objects.get()

    assert "bip" in str(receipt)
    for attempt in (receipt.save, receipt.delete, Receipt.objects.all().delete):
        with pytest.raises(ReceiptsAreAppendOnly):
            attempt()
    with pytest.raises(ReceiptsAreAppendOnly):
        Receipt.objects.update(message="inna")


# --- the queue ---


def standing(page, channel="bip"):
    row = hand_over.queue(channel).filter(document_id=page.translation_key).first()
    return row and row.standing


def test_the_queue_says_how_each_version_stands(sister, card, city):
    assert standing(card) == "waiting"
    say(sister, card)
    assert standing(card) == "accepted"
    say(sister, card, state="published", external_url=BIP)
    assert standing(card) == "published"
    publish(edit(card, summary="Nowa treść."))
    assert standing(card) == "waiting"
    say(sister, card, state="returned", message="Brak podstawy prawnej.")
    row = hand_over.queue("bip").get(document_id=card.translation_key)
    assert (row.standing, row.told) == ("returned", "Brak podstawy prawnej.")
    withdraw(city, card)
    row = hand_over.queue("bip").get(document_id=card.translation_key)
    assert (row.standing, row.address) == ("to_take_away", BIP)
    assert standing(card, "mpi") is None
    assert standing(Unit.objects.get(code="SA").stewardships.first().page) is None


def test_the_queue_costs_the_same_whatever_its_length(city, card):
    rows = []
    for number in range(3):
        publish(city.new_card(f"SA-{number}", f"Karta {number}"))
        with CaptureQueriesContext(connection) as queries:
            list(hand_over.queue_of(powers_of(city.chief), "bip"))
        rows.append(len(queries))
    assert rows == [rows[0]] * 3


def test_each_sees_his_part_of_the_queue_and_mpi_nothing_of_bip(city, card):
    other = publish(city.new_page("ZZM", city.other_folder, targets=["bip", "mpi"]))
    sa = Unit.objects.get(code="SA")

    def seen(person, channel):
        rows = hand_over.queue_of(powers_of(person), channel)
        return {row.document_id for row in rows} & {card.translation_key, other.translation_key}

    both, own = {card.translation_key, other.translation_key}, {card.translation_key}
    expected = {
        (Role.BIP_ADMIN, None): (both, set()),
        (Role.BIP_EDITOR, sa): (own, set()),
        (Role.MPI_EDITOR_IN_CHIEF, None): (set(), both),
        (Role.MPI_EDITOR, None): (set(), both),
        (Role.MPI_SUPERVISOR, None): (set(), both),
        (Role.UNIT_COORDINATOR, sa): (own, own),
        (Role.UNIT_OPERATOR, sa): (set(), set()),
        (Role.INTERNAL_AUDITOR, None): (both, both),
        (Role.KCK_AGENT, None): (set(), set()),
    }
    for (role, unit), wanted in expected.items():
        person = become(city, "second_operator", role, unit)
        assert (seen(person, "bip"), seen(person, "mpi")) == wanted, role
    coordinator = become(city, "second_operator", Role.BIP_ADMIN)
    assert list(hand_over.channels_handed_over(powers_of(coordinator))) == ["bip"]


# --- by hand ---


def test_bips_editor_answers_for_his_unit_and_nobody_else_does(city, card):
    sa, zzm = (Unit.objects.get(code=code) for code in ("SA", "ZZM"))
    refused = [
        (city.chief, None), (city.administrator, None), (city.coordinator, None),
        ("second_operator", (Role.MPI_EDITOR, None)), ("second_operator", (Role.MPI_EDITOR_IN_CHIEF, None)),
        ("second_operator", (Role.BIP_EDITOR, zzm)),
    ]  # fmt: skip
    for who, role in refused:
        person = become(city, who, *role) if role else who
        with pytest.raises(NotYoursToAnswer):
            by_hand(card, person)
    editor = become(city, "second_operator", Role.BIP_EDITOR, sa)

    receipt = by_hand(card, editor, state=ReceiptState.PUBLISHED, external_url=BIP)

    assert receipt.sender == str(editor)
    assert AuditEntry.objects.get(action="page.hand_over_answered").actor_name == str(editor)
    with pytest.raises(KpumError, match="już tak odpowiedziano"):
        by_hand(card, editor, state=ReceiptState.PUBLISHED, external_url=BIP)
    with pytest.raises(ValidationError):
        by_hand(card, editor, state=ReceiptState.RETURNED)


def test_of_a_page_that_is_gone_only_the_administrator_answers(city, card):
    row = row_of(card)
    from kpum.pages import actions as door
    from kpum.pages.authority import Authority

    door.delete(page_id=card.pk, authority=Authority.of_mandate(), actor=city.chief)
    answer = Answer(state=ReceiptState.ACCEPTED, etag=row.etag)
    facts = {"channel": "bip", "document_id": row.document_id, "locale": "pl", "answer": answer}
    editor = become(city, "second_operator", Role.BIP_EDITOR, Unit.objects.get(code="SA"))
    with pytest.raises(NotYoursToAnswer):
        answer_by_hand(**facts, actor=editor)
    administrator = become(city, "second_operator", Role.BIP_ADMIN)

    answer_by_hand(**facts, actor=administrator)

    assert AuditEntry.objects.get(action="page.hand_over_answered").subject.startswith("document:")


# --- on the screen ---


@pytest.fixture
def bip(client, city, card):
    client.force_login(become(city, "second_operator", Role.BIP_ADMIN))
    return client


def test_bips_administrator_finds_the_queue_and_answers_from_it(bip, card):
    listed = bip.get("/admin/hand-over/?standing=waiting").content.decode()
    row = row_of(card)
    address = f"/admin/hand-over/document/{row.pk}/"
    assert "Zameldowanie" in listed
    assert address in listed
    assert bip.get(address).status_code == 200

    wrong = bip.post(address, {"etag": row.etag, "state": "published"})
    assert list(wrong.context["form"].errors) == ["external_url"]
    assert bip.post(address, {"etag": row.etag, "state": "zjadłem"}).status_code == 200
    done = bip.post(address, {"etag": row.etag, "state": "published", "external_url": BIP})
    assert done["Location"] == "/admin/hand-over/?channel=bip"
    again = bip.post(address, {"etag": row.etag, "state": "published", "external_url": BIP})
    assert again.context["form"].non_field_errors()

    assert Receipt.objects.count() == 1
    assert BIP in bip.get("/admin/hand-over/results/").content.decode()
    assert (
        "Zameldowanie"
        not in bip.get("/admin/hand-over/?standing=waiting&q=zameld").content.decode()
    )
    for odd in ("?channel=mpi", "?channel=public", "?standing=x", "?channel="):
        assert bip.get(f"/admin/hand-over/{odd}").status_code == 200
    assert bip.get(f"/admin/hand-over/document/{row_of(card, 'mpi').pk}/").status_code == 404
    assert bip.get("/admin/hand-over/document/999999/").status_code == 404


def test_who_only_sees_the_queue_cannot_answer_by_raw_post(client, city, card):
    address = f"/admin/hand-over/document/{row_of(card).pk}/"
    body = {"etag": row_of(card).etag, "state": "accepted"}
    for part, status in (("chief", 200), ("coordinator", 200), ("other_coordinator", 404)):
        client.force_login(city.person(part))
        assert client.get(address).status_code == status
        assert client.post(address, body).status_code == status
    for part in ("operator", "administrator"):
        client.force_login(city.person(part))
        assert client.post(address, body).status_code in {302, 404}
        assert client.get("/admin/hand-over/").status_code in {302, 403}
    assert not Receipt.objects.exists()


def test_the_pages_record_shows_what_was_answered(sister, card, city):
    say(sister, card, state="published", external_id="77", external_url=BIP, message="Dziękujemy.")
    (note,) = record_notes(card)
    assert (note.address, "77" in note.words, "Dziękujemy." in note.words) == (BIP, True, True)

    sister.force_login(city.operator)
    answer = sister.get(f"/admin/kpum/record/{card.pk}/").content.decode()

    assert BIP in answer
    assert "Dziękujemy." in answer
