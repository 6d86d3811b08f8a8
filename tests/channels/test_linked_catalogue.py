"""The catalogue as linked data, and what open data there is: the sum of the cards, for whoever may read the channel."""

import json
from uuid import UUID

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Namespace, URIRef

from kpum.channels import linked_documents
from kpum.channels.actions import rebuild_marked
from kpum.channels.linked_documents import public_card
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from services.models import CardRelation
from tests.factories.linked import triples_of, violations
from tests.factories.pages import publish

BASE = "/api/v1/channels/public/catalogue"
DCAT_ADDRESS = "/api/v1/dcat"
PUBLIC_SERVICE = URIRef("http://purl.org/vocab/cpsv#PublicService")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")


def body_of(response):
    assert response.status_code == 200, response
    return b"".join(response) if response.streaming else response.content


def dump(client, form="jsonld"):
    told = body_of(client.get(f"{BASE}.{form}"))
    return triples_of(told) if form == "jsonld" else Graph().parse(data=told, format="turtle")


def card_named(city, number, *others):
    """Publish a card that names others."""
    draft = city.new_card(f"SA-{number}", f"Sprawa {number}")
    fresh = draft.get_latest_revision_as_object()
    fresh.relations = [CardRelation(kind="related", card=other) for other in others]
    fresh.save_revision(user=city.operator, clean=False)
    draft.refresh_from_db()
    return publish(draft)


@pytest.fixture
def cards(city):
    first = city.published_card("SA-1", "Sprawa 1")
    second = card_named(city, 2, first)
    return [first, second, card_named(city, 3, first, second)]


def test_the_catalogue_is_the_sum_of_its_cards(client, cards):
    whole = Graph()
    for card in cards:
        whole += triples_of(client.get(card.get_url(), {"format": "jsonld"}).content)

    told = dump(client)

    assert set(told) == set(whole)
    assert violations(told) == ""
    assert {UUID(str(service)[9:]) for service in told.subjects(RDF.type, PUBLIC_SERVICE)} == {
        card.translation_key for card in cards
    }


def test_turtle_tells_what_json_ld_tells(client, cards, monkeypatch):
    monkeypatch.setattr(linked_documents, "BATCH", 2)

    assert set(dump(client, "ttl")) == set(dump(client))


def test_what_left_the_channel_left_the_catalogue(client, city, cards):
    door.withdraw(
        page_id=cards[0].pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Już tego nie ma.",
        authority=Authority.of_mandate(),
        actor=city.chief,
    )
    rebuild_marked()
    city.new_card("SA-9", "Tajny szkic")

    text = body_of(client.get(f"{BASE}.jsonld")).decode()

    assert str(cards[0].translation_key) not in text
    assert "Tajny szkic" not in text
    assert violations(triples_of(text)) == ""


def test_an_empty_catalogue_is_a_document_too(client, city):
    assert len(dump(client)) == 0
    assert len(dump(client, "ttl")) == 0


def test_a_language_without_cards_has_an_empty_catalogue(client, cards):
    assert json.loads(body_of(client.get(f"{BASE}.jsonld?locale=uk")))["@graph"] == []


@pytest.mark.parametrize("form", ["jsonld", "ttl"])
def test_who_has_the_catalogue_is_told_so_until_a_card_changes(client, city, cards, form):
    first = client.get(f"{BASE}.{form}")
    body_of(first)
    known = {"If-None-Match": first["ETag"]}

    with CaptureQueriesContext(connection) as queries:
        again = client.get(f"{BASE}.{form}", headers=known)
    publish(city.new_card("SA-4", "Sprawa 4"))

    assert (again.status_code, again.content) == (304, b"")
    assert len(queries) == 1
    assert client.get(f"{BASE}.{form}", headers=known).status_code == 200


def test_the_forms_have_hashes_of_their_own(client, cards):
    hashes = {client.get(f"{BASE}.{form}")["ETag"] for form in ("jsonld", "ttl")}

    assert len(hashes) == 2


def test_another_territory_is_another_answer(client, cards):
    before = client.get(f"{BASE}.ttl")["ETag"]

    with override_settings(KPUM={"TERRITORY_IRI": "https://example.org/miasto"}):
        after = client.get(f"{BASE}.ttl")

    assert after["ETag"] != before
    assert b"https://example.org/miasto" in body_of(after)


def test_the_catalogue_costs_few_queries_however_many_cards(client, city, cards):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            body_of(client.get(f"{BASE}.jsonld"))
        return len(queries)

    few = cost()
    for number in range(10, 20):
        city.published_card(f"SA-{number}", f"Sprawa {number}")

    # The marks, the units, a batch, and the empty one behind it.
    assert cost() == few == 4


def test_answers_are_compressed_for_whoever_takes_it(client, cards):
    plain = client.get(f"{BASE}.ttl")
    packed = client.get(f"{BASE}.ttl", headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert len(body_of(packed)) < len(body_of(plain)) / 2


def test_head_has_the_hash_and_no_body(client, cards):
    response = client.head(f"{BASE}.jsonld")

    assert response["ETag"]
    assert body_of(response) == b""


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/channels/kck/catalogue.ttl", 401),
        ("/api/v1/channels/nic/catalogue.jsonld", 404),
        (f"{BASE}.jsonld?locale=polski!", 422),
        (f"{BASE}.xml", 404),
    ],
)
def test_refusals_are_those_of_the_api(client, city, address, status):
    response = client.get(address)

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"


def test_what_is_asked_for_is_what_the_read_model_holds(city, cards):
    documents = public_card(cards[2].translation_key, "pl", related=True)

    assert documents.card["code"] == "SA-3"
    assert {card["code"] for card in documents.related.values()} == {"SA-1", "SA-2"}
    assert set(documents.units) == {"SA"}
    assert public_card(cards[2].translation_key, "uk", related=True) is None
    assert public_card(city.folder.translation_key, "pl", related=True) is None


def described(client, accept="text/turtle"):
    response = client.get(DCAT_ADDRESS, headers={"Accept": accept})
    if accept == "text/turtle":
        return Graph().parse(data=body_of(response), format="turtle")
    return triples_of(body_of(response))


def test_the_open_data_are_described_in_both_forms_alike(client, city):
    assert set(described(client)) == set(described(client, "application/ld+json"))
    assert client.get(DCAT_ADDRESS)["Content-Type"].startswith("application/ld+json")


def test_every_data_set_has_what_dcat_ap_asks_for(client, city):
    told = described(client)
    catalogue = told.value(None, RDF.type, DCAT.Catalog)
    sets = set(told.objects(catalogue, DCAT.dataset))

    assert str(catalogue) == f"http://testserver{DCAT_ADDRESS}"
    assert len(sets) == 7
    for name in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher):
        assert all((thing, name, None) in told for thing in {catalogue, *sets})
    for data_set in sets:
        assert told.value(data_set, DCTERMS.accrualPeriodicity)
        assert told.value(data_set, DCAT.contactPoint)
        for distribution in told.objects(data_set, DCAT.distribution):
            assert told.value(distribution, DCTERMS.format)
            assert told.value(distribution, DCAT.mediaType)
            assert told.value(distribution, DCTERMS.rights)
    assert told.value(told.value(catalogue, DCTERMS.publisher), FOAF.name).startswith("Gmina")


def test_every_address_that_is_named_answers_in_the_form_that_is_named(client, cards):
    told = described(client)

    named = [
        (str(address), str(told.value(distribution, DCAT.mediaType)))
        for distribution, address in told.subject_objects(DCAT.downloadURL)
    ]

    assert len(named) == 9
    for address, media_type in named:
        response = client.get(address)
        body_of(response)
        assert response["Content-Type"].split(";")[0] == media_type.split("media-types/")[1]
    service = told.value(None, RDF.type, DCAT.DataService)
    assert client.get(str(told.value(service, DCAT.endpointDescription))).json()["openapi"]
    assert set(told.objects(service, DCAT.servesDataset)) == set(
        told.subjects(RDF.type, DCAT.Dataset)
    )


def test_licence_and_contact_are_the_settings(client, city):
    without = described(client)

    licence = "https://creativecommons.org/licenses/by/4.0/"
    with override_settings(KPUM={"OPEN_DATA_LICENCE": licence, "OPEN_DATA_EMAIL": "d@example.org"}):
        told = described(client)

    assert (None, DCTERMS.license, None) not in without
    assert set(told.objects(None, DCTERMS.license)) == {URIRef(licence)}
    assert URIRef("mailto:d@example.org") in set(told.objects(None, VCARD.hasEmail))
    assert URIRef("tel:+48126165555") in set(told.objects(None, VCARD.hasTelephone))


def test_the_description_has_a_hash(client, city):
    first = client.get(DCAT_ADDRESS)

    again = client.get(DCAT_ADDRESS, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert client.post(DCAT_ADDRESS).status_code == 405
