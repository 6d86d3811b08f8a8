"""A card that is told of as linked data, and the nodes that many of its parts are made of."""

from dataclasses import dataclass
from typing import Any

from services.linked import iris
from services.linked.sources import Document
from services.linked.values import Territory, without_blanks

Node = dict[str, Any]
#: A property of the service, and the node that it points at.
Part = tuple[str, Node]


@dataclass(frozen=True)
class Telling:
    """A card that is told of, with the unit that handles it and the city's territory."""

    card: Document
    unit: Document | None
    territory: Territory

    @property
    def locale(self) -> str:
        """Return the language of the card's texts."""
        return str(self.card["locale"])

    @property
    def iri(self) -> str:
        """Return the card's IRI."""
        return iris.of_document(self.card["id"])

    @property
    def unit_iri(self) -> str:
        """Return the IRI of the unit that handles the matter."""
        return iris.of_document(self.card["owner_unit"]["id"])

    @property
    def unit_code(self) -> str:
        """Return the unit's code."""
        return str(self.card["owner_unit"]["code"])

    def part(self, name: str, number: int | str = "") -> str:
        """Return the IRI of a part of the card."""
        return iris.of_part(self.card["id"], self.locale, f"{name}-{number}".rstrip("-"))

    def identifier(self, name: str, number: int | str = "") -> str:
        """Return a part's identifier for people: the card's code comes first."""
        return f"{self.card['code']}/{name}-{number}".rstrip("-")

    def text(self, value: str) -> dict[str, str]:
        """Return a text in the card's language."""
        return {"@language": self.locale, "@value": value}

    def in_polish(self, value: str) -> dict[str, str]:
        """Return a text of the register of units, which is Polish."""
        return {"@language": "pl", "@value": value}

    def form(self, form: Document, address: str) -> Node:
        """Return a form to download (row 7)."""
        return {
            "@id": address,
            "@type": "Document",
            "dct:identifier": form["number"],
            "dct:title": self.text(form["title"]),
            "dcat:version": form["version"],
        }


def concept(telling: Telling, iri: str, label: str) -> Node:
    """Return a word with its name."""
    return {"@id": iri, "@type": "Concept", "skos:prefLabel": telling.text(label)}


def pointing(name: str, url: str) -> Node:
    """Return a property that points at a web address; nothing when it is none."""
    address = iris.of_address(url)
    return {name: {"@id": address}} if address else {}


def coded(telling: Telling, code_list: str, code: str, labels: Any) -> Node:
    label = str(labels(code).label) if code in labels.values else code
    return concept(telling, iris.of_code(code_list, code), label)


def hours_node(telling: Telling, name: str, hours: str) -> Node:
    if not hours.strip():
        return {}
    return {
        "@id": telling.part(name),
        "@type": "TemporalEntity",
        "TemporalEntity.description": [telling.text(hours)],
    }


def period_node(telling: Telling, name: str, dated: Document) -> Node | None:
    dates = {
        "dcat:startDate": _date(dated.get("valid_from")),
        "dcat:endDate": _date(dated.get("valid_to")),
    }
    if not any(dates.values()):
        return None
    return without_blanks({"@id": telling.part(name), "@type": "dct:PeriodOfTime", **dates})


def _date(value: str | None) -> dict[str, str] | None:
    return {"@type": "xsd:date", "@value": value} if value else None
