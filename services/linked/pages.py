"""What a card's own address answers to machines: the same card, by content negotiation (RFC 9110, 12.1).

Read from the documents of the public channel: a draft, a withdrawn text or a restricted page has
none there, so its address answers as it does to people.
"""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from kpum.core.conf import portal_settings
from services.linked.cpsv import VERSION, nodes_of
from services.linked.negotiation import preferred_type
from services.linked.schema_org import government_service
from services.linked.sources import CardDocuments, documents_of
from services.linked.values import Territory
from services.linked.writing import JSON_LD, TURTLE, written

_HTML = "text/html"
#: For links, which cannot say what they accept: ``?format=jsonld``.
FORMATS = {"jsonld": JSON_LD, "turtle": TURTLE}
_SAFE = frozenset({"GET", "HEAD"})


def territory() -> Territory:
    """Return where the city's services hold, as the settings say."""
    ours = portal_settings()
    return Territory(ours.OWNER_NAME, ours.TERRITORY_IRI)


def wanted_type(request: HttpRequest) -> str:
    """Return the media type to answer with: HTML unless the client prefers one of ours."""
    explicit = FORMATS.get(request.GET.get("format", ""))
    return explicit or preferred_type(request, (_HTML, JSON_LD, TURTLE))


def answer(request: HttpRequest, card: Any) -> HttpResponse | None:
    """Return the card as the linked data that is asked for; None when people's page is to answer.

    Two queries, whatever the card names.
    """
    media_type = wanted_type(request)
    if media_type == _HTML or request.method not in _SAFE:
        return None
    documents = documents_of(card.translation_key, card.locale.language_code, related=True)
    return _told(request, documents, media_type) if documents else None


def _told(request: HttpRequest, documents: CardDocuments, media_type: str) -> HttpResponse:
    where = territory()
    etag = f'"{etag_of(documents.etag, media_type, where)}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        response: HttpResponse = unchanged
    else:
        text = written(nodes_of(documents, where), media_type)
        response = HttpResponse(text, content_type=f"{media_type}; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    patch_vary_headers(response, ["Accept"])
    return response


def etag_of(told: str, media_type: str, where: Territory) -> str:
    """Return the hash that stands for what is told of documents, given the hash of these."""
    return hashlib.sha256(f"{told} {media_type} {where} {VERSION}".encode()).hexdigest()


def schema_org(card: Any) -> dict[str, Any] | None:
    """Return what search engines are told of the card; None when the public channel has it not.

    One query.
    """
    documents = documents_of(card.translation_key, card.locale.language_code, related=False)
    return government_service(documents, territory()) if documents else None


def announce(response: HttpResponse) -> None:
    """Say on people's page that the same address also answers to machines (RFC 8288)."""
    response["Link"] = ", ".join(
        f'<?format={name}>; rel="alternate"; type="{media_type}"'
        for name, media_type in FORMATS.items()
    )
    patch_vary_headers(response, ["Accept"])
