"""The catalogue as linked data, and what open data there is (I-04, L-7): JSON-LD and Turtle."""

import hashlib
from collections.abc import Iterator
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from kpum.channels import answers, open_data, schemas
from kpum.channels.linked_documents import Catalogue
from kpum.integrations.enums import Verb
from services.linked.context import whole_context
from services.linked.cpsv import each_once, nodes_of
from services.linked.negotiation import preferred_type
from services.linked.pages import etag_of, territory
from services.linked.values import Territory
from services.linked.writing import JSON_LD, TURTLE, as_json, as_triples, written

router = Router()

_LOCALE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,1}$"
Code = Annotated[str, Path(description="The code of a channel, such as `public`.")]
Locale = Annotated[
    str, Query(pattern=_LOCALE, max_length=12, description="Language code, such as `pl`.")
]
_P = schemas.Problem
_READ: dict[int, Any] = {304: None, 401: _P, 403: _P, 404: _P, 405: _P, 422: _P, 429: _P}


@router.get(
    "/channels/{channel}/catalogue.jsonld",
    response={200: dict[str, Any], **_READ},
    operation_id="catalogue_jsonld",
    url_name="catalogue-jsonld",
    summary="Every service card of a channel as CPSV-AP, in JSON-LD",
)
def catalogue_jsonld(request: HttpRequest, channel: Code, locale: Locale = "pl") -> HttpResponse:
    """Return the live cards of one language, with their units; its context stands in the document."""
    return _catalogue(request, channel, locale, JSON_LD)


@router.get(
    "/channels/{channel}/catalogue.ttl",
    response={200: str, **_READ},
    operation_id="catalogue_turtle",
    url_name="catalogue-turtle",
    summary="Every service card of a channel as CPSV-AP, in Turtle",
)
def catalogue_turtle(request: HttpRequest, channel: Code, locale: Locale = "pl") -> HttpResponse:
    """Return the same triples as the JSON-LD, one a line."""
    return _catalogue(request, channel, locale, TURTLE)


def _catalogue(request: HttpRequest, channel: str, locale: str, media_type: str) -> HttpResponse:
    """Return the catalogue, or 304 after one query."""
    reading = answers.read_channel(request, channel, Verb.DOCUMENTS)
    catalogue, where = Catalogue(channel, locale), territory()
    etag = etag_of(catalogue.etag, media_type, where)
    if answers.is_known(request, etag):
        return answers.conditional(request, reading, etag, bytes)
    parts = _turtle(catalogue, where) if media_type == TURTLE else _json_ld(catalogue, where)
    return answers.streamed(request, reading, etag, parts, content_type=media_type)


def _json_ld(catalogue: Catalogue, where: Territory) -> Iterator[bytes]:
    yield f'{{"@context":{as_json(whole_context())},"@graph":['.encode()
    told: set[str] = set()
    for batch in catalogue.cards():
        nodes = [as_json(node) for card in batch for node in nodes_of(card, where)]
        fresh = [node for node in dict.fromkeys(nodes) if node not in told]
        if fresh:
            yield ("," if told else "").encode() + ",".join(fresh).encode()
            told.update(fresh)
    yield b"]}"


def _turtle(catalogue: Catalogue, where: Territory) -> Iterator[bytes]:
    for batch in catalogue.cards():
        nodes = each_once(node for card in batch for node in nodes_of(card, where))
        yield as_triples(nodes).encode()


@router.get(
    "/dcat",
    response={200: dict[str, Any], 304: None, 405: _P},
    operation_id="dcat",
    url_name="dcat",
    summary="The open data of the portal, as DCAT-AP",
)
def dcat(request: HttpRequest) -> HttpResponse:
    """Return the catalogue of the open data; Turtle where `Accept` prefers it, JSON-LD else."""
    media_type = preferred_type(request, (JSON_LD, TURTLE))
    text = written(open_data.nodes(request.build_absolute_uri), media_type).encode()
    etag = hashlib.sha256(text).hexdigest()
    return answers.conditional(
        request, None, etag, lambda: text, content_type=f"{media_type}; charset=utf-8"
    )
