"""What open data the portal has, as DCAT-AP 3 tells it (L-7): from the rules of its channels and its settings."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, gettext_lazy

from kpum.channels import dictionaries
from kpum.core.conf import PortalSettings, portal_settings
from kpum.pages.channel_rules import kept_rules
from services.linked import iris
from services.linked.vocabularies import (
    CONTINUOUSLY,
    FILE_TYPE,
    GOVERNMENT,
    LANGUAGES,
    MEDIA_TYPE,
    PUBLIC_ACCESS,
)

Node = dict[str, Any]
Absolute = Callable[[str], str]
_FORMATS = {
    "JSON": "application/json",
    "JSON_LD": "application/ld+json",
    "RDF_TURTLE": "text/turtle",
}
#: The consolidated Act of 11 August 2021 on open data and the re-use of public sector information.
_REUSE_ACT = iris.of_act("DU/2023/1524")
_POLISH = "pl"
_DICTIONARIES = {
    "categories": gettext_lazy("categories"),
    "life-events": gettext_lazy("life events"),
    "business-events": gettext_lazy("business events"),
    "legal-acts": gettext_lazy("legal acts"),
    "privacy-notices": gettext_lazy("privacy notices"),
}


def nodes(absolute: Absolute) -> list[Node]:
    """Return the catalogue of the open data: its data sets, how each is had, and the API that serves them.

    In Polish, the language of the authority. No query beside the rules of the channels.

    Args:
        absolute: gives a path the host that was asked.
    """
    ours = portal_settings()
    with translation.override(_POLISH):
        told = _OpenData(absolute, ours)
        return [*told.catalogue(), *told.rights(), *told.people()]


def _text(value: Any) -> dict[str, str]:
    return {"@language": _POLISH, "@value": str(value)}


def _refer(*addresses: str) -> list[dict[str, str]]:
    return [{"@id": address} for address in addresses]


class _OpenData:
    """The parts of the description; each has an address below that of the description."""

    def __init__(self, absolute: Absolute, ours: PortalSettings) -> None:
        self._absolute = absolute
        self._ours = ours
        self._base = absolute(reverse("kpum-api-v1:dcat"))
        self._channels = {
            code: rule.name
            for code, rule in kept_rules().items()
            if rule.is_open and rule.is_active
        }

    def _part(self, name: str) -> str:
        return f"{self._base}#{name}"

    def _address(self, name: str, **arguments: str) -> str:
        return self._absolute(reverse(f"kpum-api-v1:{name}", kwargs=arguments))

    def catalogue(self) -> Iterator[Node]:
        """Yield the catalogue with all that it holds."""
        sets = [found for code in self._channels for found in self._of_channel(code)]
        yield {
            "@id": self._base,
            "@type": "dcat:Catalog",
            "dct:title": _text(gettext("Open data of %(portal)s") % {"portal": self._ours.PORTAL_NAME}),
            "dct:description": _text(
                gettext("Service cards, pages and dictionaries, as they are published.")
            ),
            "dct:publisher": _refer(self._part("publisher")),
            "dct:language": _refer(LANGUAGES[_POLISH]),
            "dct:rights": _refer(self._part("rights")),
            "dct:spatial": _refer(self._ours.TERRITORY_IRI),
            "foaf:homepage": _refer(self._absolute("/")),
            "dcat:dataset": _refer(*(node["@id"] for node in sets if node["@type"] == "dcat:Dataset")),
            "dcat:service": _refer(self._part("api")),
            **self._licence(),
        }  # fmt: skip
        yield from sets
        yield self._service([node["@id"] for node in sets if node["@type"] == "dcat:Dataset"])

    def _of_channel(self, channel: str) -> Iterator[Node]:
        """Yield the data sets of an open channel, each with its distributions."""
        name = {"channel": self._channels[channel]}
        here = {"channel": channel}
        cards = [
            ("JSON_LD", self._address("catalogue-jsonld", **here)),
            ("RDF_TURTLE", self._address("catalogue-turtle", **here)),
            ("JSON", self._address("live_documents", **here) + "?type=service_card"),
        ]
        yield from self._dataset(
            f"{channel}-cards",
            gettext("Service cards (%(channel)s)") % name,
            gettext("How to get each matter done in the city: one card a matter, as CPSV-AP 3.2."),
            cards,
        )
        yield from self._dataset(
            f"{channel}-documents",
            gettext("All published documents (%(channel)s)") % name,
            gettext("The channel's feed: what was published, changed or withdrawn, in its order."),
            [("JSON", self._address("changes", **here))],
        )
        for code in dictionaries.codes():
            title = _DICTIONARIES.get(code, code)
            yield from self._dataset(
                f"{channel}-{code}",
                gettext("Dictionary: %(dictionary)s (%(channel)s)")
                % (name | {"dictionary": title}),
                gettext("The words that service cards name, with their codes."),
                [("JSON", self._address("one_dictionary", **here, code=code))],
            )

    def _dataset(
        self, name: str, title: str, description: str, formats: list[tuple[str, str]]
    ) -> Iterator[Node]:
        held = [f"{self._part(name)}-{number}" for number, _had in enumerate(formats, 1)]
        yield {
            "@id": self._part(name),
            "@type": "dcat:Dataset",
            "dct:identifier": name,
            "dct:title": _text(title),
            "dct:description": _text(description),
            "dct:publisher": _refer(self._part("publisher")),
            "dcat:contactPoint": _refer(self._part("contact")),
            "dct:accessRights": _refer(PUBLIC_ACCESS),
            "dct:accrualPeriodicity": _refer(CONTINUOUSLY),
            "dct:language": _refer(LANGUAGES[_POLISH]),
            "dct:spatial": _refer(self._ours.TERRITORY_IRI),
            "dcat:theme": _refer(GOVERNMENT),
            "dcat:distribution": _refer(*held),
        }
        for iri, (kind, address) in zip(held, formats, strict=True):
            yield self._distribution(iri, title, kind, address)

    def _distribution(self, iri: str, title: str, kind: str, address: str) -> Node:
        return {
            "@id": iri,
            "@type": "dcat:Distribution",
            "dct:title": _text(title),
            "dcat:accessURL": _refer(address),
            "dcat:downloadURL": _refer(address),
            "dcat:accessService": _refer(self._part("api")),
            "dct:format": _refer(f"{FILE_TYPE}/{kind}"),
            "dcat:mediaType": _refer(f"{MEDIA_TYPE}/{_FORMATS[kind]}"),
            "dct:rights": _refer(self._part("rights")),
            **self._licence(),
        }

    def _licence(self) -> Node:
        licence = iris.of_address(self._ours.OPEN_DATA_LICENCE)
        return {"dct:license": {"@id": licence}} if licence else {}

    def _service(self, served: list[str]) -> Node:
        return {
            "@id": self._part("api"),
            "@type": "dcat:DataService",
            "dct:title": _text(gettext("The channels API")),
            "dcat:endpointURL": _refer(self._absolute(reverse("kpum-api-v1:api-root"))),
            "dcat:endpointDescription": _refer(self._address("openapi-json")),
            "dcat:servesDataset": _refer(*served),
            "dct:publisher": _refer(self._part("publisher")),
            "dcat:contactPoint": _refer(self._part("contact")),
            "dct:accessRights": _refer(PUBLIC_ACCESS),
            "dct:rights": _refer(self._part("rights")),
            **self._licence(),
        }

    def rights(self) -> Iterator[Node]:
        """Yield the conditions of re-use."""
        told = gettext(
            "You may re-use the data. Say that they come from %(owner)s, and when they were made and "
            "when you got them."
        )
        yield {
            "@id": self._part("rights"),
            "@type": "dct:RightsStatement",
            "skos:prefLabel": _text(gettext("Conditions of re-use")),
            "dct:description": _text(told % {"owner": self._ours.OWNER_NAME}),
            "dct:source": _refer(_REUSE_ACT),
        }

    def people(self) -> Iterator[Node]:
        """Yield who publishes the data, and whom to ask."""
        yield {
            "@id": self._part("publisher"),
            "@type": "foaf:Organization",
            "foaf:name": _text(self._ours.OWNER_NAME),
        }
        contact: Node = {
            "@id": self._part("contact"),
            "@type": "vcard:Organization",
            "vcard:fn": _text(self._ours.PORTAL_NAME),
            "vcard:hasTelephone": _refer("tel:" + _dialled(self._ours.HOTLINE)),
        }
        if self._ours.OPEN_DATA_EMAIL:
            contact["vcard:hasEmail"] = _refer(f"mailto:{self._ours.OPEN_DATA_EMAIL}")
        yield contact


def _dialled(number: str) -> str:
    """Return a Polish number as it is dialled from anywhere."""
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    return digits if digits.startswith("+") else f"+48{digits}"
