"""The channels API, version 1 (I-09, K-28): read-only, versioned by path, OpenAPI at openapi.json."""

import hashlib
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date, parse_etags, quote_etag
from ninja import NinjaAPI, Query

from kpum.channels import problems, queries, receipts_api, schemas
from kpum.channels.models import PublishedDocument
from kpum.integrations.admission import admit
from kpum.integrations.enums import Verb
from kpum.pages.channel_rules import channel_codes

api = NinjaAPI(
    title="KPUM channels",
    version="1.0.0",
    description="Published content of the Krakowski Portal Usług Miejskich, channel by channel.",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="kpum-api-v1",
)
problems.register(api)
api.add_router("", receipts_api.router)

_PROBLEMS = {401: schemas.Problem, 404: schemas.Problem, 422: schemas.Problem}
# 2**63 - 1: no cursor is larger, and no database is asked for one that is.
_MAX_CURSOR = 9_223_372_036_854_775_807


def _channel(request: HttpRequest, code: str, verb: Verb) -> str:
    """Return a channel's code, for a request that is admitted to it.

    Raises:
        ApiProblem: no such channel.
        Refused: the request is not admitted.
    """
    if code not in channel_codes():
        raise problems.unknown_channel(code)
    admit(request, channel=code, verb=verb)
    return code


def _conditional(request: HttpRequest, body: str, etag: str) -> HttpResponse:
    """Return the body, or 304 when the client has it already."""
    quoted = quote_etag(etag)
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if quoted in known or "*" in known:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = quoted
    response["Cache-Control"] = "public, no-cache"
    return response


@api.get(
    "/channels/{channel}/changes",
    response={200: schemas.ChangesPage, 409: schemas.Problem, **_PROBLEMS},
    operation_id="changes",
    summary="What changed in a channel after a cursor",
)
def changes(
    request: HttpRequest,
    channel: str,
    after: Annotated[
        int,
        Query(ge=0, le=_MAX_CURSOR, description="The `next` of the last page; 0 for everything."),
    ] = 0,
    limit: Annotated[
        int, Query(ge=1, le=500, description="Changes a page holds at the most.")
    ] = 100,
) -> HttpResponse:
    """Apply the changes in order, store `next` as the new cursor, and ask again while `more` is true."""
    chosen = _channel(request, channel, Verb.FEED)
    page = queries.changes_after(chosen, after, limit)
    if not page.rows and after > (last := queries.last_sequence()):
        raise problems.cursor_ahead(after, last)
    body = (
        f'{{"channel":"{chosen}","next":{page.cursor},"more":{"true" if page.more else "false"},'
        f'"changes":[{",".join(map(_entry, page.rows))}]}}'
    )
    return _conditional(request, body, hashlib.sha256(body.encode()).hexdigest())


@api.get(
    "/channels/{channel}/documents/{document_id}",
    response={200: schemas.Document, 410: schemas.Problem, **_PROBLEMS},
    operation_id="document",
    summary="One document",
)
def document(
    request: HttpRequest,
    channel: str,
    document_id: UUID,
    locale: Annotated[str, Query(max_length=12, description="Language code.")] = "pl",
) -> HttpResponse:
    """Return the document as it is now; 410 says why it left the channel."""
    row = queries.document(_channel(request, channel, Verb.DOCUMENTS), document_id, locale)
    if row is None:
        raise problems.document_unknown()
    if row.is_gone:
        raise problems.document_gone(row.gone_reason, _successor(row))
    response = _conditional(request, row.body, row.etag)
    response["Last-Modified"] = http_date(row.changed_at.timestamp())
    return response


def _successor(row: PublishedDocument) -> schemas.Successor | None:
    if row.successor_id is None:
        return None
    return schemas.Successor(
        id=row.successor_id, locale=row.successor_locale, url=row.successor_url
    )


def _entry(row: PublishedDocument) -> str:
    """Return a change as JSON; the stored document is put in as it is, not parsed again."""
    head = f'"sequence":{row.sequence},"id":"{row.document_id}","locale":"{row.locale}","type":"{row.kind}"'
    if row.is_gone:
        successor = _successor(row)
        told = successor.model_dump_json() if successor else "null"
        return f'{{"status":"gone",{head},"reason":"{row.gone_reason}","successor":{told}}}'
    return f'{{"status":"live",{head},"etag":"{row.etag}","document":{row.body}}}'
