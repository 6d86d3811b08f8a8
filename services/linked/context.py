"""The JSON-LD context of what we tell: that of CPSV-AP 3.2.0, as far as it is used, and a few terms more.

It stands in every document instead of being named by its address: who reads one needs no network,
and no other server's change alters what ours says. The profile's own file ships with this package.
"""

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

_FILE = "data/cpsv-ap-3.2.0-context.jsonld"
#: What the profile's context does not name: prefixes, and properties of other vocabularies.
NAMESPACES = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_OWN: dict[str, Any] = {"dct:temporal": {"@id": NAMESPACES["dct"] + "temporal", "@type": "@id"}}


@cache
def profile() -> dict[str, Any]:
    """Return the terms of the profile's context."""
    text = (files("services.linked") / _FILE).read_text(encoding="utf-8")
    terms: dict[str, Any] = json.loads(text)["@context"]
    return terms


def context_of(nodes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return the context that these nodes need, and no more."""
    used: set[str] = set()
    for node in nodes:
        kinds = node["@type"] if isinstance(node.get("@type"), list) else [node.get("@type", "")]
        used |= {*node, *kinds}
    return whole_context(used)


def whole_context(used: set[str] | None = None) -> dict[str, Any]:
    """Return the whole context, or what it says of these terms."""
    terms = profile()
    if used is not None:
        terms = {name: term for name, term in terms.items() if name in used}
    return NAMESPACES | _OWN | terms
