"""Documents of cards as mirrors hold them, and the triples and terms of what is told of them."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from pyshacl import validate
from rdflib import SH, Graph
from rdflib.plugins.parsers.jsonld import to_rdf

from services.linked.cpsv import nodes_of
from services.linked.sources import CardDocuments
from services.linked.values import Territory
from services.linked.writing import json_ld

CARD, UNIT = "0b1f0a52-6f0e-4e0c-9d7b-3c1a6b1f2a01", "5f2d1c4b-8a3e-4b7d-9c6e-1d2f3a4b5c02"
OTHER = "9c7d5e3f-1a2b-4c3d-8e4f-5a6b7c8d9e03"
KRAKOW = Territory("Gmina Miejska Kraków", "http://data.europa.eu/nuts/code/PL213")
SHAPES = Path(__file__).parent.parent / "standards" / "cpsv-ap-3.2.0-shacl.ttl"

_UNIT = {
    "type": "unit", "id": UNIT, "locale": "pl", "code": "SA", "abbreviation": "SA", "kind": "cell",
    "name": "Wydział Spraw Administracyjnych", "parent": None, "former_names": [],
    "valid_from": "2020-01-01", "valid_to": None, "address": "al. Powstania Warszawskiego 10",
    "phone": "12 616 93 03", "email": "sa@example.org", "ade_address": "",
    "opening_hours": "poniedziałek–piątek 7.40–15.30", "url": "https://portal.example.org/jednostki/sa/",
}  # fmt: skip
_FORM = {
    "number": "SA-14/Z1", "title": "Zgłoszenie pobytu stałego", "version": "2 z 1.03.2026",
    "note": "Wypełnij drukowanymi literami.", "media": "9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c04",
    "url": "https://portal.example.org/documents/7/sa-14-z1.odt",
}  # fmt: skip
_FULL = {
    "type": "service_card", "id": CARD, "locale": "pl", "title": "Zameldowanie na pobyt stały",
    "url": "https://portal.example.org/uslugi/sa/zameldowanie/",
    "owner_unit": {"id": UNIT, "code": "SA"},
    "first_published_at": "2026-01-02T08:00:00Z", "last_published_at": "2026-11-03T09:30:00Z",
    "media": [],
    "stewardship": {
        "responsible": "Irena Dębska", "produced_at": None, "published_at": "2026-11-03T09:30:00Z",
        "changes": [],
    },
    "code": "SA-14", "summary": "Zgłoś nowy adres.", "applicants": "Każdy, kto zamieszkał w Krakowie.",
    "description": "<p>Meldunek to <b>obowiązek</b>.</p><ul><li>Nic nie kosztuje.</li></ul>",
    "audiences": ["residents", "foreigners"], "requirements": ["Mieszkasz pod tym adresem."],
    "documents": [
        {
            "name": "Zgłoszenie", "mandatory": True, "form": "original", "note": "Podpisane.",
            "form_number": "SA-14/Z1",
        },
        {"name": "Pełnomocnictwo", "mandatory": False, "form": "copy", "note": "", "form_number": ""},
    ],
    "forms": [_FORM, _FORM | {"number": "SA-14/Z2", "url": _FORM["url"] + "2", "title": "Zgoda"}],
    "fees": [
        {
            "amount": "17.00", "currency": "PLN", "kind": "stamp_duty", "description": "Zaświadczenie",
            "exemption": "Nie płacą uczniowie.", "account": "PL92999900010000000000000001",
            "base": "Ustawa o opłacie skarbowej", "transfer_title": "SA-14", "cash_desk": "",
        }
    ],
    "free_of_charge": False, "processing_duration": "P2W", "processing_text": "Do dwóch tygodni.",
    "outcome_kind": "certificate", "outcome": "Zaświadczenie o zameldowaniu.",
    "appeal": {
        "possible": True, "authority": "Wojewoda Małopolski", "days": 14, "text": "Złóż odwołanie.",
    },
    "legal_bases": [
        {
            "act": "Ustawa o ewidencji ludności", "article": "art. 24",
            "journal": "Dz.U. 2010 nr 217 poz. 1427", "eli": "DU/2010/1427",
        },
        {"act": "Uchwała o opłatach", "article": "", "journal": "", "eli": "KRK/LXXI-1234-21"},
    ],
    "channels": [
        {
            "kind": "online", "title": "Przez internet", "url": "https://www.gov.pl/meldunek",
            "address": "", "note": "Zaloguj się.", "filing": "full", "result": "partial", "ground": "",
            "ground_note": "", "valid_from": "2026-01-01", "valid_to": None,
        },
        {
            "kind": "office", "title": "W urzędzie", "url": "", "address": "os. Zgody 2", "note": "",
            "filing": "full", "result": "full", "ground": "", "ground_note": "", "valid_from": None,
            "valid_to": None,
        },
        {
            "kind": "phone", "title": "Telefonicznie", "url": "", "address": "12 616 55 55", "note": "",
            "filing": "none", "result": "none", "ground": "", "ground_note": "", "valid_from": None,
            "valid_to": None,
        },
        {
            "kind": "post", "title": "Pocztą", "url": "", "address": "os. Zgody 2, 31-949 Kraków",
            "note": "", "filing": "partial", "result": "full", "ground": "", "ground_note": "",
            "valid_from": None, "valid_to": None,
        },
        {
            "kind": "e_delivery", "title": "e-Doręczenia", "url": "",
            "address": "AE:PL-12345-67890-ABCDE-12", "note": "", "filing": "full", "result": "full",
            "ground": "", "ground_note": "", "valid_from": None, "valid_to": None,
        },
    ],
    "places": [
        {
            "name": "Nowa Huta", "address": "os. Zgody 2, 31-949 Kraków", "hours": "codziennie 8–15",
            "booking_url": "https://rezerwacja.example.org/sa", "note": "Winda od podwórza.",
        }
    ],
    "contact": {"cell": "Referat Meldunków", "phone": "12 616 91 11", "email": "meldunki@example.org"},
    "categories": [{"slug": "meldunek", "name": "Meldunek"}],
    "life_events": [{"slug": "przeprowadzka", "name": "Przeprowadzam się"}],
    "business_events": [{"slug": "nowa-siedziba", "name": "Zmieniam siedzibę"}],
    "relations": [{"id": OTHER, "kind": "requires"}],
    "privacy_notice": {"slug": "ogolna", "title": "Jak dbamy o twoje dane", "version": 1},
    "keywords": ["meldunek", "adres"], "body": [],
    "sign_language_video": "https://film.example.org/pjm", "etr_text": "Tu powiesz, gdzie mieszkasz.",
    "valid_from": "2026-01-01", "valid_to": "2027-12-31",
    "bip_url": "https://www.bip.krakow.pl/?proc=SA-14", "epuap_url": "https://epuap.gov.pl/sa14",
    "govpl_url": "https://www.gov.pl/web/meldunek", "spatial": "Dzielnice XIV–XVIII",
    "languages": ["pl", "en", "uk"], "sector": "O84.11",
}  # fmt: skip


def full_documents(**changes: Any) -> CardDocuments:
    """Return a card with every field, its unit, and another card that it needs; ``changes`` replace fields."""
    card = copy.deepcopy(_FULL) | changes
    other = copy.deepcopy(_FULL) | {"id": OTHER, "code": "SA-8", "title": "Dowód", "relations": []}
    return CardDocuments(card, "etag", {"SA": _UNIT}, {OTHER: other}, frozenset({OTHER}))


def full_nodes(**changes: Any) -> list[dict[str, Any]]:
    """Return what is told of that card."""
    return nodes_of(full_documents(**changes), KRAKOW)


def triples_of(json_ld_text: str | bytes) -> Graph:
    """Return the triples of a JSON-LD document; one that names a context by its address would fail."""
    return to_rdf(json.loads(json_ld_text), Graph())


def graph_of(nodes: list[dict[str, Any]]) -> Graph:
    """Return the triples of nodes."""
    return triples_of(json.dumps(json_ld(nodes)))


@cache
def shapes() -> Graph:
    """Return the SHACL shapes of CPSV-AP 3.2.0, as they were published."""
    return Graph().parse(SHAPES, format="turtle")


def violations(graph: Graph) -> str:
    """Return what the shapes find wrong; empty when it conforms."""
    conforms, _report, text = validate(graph, shacl_graph=shapes(), inplace=True)
    return "" if conforms else text


def wrong_paths(graph: Graph) -> set[Any]:
    """Return the properties that the shapes find wrong."""
    _conforms, report, _text = validate(graph, shacl_graph=shapes(), inplace=True)
    return set(report.objects(None, SH.resultPath))
