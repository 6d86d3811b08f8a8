"""Linked data as text: JSON-LD as it is told, Turtle by rdflib from the very same JSON-LD."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import Graph
from rdflib.plugins.parsers.jsonld import to_rdf

from services.linked.context import NAMESPACES, context_of

JSON_LD, TURTLE = "application/ld+json", "text/turtle"
Node = dict[str, Any]


def as_json(value: Any) -> str:
    """Return JSON with no blanks, in the order given."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_ld(nodes: Iterable[Node]) -> dict[str, Any]:
    """Return the nodes as a JSON-LD document that needs no other."""
    told = list(nodes)
    return {"@context": context_of(told), "@graph": told}


def as_json_ld(nodes: Iterable[Node]) -> str:
    """Return the nodes as the text of a JSON-LD document."""
    return as_json(json_ld(nodes))


def as_turtle(nodes: Iterable[Node]) -> str:
    """Return the nodes as Turtle, for people to read, too."""
    return _graph_of(nodes).serialize(format="turtle")


def as_triples(nodes: Iterable[Node]) -> str:
    """Return the nodes as N-Triples, each a line: Turtle in its plainest form.

    A tenth of the time that abbreviated Turtle takes, and such texts can be put one after the other:
    for whole catalogues.
    """
    return _graph_of(nodes).serialize(format="nt")


def _graph_of(nodes: Iterable[Node]) -> Graph:
    graph = Graph(bind_namespaces="none")
    for prefix, namespace in NAMESPACES.items():
        graph.bind(prefix, namespace)
    # Not graph.parse: for JSON-LD that still takes a class which rdflib itself calls deprecated.
    to_rdf(json_ld(nodes), graph)
    return graph


def written(nodes: Iterable[Node], media_type: str) -> str:
    """Return the nodes in the form of a media type: JSON-LD or Turtle."""
    return as_turtle(nodes) if media_type == TURTLE else as_json_ld(nodes)


#: What no text inside a script element may hold, as JSON writes it otherwise.
_UNSAFE = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}


def for_a_script(value: Mapping[str, Any]) -> str:
    """Return JSON that may stand in a ``<script>`` data block: nothing in it can end the element."""
    return as_json(value).translate(_UNSAFE)
