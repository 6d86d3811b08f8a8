"""The terms of schema.org that a card uses: read off schema.org's own pages (release 29), property by type.

A term that is not here is either a slip or new: look it up, then add it.
"""

from collections.abc import Iterator
from typing import Any

from services.linked.schema_org import government_service
from services.linked.sources import CardDocuments
from tests.factories.linked import KRAKOW

_THING = {"name", "description", "identifier", "url", "sameAs", "subjectOf", "mainEntityOfPage"}
_WORK = _THING | {"inLanguage", "dateModified", "keywords", "hasPart", "text", "version"}
_POINT = _THING | {"telephone", "email", "availableLanguage", "hoursAvailable"}
#: Type → the properties that it, or a type above it, has.
TERMS = {
    "GovernmentService": _THING
    | {
        "serviceOperator", "audience", "availableChannel", "category", "hoursAvailable", "offers",
        "provider", "serviceOutput", "areaServed", "isRelatedTo",
    },
    "GovernmentOrganization": _THING | {"address", "contactPoint", "email", "telephone"},
    "ServiceChannel": _THING
    | {
        "availableLanguage", "processingTime", "serviceLocation", "servicePhone",
        "servicePostalAddress", "serviceUrl",
    },
    "Offer": _THING | {"category", "price", "priceCurrency"},
    "Audience": _THING | {"audienceType"},
    "WebPage": _WORK,
    "DigitalDocument": _WORK,
    "CreativeWork": _WORK,
    "VideoObject": _WORK,
    "Place": _THING | {"address", "openingHoursSpecification"},
    "PostalAddress": _POINT | {"streetAddress"},
    "ContactPoint": _POINT,
    "OpeningHoursSpecification": _THING,
    "AdministrativeArea": _THING,
    "Thing": _THING,
}  # fmt: skip
_JSON_LD = {"@context", "@type", "@id"}


def unknown_terms(documents: CardDocuments) -> set[str]:
    """Return ``Type.property`` of everything told of the card that schema.org has no such term for."""
    told = government_service(documents, KRAKOW)
    return {
        f"{kind}.{name}" for kind, name in terms_of(told) if name not in TERMS.get(kind, _JSON_LD)
    }


def terms_of(value: Any) -> Iterator[tuple[str, str]]:
    """Yield (type, property) of every thing in a value."""
    if isinstance(value, list):
        for one in value:
            yield from terms_of(one)
    elif isinstance(value, dict):
        for name, held in value.items():
            if name not in _JSON_LD:
                yield value["@type"], name
            yield from terms_of(held)
