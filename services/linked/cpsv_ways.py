"""The ways and places of a card as CPSV-AP: where the matter is brought in, when, and who answers."""

from collections.abc import Iterator

from django.utils.translation import gettext

from services.enums import Completion, FilingChannel
from services.linked import iris
from services.linked.sources import Document
from services.linked.telling import Node, Part, Telling, coded, hours_node, period_node, pointing
from services.linked.values import labelled, lines, without_blanks

#: Ways that are the unit's own; e-services belong to whoever runs them.
_OWN_WAYS = frozenset(
    {FilingChannel.OFFICE, FilingChannel.POST, FilingChannel.PHONE, FilingChannel.E_DELIVERY}
)


def ways_of(telling: Telling) -> Iterator[Part]:
    """Yield the channels, the places, the team that answers, and the period in which the card holds.

    A node that only others point at comes with an empty property.
    """
    yield from _channels(telling)
    yield from _places(telling)
    yield from _contact(telling)
    yield from _period(telling)


def _channels(telling: Telling) -> Iterator[Part]:
    """Row 14: each way to bring the matter in, with how much of it goes there and back."""
    for number, way in enumerate(telling.card["channels"], 1):
        kind = coded(telling, "channel", way["kind"], FilingChannel)
        node = {
            "@id": telling.part("channel", number),
            "@type": "Channel",
            "Channel.identifier": telling.identifier("channel", number),
            "Channel.description": telling.text(_way_in_words(way)),
            "Channel.type": kind["@id"],
            "Channel.ownedBy": [telling.unit_iri] if way["kind"] in _OWN_WAYS else [],
            **pointing("foaf:page", way["url"]),
        }
        if period := period_node(telling, f"channel-{number}-period", way):
            node["dct:temporal"] = {"@id": period["@id"]}
            yield "", period
        if address := iris.of_address(way["url"]):
            yield "", {"@id": address, "@type": "Document", "dct:title": telling.text(way["title"])}
        yield "PublicService.hasChannel", without_blanks(node)
        yield "", kind


def _way_in_words(way: Document) -> str:
    return lines(
        way["title"],
        way["address"],
        way["note"],
        way.get("ground_note", ""),
        labelled(
            gettext("The matter can be brought in this way"), _completion(way, "filing", "full")
        ),
        labelled(
            gettext("The outcome can be received this way"), _completion(way, "result", "none")
        ),
    )


def _completion(way: Document, direction: str, default: str) -> str:
    code = way.get(direction, default)
    return str(Completion(code).label) if code in Completion.values else code


def _places(telling: Telling) -> Iterator[Part]:
    """Row 15: where one goes, with address, hours and booking; without places of its own, the unit's."""
    places = list(telling.card.get("places", ()))
    unit = telling.unit
    if not places and unit and unit["address"]:
        own = {"name": unit["name"], "address": unit["address"], "hours": unit["opening_hours"]}
        places = [own | {"note": "", "booking_url": ""}]
    for number, place in enumerate(places, 1):
        hours = hours_node(telling, f"place-{number}-hours", place["hours"])
        location, address = _location(telling, number, place)
        node = {
            "@id": telling.part("place", number),
            "@type": "Channel",
            "Channel.identifier": telling.identifier("place", number),
            "Channel.description": telling.text(lines(place["name"], place["note"])),
            "Channel.openingHours": [hours["@id"]] if hours else [],
            "Channel.ownedBy": [telling.unit_iri],
            "dct:spatial": {"@id": location["@id"]},
            **pointing("foaf:page", place["booking_url"]),
        }
        yield "PublicService.hasChannel", without_blanks(node)
        yield from (("", other) for other in (hours, location, address) if other)
        if booking := iris.of_address(place["booking_url"]):
            title = telling.text(gettext("Book a visit"))
            yield "", {"@id": booking, "@type": "Document", "dct:title": title}


def _location(telling: Telling, number: int, place: Document) -> tuple[Node, Node]:
    address: Node = {
        "@id": telling.part("place", f"{number}-address"),
        "@type": "Address",
        "Address.fullAddress": [telling.text(place["address"])],
    }
    location: Node = {
        "@id": telling.part("place", f"{number}-location"),
        "@type": "Location",
        "skos:prefLabel": telling.text(place["name"]),
        "locn:address": {"@id": address["@id"]},
    }
    return location, address


def _contact(telling: Telling) -> Iterator[Part]:
    """Row 16: the team that answers, or else the unit."""
    team, unit = telling.card.get("contact", {}), telling.unit or {}
    source = team if any(team.values()) else unit
    if not any((source.get("phone"), source.get("email"), source.get("cell"))):
        return
    hours = hours_node(telling, "contact-hours", unit.get("opening_hours", ""))
    name = source.get("cell") or unit.get("name", "")
    node = {
        "@id": telling.part("contact"),
        "@type": "ContactPoint",
        "skos:prefLabel": telling.text(name) if name else None,
        "ContactPoint.hasTelephone": [source["phone"]] if source.get("phone") else [],
        "ContactPoint.hasEmail": [source["email"]] if source.get("email") else [],
        "ContactPoint.openingHours": [hours["@id"]] if hours else [],
    }
    yield "PublicService.contactPoint", without_blanks(node)
    if hours:
        yield "", hours


def _period(telling: Telling) -> Iterator[Part]:
    """Row 23."""
    if period := period_node(telling, "period", telling.card):
        yield "dct:temporal", period
