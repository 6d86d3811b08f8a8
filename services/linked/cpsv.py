"""A card's document as CPSV-AP 3.2.0: plain nodes with the terms of its context (part D.2, I-04).

Flat: each thing is a node of its own with an IRI, none is blank. So the nodes of a catalogue are
those of its cards put together, and two copies of a node are one. What the profile's shapes demand
of a node, it has: identifiers, names, and the class of whatever it points at.
"""

import json
from collections.abc import Iterable, Iterator

from django.utils import translation
from django.utils.translation import gettext

from services.enums import Audience
from services.linked import iris, vocabularies
from services.linked.cpsv_parts import parts_of
from services.linked.cpsv_ways import ways_of
from services.linked.sources import CardDocuments, Document
from services.linked.telling import Node, Part, Telling, concept, pointing
from services.linked.values import Territory, lines, plain_text, without_blanks, xsd_duration

#: Grows whenever the same document is told otherwise: a part of every ETag.
VERSION = "1"


def nodes_of(documents: CardDocuments, territory: Territory) -> list[Node]:
    """Return all that is told of a card: itself, its parts, and what it names, each once.

    Args:
        documents: the card's document, with those of its unit and of the cards that it names.
        territory: where the city's services hold.
    """
    telling = Telling(documents.card, documents.unit_of(documents.card), territory)
    with translation.override(telling.locale):
        nodes = [*_card(telling, documents), *_named(documents, territory)]
    return each_once(nodes)


def each_once(nodes: Iterable[Node]) -> list[Node]:
    """Return the nodes without their copies, in their order."""
    return list({json.dumps(node, sort_keys=True): node for node in nodes}.values())


def _named(documents: CardDocuments, territory: Territory) -> Iterator[Node]:
    """Yield as much of each card that this one names as the profile asks of any service."""
    for card in documents.related.values():
        other = Telling(card, documents.unit_of(card), territory)
        yield _core(other)
        yield from _authority(other)


def _core(telling: Telling) -> Node:
    card = telling.card
    described = lines(card["summary"], plain_text(card.get("description", "")))
    return {
        "@id": telling.iri,
        "@type": "PublicService",
        "PublicService.identifier": card["code"],
        "PublicService.name": telling.text(card["title"]),
        "PublicService.description": telling.text(described or card["title"]),
        "PublicService.hasCompetentAuthority": [telling.unit_iri],
    }


def _authority(telling: Telling) -> Iterator[Node]:
    """Yield the unit that handles the matter (row 16); units are named in Polish, as in their register."""
    unit = telling.unit or {}
    territory = telling.territory
    yield {
        "@id": telling.unit_iri,
        "@type": ["PublicOrganization", "Organization"],
        "PublicOrganization.preferredLabel": telling.in_polish(unit.get("name") or telling.unit_code),
        "PublicOrganization.spatial": [territory.iri],
        "dct:identifier": telling.unit_code,
        **pointing("foaf:homepage", unit.get("url", "")),
    }  # fmt: skip
    yield {
        "@id": territory.iri,
        "@type": "Location",
        "skos:prefLabel": telling.in_polish(territory.name),
    }


def _card(telling: Telling, documents: CardDocuments) -> Iterator[Node]:
    found = [*parts_of(telling), *ways_of(telling)]
    named = [*_languages(telling), *_words(telling), *_others(telling, documents.known)]
    pages = list(_pages(telling))
    service = _core(telling) | {
        "PublicService.keyword": [telling.text(word) for word in telling.card["keywords"]],
        "PublicService.processingTime": xsd_duration(telling.card["processing_duration"]),
        "PublicService.status": vocabularies.COMPLETED,
        "foaf:page": [{"@id": node["@id"]} for node in pages],
    }
    for name, node in (*found, *named):
        if name:
            service.setdefault(name, []).append(node["@id"])
    yield without_blanks(service)
    yield {
        "@id": vocabularies.COMPLETED,
        "@type": "Concept",
        "skos:prefLabel": {"@language": "en", "@value": "Completed"},
    }
    yield from _authority(telling)
    yield from (node for _name, node in (*found, *named) if "@type" in node)
    yield from pages


def _languages(telling: Telling) -> Iterator[Part]:
    """Yield the languages of the matter, sign language too where there is a film (rows 22 and 29)."""
    codes = dict.fromkeys(telling.card.get("languages", ()))
    if telling.card.get("sign_language_video"):
        codes[vocabularies.SIGN_LANGUAGE] = None
    for code in codes:
        if iri := vocabularies.LANGUAGES.get(code):
            yield "PublicService.language", {"@id": iri, "@type": "LinguisticSystem"}


def _words(telling: Telling) -> Iterator[Part]:
    """Yield whom the card is for, and the words that it is found by (rows 4, 17 and 29)."""
    card = telling.card
    for code in card["audiences"]:
        label = str(Audience(code).label) if code in Audience.values else code
        yield "PublicService.addressee", concept(telling, iris.of_code("audience", code), label)
    if card["applicants"].strip():
        who = concept(telling, telling.part("applicants"), gettext("Who may apply"))
        who["skos:definition"] = telling.text(card["applicants"])
        yield "PublicService.addressee", who
    for word in card["categories"]:
        iri = iris.of_word("categories", word["slug"])
        yield "PublicService.thematicArea", concept(telling, iri, word["name"])
    yield from _events(telling, "LifeEvent", "life-events", card["life_events"])
    yield from _events(telling, "BusinessEvent", "business-events", card.get("business_events", ()))
    if sector := card.get("sector"):
        yield "PublicService.sector", _sector(sector)
    if spatial := card.get("spatial"):
        yield "PublicService.spatial", _spatial(telling, spatial)


def _events(
    telling: Telling, kind: str, dictionary: str, words: Iterable[Document]
) -> Iterator[Part]:
    for word in words:
        node: Node = {
            "@id": iris.of_word(dictionary, word["slug"]),
            "@type": [kind, "Event"],
            "Event.identifier": word["slug"],
            "Event.name": telling.text(word["name"]),
        }
        yield "PublicService.isGroupedBy", node


def _sector(code: str) -> Node:
    return {"@id": vocabularies.sector_iri(code), "@type": "Concept", "skos:notation": code}


def _spatial(telling: Telling, spatial: str) -> Node:
    """Return where the service holds: the city's own territory, or the districts that the card names."""
    if spatial == telling.territory.name:
        return {"@id": telling.territory.iri}
    return {
        "@id": telling.part("spatial"),
        "@type": "Location",
        "skos:prefLabel": telling.text(spatial),
    }


_RELATIONS = {"requires": "PublicService.requires", "related": "PublicService.relatedService"}


def _others(telling: Telling, known: frozenset[str]) -> Iterator[Part]:
    """Yield the cards that this one names (row 20); ``cpsv:follows`` is for rules, not for services."""
    for relation in telling.card.get("relations", ()):
        if relation["id"] in known:
            yield _RELATIONS[relation["kind"]], {"@id": iris.of_document(relation["id"])}


def _pages(telling: Telling) -> Iterator[Node]:
    """Yield the card's page, and where else the matter is described (row 28); then forms that stand alone."""
    card = telling.card
    titles = {
        "url": card["title"],
        "bip_url": gettext("the procedure in BIP"),
        "epuap_url": gettext("the card in ePUAP"),
        "govpl_url": gettext("the service on gov.pl"),
        "sign_language_video": gettext("film in Polish Sign Language"),
    }
    for name, title in titles.items():
        if address := iris.of_address(card.get(name, "")):
            yield {"@id": address, "@type": "Document", "dct:title": telling.text(title)}
    asked_for = {document.get("form_number", "") for document in card["documents"]}
    for form in card.get("forms", ()):
        if form["number"] not in asked_for and (address := iris.of_address(form["url"])):
            yield telling.form(form, address)
