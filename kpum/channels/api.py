"""The channels API, version 1 (I-09, K-28): read-only, versioned by path, OpenAPI at openapi.json."""

import hashlib
import json
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from ninja import NinjaAPI, Path, Query

from kpum.channels import (
    answers,
    dictionaries,
    documents,
    feed,
    finding,
    kinds,
    linked_api,
    lists,
    manifests,
    openapi,
    problems,
    queries,
    receipts_api,
    schemas,
    signing,
)
from kpum.channels.answers import Reading
from kpum.channels.models import Mention
from kpum.channels.queries import Filters, Row
from kpum.integrations.enums import Verb
from kpum.media import queries as media

# 2**63 - 1: no cursor is larger, and no database is asked for one that is.
_MAX_CURSOR = 9_223_372_036_854_775_807
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,49}$"
_KINDS = r"^[a-z_]{1,40}(,[a-z_]{1,40}){0,19}$"
_LOCALE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,1}$"

Code = Annotated[str, Path(description="The code of a channel, such as `public`.")]
Locale = Annotated[
    str, Query(pattern=_LOCALE, max_length=12, description="Language code, such as `pl`.")
]
Name = Annotated[str, Query(pattern=_NAME)]


class ChannelsAPI(NinjaAPI):
    """Tells the whole truth in its OpenAPI document: problems, headers, lines and files."""

    def get_openapi_schema(self, **options: Any) -> Any:
        return openapi.complete(super().get_openapi_schema(**options))


api = ChannelsAPI(
    title="KPUM channels",
    version="1.1.0",
    description="Published content of the Krakowski Portal Usług Miejskich, channel by channel.",
    docs_url=None,
    openapi_url=None,  # ours has a hash and a place in caches
    urls_namespace="kpum-api-v1",
)
problems.register(api)
api.add_router("", receipts_api.router)
api.add_router("", linked_api.router)

_P = schemas.Problem
_READ: dict[int, Any] = {304: None, 401: _P, 403: _P, 404: _P, 405: _P, 422: _P, 429: _P}
_OPEN: dict[int, Any] = {304: None, 405: _P}


def _channel(request: HttpRequest, code: str, verb: Verb) -> Reading:
    return answers.read_channel(request, code, verb)


def _whole(request: HttpRequest, reading: Reading | None, text: str) -> HttpResponse:
    """Return a text that stands as it is, or 304."""
    content = text.encode()
    etag = hashlib.sha256(content).hexdigest()
    return answers.conditional(request, reading, etag, lambda: content)


def _json(request: HttpRequest, reading: Reading | None, value: Any) -> HttpResponse:
    return _whole(request, reading, json.dumps(value, ensure_ascii=False, separators=(",", ":")))


@api.get("/openapi.json", include_in_schema=False, url_name="openapi-json")
def openapi_document(request: HttpRequest) -> HttpResponse:
    """Return the API's description of itself."""
    return _whole(request, None, json.dumps(api.get_openapi_schema(), default=str))


@api.get(
    "/channels/{channel}/changes",
    response={200: schemas.ChangesPage, 409: _P, **_READ},
    operation_id="changes",
    summary="What changed in a channel after a cursor",
)
def changes(  # noqa: PLR0913 - the parameters of the address
    request: HttpRequest,
    channel: Code,
    *,
    after: Annotated[
        int,
        Query(ge=0, le=_MAX_CURSOR, description="The `next` of the last page; 0 for everything."),
    ] = 0,
    limit: Annotated[
        int | None,
        Query(
            ge=1,
            le=500,
            description="Changes a page holds at the most; 100 unless told. Lines have no limit unless told.",
        ),
    ] = None,
    types: Annotated[
        str | None,
        Query(pattern=_KINDS, max_length=400, description="Only these types, with commas between."),
    ] = None,
    locale: Locale | None = None,
    ids: Annotated[int, Query(ge=0, le=1, description="1: name the documents only.")] = 0,
) -> HttpResponse:
    """Apply the changes in order, store `next` as the new cursor, and ask again while `more` is true.

    With `Accept: application/x-ndjson` the answer is a stream of changes, one a line; the last line
    holds `next` and `more` alone. A stream without that line was cut off.
    """
    reading = _channel(request, channel, Verb.FEED)
    filters = Filters(kinds=tuple(types.split(",")) if types else (), locale=locale or "")
    asked = feed.Asked(after, limit, filters, ids_only=bool(ids))
    ask = feed.stream if feed.wants_lines(request) else feed.answer
    return ask(request, reading, asked)


@api.get(
    "/channels/{channel}/documents/{document_id}",
    response={200: schemas.Document, 410: _P, **_READ},
    operation_id="document",
    summary="One document",
)
def document(
    request: HttpRequest, channel: Code, document_id: UUID, locale: Locale = "pl"
) -> HttpResponse:
    """Return the document as it is now; 410 says why it left the channel."""
    return one_document(request, channel, document_id, locale)


def one_document(
    request: HttpRequest, channel: str, document_id: UUID, locale: str
) -> HttpResponse:
    """Return the document, or 304 without reading it.

    Raises:
        ApiProblem: the channel never held it, or it left.
    """
    reading = _channel(request, channel, Verb.DOCUMENTS)
    asks_again = "HTTP_IF_NONE_MATCH" in request.META or "HTTP_IF_MODIFIED_SINCE" in request.META
    found = queries.live_document(channel, document_id, locale, body=not asks_again)
    if found is not None and asks_again and not answers.is_known(request, *found[:2]):
        found = queries.live_document(channel, document_id, locale)
    if found is None:
        raise _absence(channel, document_id, locale)
    etag, changed, body = found
    return answers.conditional(request, reading, etag, lambda: body, changed=changed)


def _absence(channel: str, document_id: UUID, locale: str) -> problems.ApiProblem:
    """Return why there is no such live document."""
    row = queries.document(channel, document_id, locale)
    if row is None or not row.is_gone:
        return problems.document_unknown()
    return problems.document_gone(row.gone_reason, feed.successor_of(row))


def _require_live(row: Row) -> None:
    if row.is_gone:
        raise problems.document_gone(row.gone_reason, feed.successor_of(row))


@api.get(
    "/channels/{channel}/documents",
    response={200: schemas.DocumentsPage, 409: _P, **_READ},
    operation_id="documents",
    summary="Live documents, page by page",
)
def live_documents(  # noqa: PLR0913 - the parameters of the address
    request: HttpRequest,
    channel: Code,
    *,
    type: Annotated[str | None, Query(pattern=_KINDS, max_length=400)] = None,  # noqa: A002
    locale: Locale | None = None,
    unit: Name | None = None,
    category: Name | None = None,
    life_event: Name | None = None,
    business_event: Name | None = None,
    code: Name | None = None,
    cursor: Annotated[
        str,
        Query(max_length=40, pattern=r"^[A-Za-z0-9_\-]*$", description="From `next` or `Link`."),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HttpResponse:
    """Follow `next` (or `Link: rel=next`) to the end. What changes meanwhile may come twice; nothing is missed."""
    reading = _channel(request, channel, Verb.DOCUMENTS)
    named = (
        (Mention.Kind.CATEGORY, category),
        (Mention.Kind.LIFE_EVENT, life_event),
        (Mention.Kind.BUSINESS_EVENT, business_event),
    )
    filters = Filters(
        kinds=tuple(type.split(",")) if type else (),
        locale=locale or "",
        unit=unit or "",
        code=code or "",
        mentions=tuple((kind.value, value) for kind, value in named if value),
    )
    rows = queries.live_documents(
        channel, lists.position_of(channel, filters, cursor), limit, filters
    )
    following = (
        lists.cursor_for(channel, filters, rows[limit - 1][0]) if len(rows) > limit else None
    )
    response = _page_of_documents(request, reading, rows[:limit], following)
    if following is not None:
        query = {name: request.GET[name] for name in sorted(request.GET) if name != "cursor"}
        address = f"{request.path}?{urlencode(query | {'cursor': following})}"
        response["Link"] = f'<{request.build_absolute_uri(address)}>; rel="next"'
    return response


def _page_of_documents(
    request: HttpRequest, reading: Reading, rows: list[tuple[int, str, str]], following: str | None
) -> HttpResponse:
    marks = " ".join(f"{sequence}:{etag}" for sequence, etag, _body in rows)
    etag = hashlib.sha256(f"{reading.channel} {following} {marks}".encode()).hexdigest()
    return answers.conditional(
        request,
        reading,
        etag,
        lambda: (
            f'{{"channel":"{reading.channel}","next":{json.dumps(following)},'
            f'"documents":[{",".join(body for _sequence, _etag, body in rows)}]}}'
        ),
    )


@api.get(
    "/channels/{channel}/find",
    response={200: schemas.Found, 410: _P, **_READ},
    operation_id="find",
    summary="The document at a path of the portal",
)
def find(
    request: HttpRequest,
    channel: Code,
    path: Annotated[
        str,
        Query(
            min_length=1,
            max_length=600,
            pattern=r"^(https?://[A-Za-z0-9._:\-]{1,253})?/[!-~\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]*$",
            description="A path such as `/uslugi/sa/`, or a whole address.",
        ),
    ],
) -> HttpResponse:
    """Follow the redirects that moving and renaming left; 410 says why a document is gone and where to go instead."""
    reading = _channel(request, channel, Verb.DOCUMENTS)
    found = finding.find(channel, path)
    if found is None:
        raise problems.address_unknown(path)
    _require_live(found.row)
    told = f'"redirected_from":{json.dumps(found.redirected_from)},"etag":"{found.row.etag}"'
    return _whole(request, reading, f'{{{told},"document":{found.row.body}}}')


@api.get(
    "/channels/{channel}/units",
    response={200: schemas.UnitList, **_READ},
    operation_id="units",
    summary="Units with documents in the channel",
)
def units(request: HttpRequest, channel: Code) -> HttpResponse:
    """Return the units that own live documents of the channel, each with their number."""
    reading = _channel(request, channel, Verb.DOCUMENTS)
    entries = (
        f'{{"documents":{count},"unit":{body}}}' for count, body in queries.units_of(channel)
    )
    return _whole(request, reading, f'{{"channel":"{channel}","units":[{",".join(entries)}]}}')


@api.get(
    "/channels/{channel}/dictionaries",
    response={200: schemas.DictionaryList, **_READ},
    operation_id="dictionaries",
    summary="Dictionaries of the catalogue",
)
def all_dictionaries(request: HttpRequest, channel: Code) -> HttpResponse:
    """Return every dictionary with the version of its words."""
    reading = _channel(request, channel, Verb.DOCUMENTS)
    return _json(request, reading, {"dictionaries": dictionaries.overview()})


@api.get(
    "/channels/{channel}/dictionaries/{code}",
    response={200: schemas.Dictionary, **_READ},
    operation_id="dictionary",
    summary="The words of one dictionary",
)
def one_dictionary(request: HttpRequest, channel: Code, code: str) -> HttpResponse:
    """Return the words in their order; `version` changes when a word does."""
    reading = _channel(request, channel, Verb.DOCUMENTS)
    if code not in dictionaries.codes():
        raise problems.dictionary_unknown(code)
    return _json(request, reading, dictionaries.dictionary(code))


@api.get(
    "/channels/{channel}/media/{media_id}",
    response={200: schemas.MediaReference, **_READ},
    operation_id="media",
    summary="What is known of a picture or a file",
)
def media_facts(request: HttpRequest, channel: Code, media_id: UUID) -> HttpResponse:
    """Return size, hash and address; only for files that a live document of the channel uses."""
    reading, row, owner = _file(request, channel, media_id)
    told = documents.describe_file(row, owner, request.build_absolute_uri("/"))
    return _whole(request, reading, told.model_dump_json())


@api.get(
    "/channels/{channel}/media/{media_id}/content",
    response={200: bytes, **_READ},
    operation_id="media_content",
    summary="The bytes of a picture or a file",
)
def media_content(request: HttpRequest, channel: Code, media_id: UUID) -> HttpResponseBase:
    """Return the bytes; their SHA-256 is the `ETag`."""
    reading, row, owner = _file(request, channel, media_id)
    if answers.is_known(request, row.sha256):
        return answers.conditional(request, reading, row.sha256, bytes)
    try:
        stored = owner.file.storage.open(row.name, "rb")
    except FileNotFoundError:
        raise problems.media_unknown() from None
    response = FileResponse(stored, as_attachment=True, filename=owner.filename)
    response["Content-Type"] = row.content_type
    response["Content-Length"] = row.size
    # An upload runs nothing, and is what it says it is.
    response["Content-Security-Policy"] = "default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    dressed: HttpResponseBase = answers.dress(response, reading, row.sha256)
    return dressed


def _file(request: HttpRequest, channel: str, media_id: UUID) -> tuple[Reading, Any, Any]:
    reading = _channel(request, channel, Verb.MEDIA)
    found = media.stored_file(media_id) if queries.names_file(channel, media_id) else None
    if found is None:
        raise problems.media_unknown()
    return reading, *found


@api.get(
    "/channels/{channel}/manifest",
    response={200: schemas.Manifest, **_READ},
    operation_id="manifest",
    summary="What a true copy of the channel holds, signed",
)
def manifest(request: HttpRequest, channel: Code) -> HttpResponse:
    """Compare with your copy when your cursor is `sequence`; the keys are at `signing-keys`."""
    reading = _channel(request, channel, Verb.MANIFEST)
    return _whole(request, reading, manifests.manifest(channel))


@api.get(
    "/signing-keys",
    response={200: schemas.SigningKeys, **_OPEN},
    operation_id="signing_keys",
    summary="The public keys of the manifests",
)
def signing_keys(request: HttpRequest) -> HttpResponse:
    """Return a JWK Set: the present key first, then former ones."""
    return _json(request, None, {"keys": [key.model_dump() for key in signing.keys().public]})


@api.get(
    "/schemas",
    response={200: schemas.SchemaList, **_OPEN},
    operation_id="schemas",
    summary="The types of documents",
)
def all_schemas(request: HttpRequest) -> HttpResponse:
    """Return where the JSON Schema of each type is."""
    found = [
        {
            "type": kind,
            "version": kinds.VERSION,
            "url": request.build_absolute_uri(reverse("kpum-api-v1:schema", args=[kind])),
        }
        for kind in kinds.codes()
    ]
    return _json(request, None, {"schemas": found})


@api.get(
    "/schemas/{kind}",
    response={200: dict[str, Any], 404: _P, **_OPEN},
    operation_id="schema",
    url_name="schema",
    summary="The JSON Schema of a document type",
)
def schema(request: HttpRequest, kind: str) -> HttpResponse:
    """Return the schema; documents may hold more than it names."""
    if kind not in kinds.codes():
        raise problems.schema_unknown(kind)
    return _whole(request, None, kinds.as_text(kind))
