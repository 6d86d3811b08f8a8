"""A card's document as schema.org: a GovernmentService for search engines (part D.2, last column).

Only what schema.org has a term for. A service is no text there: keywords, dates and forms belong to
the page that tells of it (``mainEntityOfPage``).
"""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from services.enums import Audience, FeeKind, FilingChannel, OutcomeKind
from services.linked import iris
from services.linked.sources import CardDocuments, Document
from services.linked.values import Territory, lines, plain_text, without_blanks

Thing = dict[str, Any]
CURRENCY = "PLN"


def government_service(documents: CardDocuments, territory: Territory) -> Thing:
    """Return the card as a GovernmentService.

    Args:
        documents: the card's document, with that of its unit.
        territory: the city, which provides the service that the unit operates.
    """
    card = documents.card
    unit = _unit(documents)
    with translation.override(card["locale"]):
        told = {
            "@context": "https://schema.org",
            "@type": "GovernmentService",
            "@id": iris.of_document(card["id"]),
            "name": card["title"],
            "identifier": card["code"],
            "description": lines(card["summary"], plain_text(card.get("description", ""))),
            "url": iris.of_address(card["url"]),
            "sameAs": _addresses(card, "bip_url", "epuap_url", "govpl_url"),
            "mainEntityOfPage": _page(card),
            "audience": _audience(card),
            "category": _names(card, "categories", "life_events", "business_events"),
            "offers": _offers(card),
            "serviceOutput": _output(card),
            "availableChannel": _channels(card),
            "hoursAvailable": _hours(documents.unit_of(card)),
            "provider": {"@type": "GovernmentOrganization", "name": territory.name},
            "serviceOperator": unit,
            "areaServed": _area(card, territory),
            "isRelatedTo": [
                {"@type": "GovernmentService", "@id": iris.of_document(relation["id"])}
                for relation in card.get("relations", ())
            ],
            "subjectOf": _told_otherwise(card),
        }
    return without_blanks(told)


def _addresses(card: Document, *names: str) -> list[str]:
    return [address for name in names if (address := iris.of_address(card.get(name, "")))]


def _names(card: Document, *lists: str) -> list[str]:
    return [word["name"] for name in lists for word in card.get(name, ())]


def _page(card: Document) -> Thing:
    """Row 18, 7 and 24: what belongs to the text rather than to the service."""
    page = {
        "@type": "WebPage",
        "@id": iris.of_address(card["url"]),
        "inLanguage": card["locale"],
        "dateModified": card["last_published_at"],
        "keywords": ", ".join(card["keywords"]),
        "hasPart": [
            without_blanks(
                {
                    "@type": "DigitalDocument",
                    "identifier": form["number"],
                    "name": form["title"],
                    "version": form["version"],
                    "url": iris.of_address(form["url"]),
                }
            )
            for form in card.get("forms", ())
        ],
    }
    return without_blanks(page)


def _audience(card: Document) -> list[Thing]:
    """Row 4."""
    codes = card["audiences"]
    labels = [str(Audience(code).label) if code in Audience.values else code for code in codes]
    groups = [{"@type": "Audience", "audienceType": label} for label in labels]
    who = {"@type": "Audience", "name": gettext("Who may apply"), "description": card["applicants"]}
    return [*groups, who] if card["applicants"].strip() else groups


def _offers(card: Document) -> list[Thing]:
    """Row 8; a matter that is free is offered for nothing."""
    if card["free_of_charge"]:
        return [
            {
                "@type": "Offer",
                "name": gettext("free of charge"),
                "price": "0.00",
                "priceCurrency": CURRENCY,
            }
        ]
    return [_offer(fee) for fee in card["fees"]]


def _offer(fee: Document) -> Thing:
    kind = fee["kind"]
    offer = {
        "@type": "Offer",
        "name": fee["description"],
        "category": str(FeeKind(kind).label) if kind in FeeKind.values else kind,
        "price": fee["amount"],
        "priceCurrency": fee.get("currency", CURRENCY),
        "description": lines(fee.get("base", ""), fee["exemption"]),
    }
    return without_blanks(offer)


def _output(card: Document) -> Thing:
    """Row 11."""
    kind = card["outcome_kind"]
    name = str(OutcomeKind(kind).label) if kind in OutcomeKind.values else kind
    return without_blanks({"@type": "Thing", "name": name, "description": card["outcome"]})


def _channels(card: Document) -> list[Thing]:
    """Rows 14 and 15: ways to bring the matter in, and places where it is handled."""
    languages = [code for code in card.get("languages", ()) if code]
    every = {"availableLanguage": languages, "processingTime": card["processing_duration"]}
    ways = [_way(way) | every for way in card["channels"]]
    places = [_place(place) | every for place in card.get("places", ())]
    return [without_blanks(channel) for channel in (*ways, *places)]


def _way(way: Document) -> Thing:
    told = {
        "@type": "ServiceChannel",
        "name": way["title"],
        "description": way["note"],
        "serviceUrl": iris.of_address(way["url"]),
    }
    if not way["address"]:
        return told
    match way["kind"]:
        case FilingChannel.PHONE:
            told["servicePhone"] = {"@type": "ContactPoint", "telephone": way["address"]}
        case FilingChannel.POST:
            told["servicePostalAddress"] = _postal(way["address"])
        case FilingChannel.OFFICE:
            told["serviceLocation"] = {"@type": "Place", "address": _postal(way["address"])}
        case _:
            told["identifier"] = way["address"]
    return told


def _place(place: Document) -> Thing:
    where = {
        "@type": "Place",
        "name": place["name"],
        "address": _postal(place["address"]),
        "openingHoursSpecification": _opening(place["hours"]),
    }
    return {
        "@type": "ServiceChannel",
        "name": place["name"],
        "description": place["note"],
        "serviceUrl": iris.of_address(place["booking_url"]),
        "serviceLocation": without_blanks(where),
    }


def _postal(address: str) -> Thing:
    return {"@type": "PostalAddress", "streetAddress": address}


def _opening(hours: str) -> Thing | None:
    """Return hours as units word them: they are no data that could be taken apart."""
    return {"@type": "OpeningHoursSpecification", "description": hours} if hours.strip() else None


def _hours(unit: Document | None) -> Thing | None:
    return _opening(unit["opening_hours"]) if unit else None


def _unit(documents: CardDocuments) -> Thing:
    """Row 16: the unit, and the team of it that answers."""
    card, unit = documents.card, documents.unit_of(documents.card) or {}
    owner, team = card["owner_unit"], card.get("contact", {})
    contact = {
        "@type": "ContactPoint",
        "name": team.get("cell", ""),
        "telephone": team.get("phone", ""),
        "email": team.get("email", ""),
    }
    address = unit.get("address", "")
    told = {
        "@type": "GovernmentOrganization",
        "@id": iris.of_document(owner["id"]),
        "identifier": owner["code"],
        "name": unit.get("name", owner["code"]),
        "url": iris.of_address(unit.get("url", "")),
        "telephone": unit.get("phone", ""),
        "email": unit.get("email", ""),
        "address": _postal(address) if address else None,
        "contactPoint": without_blanks(contact) if any(team.values()) else None,
    }
    return without_blanks(told)


def _area(card: Document, territory: Territory) -> Thing:
    """Row 29."""
    return {"@type": "AdministrativeArea", "name": card.get("spatial") or territory.name}


def _told_otherwise(card: Document) -> list[Thing]:
    """Row 22: the film in sign language, and the easy-to-read text."""
    told: list[Thing] = []
    if film := iris.of_address(card.get("sign_language_video", "")):
        title = gettext("film in Polish Sign Language")
        told.append({"@type": "VideoObject", "name": title, "url": film, "inLanguage": "sgn-PL"})
    if easy := card.get("etr_text"):
        told.append(
            {
                "@type": "CreativeWork",
                "name": gettext("easy-to-read text"),
                "text": easy,
                "inLanguage": card["locale"],
            }
        )
    return told
