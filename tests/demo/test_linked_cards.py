"""Every demo card as linked data: it conforms to CPSV-AP's shapes, and its document to the channels' schema.

The cards are made as the demo makes them and built into documents as publication builds them, but
never saved: what is asked is the mapping, and the walk through the door costs half a minute.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from itertools import count
from uuid import NAMESPACE_URL, uuid5

import jsonschema
import pytest
from rdflib import DCTERMS, RDF, Graph, URIRef
from wagtail.documents import get_document_model
from wagtail.fields import StreamField
from wagtail.models import Locale

from kpum.channels import kinds, schemas
from kpum.channels.card_documents import CardFacts, build_card
from kpum.channels.documents import build_units
from kpum.demo import content
from kpum.demo.builders import services
from kpum.org.enums import UnitKind
from kpum.org.models import Unit
from services.linked.cpsv import nodes_of
from services.linked.sources import CardDocuments
from services.models import BusinessEvent, Category, LegalAct, LifeEvent, PrivacyNotice
from tests.factories.linked import KRAKOW, graph_of, violations
from tests.factories.schema_org import unknown_terms

pytestmark = pytest.mark.only_on("sqlite")  # no database makes a difference to a mapping
DICTIONARIES = {
    Category: "categories",
    LifeEvent: "life_events",
    BusinessEvent: "business_events",
    LegalAct: "acts",
    PrivacyNotice: "privacy_notices",
}
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PUBLIC_SERVICE = URIRef("http://purl.org/vocab/cpsv#PublicService")


def key(code):
    return uuid5(NAMESPACE_URL, f"urn:kpum:demo:{code}")


def medium(number):
    return schemas.MediaReference(
        id=key(f"file-{number}"), kind="document", title=f"Plik {number}", alt="", size=1,
        url=f"https://portal.example.org/documents/{number}/plik.odt", sha256="0" * 64,
        content_type="application/vnd.oasis.opendocument.text",
    )  # fmt: skip


def common(row, unit):
    return {
        "id": key(row["code"]), "locale": "pl", "title": row["title"], "media": [],
        "url": f"https://portal.example.org/uslugi/{unit.slug}/{row['slug']}/",
        "owner_unit": schemas.UnitReference(id=unit.document_id, code=unit.code),
        "first_published_at": NOW, "last_published_at": NOW,
        "stewardship": schemas.Stewardship(
            responsible="Irena Dębska", produced_at=NOW, published_at=NOW, changes=[]
        ),
    }  # fmt: skip


def as_read(page):
    """Return the page with its structured parts as they come back from the database."""
    for field in page._meta.get_fields():
        if isinstance(field, StreamField):
            stored = field.get_prep_value(getattr(page, field.name))
            setattr(page, field.name, field.to_python(stored))
    return page


def cards_of_the_demo(monkeypatch):
    """Return the documents of every demo card, by code, with those of the units."""
    files = count(1)
    model = get_document_model()
    monkeypatch.setattr(services, "form_file", lambda card, form: model(pk=next(files)))
    for model, table in DICTIONARIES.items():
        (words,) = content.table(table).values()
        model.objects.bulk_create(model(**word) for word in words)
    rows = content.cards()
    for code in {row["unit"] for row in rows}:
        Unit.add_root(code=code, name=f"Jednostka {code}", kind=UnitKind.UNIT)
    units = {unit.code: unit for unit in Unit.objects.all()}
    pages = {row["code"]: as_read(services._card(row)) for row in rows}
    relations = {}
    for number, row in enumerate(rows, 1):
        page = pages[row["code"]]
        page.pk, page.locale = number, Locale.get_default()
        named = [(kind, code) for kind in ("requires", "related") for code in row[kind]]
        relations[number] = [(kind, key(code)) for kind, code in named]
    facts = CardFacts(
        {act.eli: act for act in LegalAct.objects.all()},
        relations,
        frozenset((key(code), "pl") for code in pages),
    )
    media = {str(number): medium(number) for number in range(1, next(files))}
    documents = {
        row["code"]: build_card(
            pages[row["code"]], common(row, units[row["unit"]]), facts, media
        ).model_dump(mode="json")
        for row in rows
    }
    built = build_units(list(units.values()))
    return documents, {unit.code: json.loads(unit.body) for unit in built}


@pytest.fixture
def cards(db, monkeypatch):
    documents, units = cards_of_the_demo(monkeypatch)
    by_id = {card["id"]: card for card in documents.values()}
    return {
        code: CardDocuments(
            card,
            code,
            units,
            related := {own["id"]: by_id[own["id"]] for own in card["relations"]},
            frozenset(related),
        )
        for code, card in documents.items()
    }


def test_every_demo_card_conforms_to_the_shapes_and_to_the_schema(cards):
    schema = jsonschema.Draft202012Validator(kinds.json_schema("service_card"))
    wrong, whole = {}, Graph()

    for code, documents in cards.items():
        graph = graph_of(nodes_of(documents, KRAKOW))
        whole += graph
        wrong[code] = [error.message for error in schema.iter_errors(documents.card)]
        wrong[code] += [found] if (found := violations(graph)) else []
        wrong[code] += sorted(unknown_terms(documents))

    assert {code: faults for code, faults in wrong.items() if faults} == {}
    assert len(set(whole.subjects(RDF.type, PUBLIC_SERVICE))) == len(content.cards())
    # What several cards tell of is told alike by each.
    named = Counter(whole.subjects(DCTERMS.identifier, unique=False))
    assert [thing for thing, times in named.items() if times > 1] == []
