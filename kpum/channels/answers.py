"""What every answer of the API does alike: admission, conditional requests, compression, headers."""

import gzip
import re
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from kpum.channels import problems
from kpum.integrations.admission import Admission, admit, note_use
from kpum.integrations.enums import Verb
from kpum.pages.channel_rules import channel_codes

JSON = "application/json"
_VARY = "Accept, Accept-Encoding, Authorization"
_OPEN = "public, max-age=0, must-revalidate"
_OWN = "private, max-age=0, must-revalidate"
_GZIP = re.compile(r"(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?P<q>[0-9.]+)\s*)?(?=,|$)", re.IGNORECASE)
#: A request id of somebody else's that may stand in our logs.
_SANE_ID = re.compile(r"[A-Za-z0-9._:-]{8,64}")
_NOT_MODIFIED = 304
#: Below this, compression costs more than it saves.
_WORTH_COMPRESSING = 1400


@dataclass(frozen=True)
class Reading:
    """A request that was let in to a channel."""

    channel: str
    admission: Admission
    #: How far a follower has come: the place in the feed that he asks from.
    cursor: int | None = None


def read_channel(request: HttpRequest, code: str, verb: Verb) -> Reading:
    """Return the reading of a channel, for a request that is admitted to it.

    Raises:
        ApiProblem: no such channel.
        Refused: the request is not admitted.
    """
    if code not in channel_codes():
        raise problems.unknown_channel(code)
    return Reading(code, admit(request, channel=code, verb=verb))


def is_known(request: HttpRequest, etag: str, changed: datetime | None = None) -> bool:
    """Return whether the client has this very answer already (RFC 9110, 13.1)."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    if header is not None:
        return any(
            tag == "*" or tag.removeprefix("W/").strip('"').removesuffix(".gz") == etag
            for tag in parse_etags(header)
        )
    since = request.META.get("HTTP_IF_MODIFIED_SINCE")
    if since is None or changed is None:
        return False
    moment = parse_http_date_safe(since)
    return moment is not None and int(changed.timestamp()) <= moment


def holds_packed(request: HttpRequest) -> bool:
    """Return whether what the client has already is a compressed answer."""
    return '.gz"' in request.META.get("HTTP_IF_NONE_MATCH", "")


def accepts_gzip(request: HttpRequest) -> bool:
    """Return whether the client takes compressed answers."""
    found = _GZIP.search(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    return found is not None and found["q"] not in {"0", "0.0", "0.00", "0.000"}


def conditional(
    request: HttpRequest,
    reading: Reading | None,
    etag: str,
    body: Callable[[], str | bytes],
    *,
    changed: datetime | None = None,
    content_type: str = JSON,
) -> HttpResponse:
    """Return the body, or 304 when the client has it already; then the body is not even made.

    Args:
        request: what is answered.
        reading: the channel that is read; None for what belongs to none.
        etag: the hash that stands for the body.
        body: makes the body.
        changed: the moment of the last change, where there is one.
        content_type: of the body.
    """
    if is_known(request, etag, changed):
        return dress(HttpResponse(status=304), reading, etag, changed)
    content = body()
    response = HttpResponse(content, content_type=content_type)
    response["Content-Length"] = len(response.content)
    return dress(response, reading, etag, changed)


def compressed(
    request: HttpRequest, reading: Reading, etag: str, body: bytes, *, packed: bytes | None = None
) -> HttpResponse:
    """Return a page of the feed, compressed when that is taken and worth it.

    ``packed`` are the same bytes compressed before: then ``body`` may be empty.
    """
    if packed is None and (len(body) < _WORTH_COMPRESSING or not accepts_gzip(request)):
        return conditional(request, reading, etag, lambda: body)
    if not accepts_gzip(request):
        return conditional(request, reading, etag, lambda: gzip.decompress(packed or b""))
    content = packed or gzip.compress(body, compresslevel=1, mtime=0)
    response = HttpResponse(content, content_type=JSON)
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = len(content)
    # Other bytes of the same thing: another strong validator (RFC 9110, 8.8.3).
    return dress(response, reading, f"{etag}.gz")


def streamed(
    request: HttpRequest,
    reading: Reading,
    etag: str,
    parts: Iterable[bytes],
    *,
    content_type: str,
) -> HttpResponse:
    """Return an answer that is made while it leaves, compressed when that is taken."""
    packs = accepts_gzip(request)
    response = StreamingHttpResponse(
        _packed(parts) if packs else parts, content_type=f"{content_type}; charset=utf-8"
    )
    if packs:
        response["Content-Encoding"] = "gzip"
    dressed: HttpResponse = dress(response, reading, f"{etag}.gz" if packs else etag)
    return dressed


def _packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()


def dress(
    response: Any, reading: Reading | None, etag: str, changed: datetime | None = None
) -> Any:
    """Give an answer its validators, and say who may keep it."""
    response["ETag"] = f'"{etag}"'
    if changed is not None:
        response["Last-Modified"] = http_date(changed.timestamp())
    response["Vary"] = _VARY
    is_open = reading is None or reading.admission.is_anonymous
    response["Cache-Control"] = _OPEN if is_open else _OWN
    if reading is not None:
        for name, value in reading.admission.headers.items():
            response[name] = value
        size = 0 if response.streaming else len(response.content)
        note_use(reading.admission, size=size, cursor=reading.cursor)
    return response


def guarded(request: HttpRequest, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return the answer, or the problem that it raised, with the request's id."""
    try:
        response = answer()
    except problems.EXPECTED as error:
        response = problems.answer_to(error)
    return stamp(request, response)


def stamp(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give the answer the request's id: that of the client where it is a sane one, else a new one."""
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    sane = _SANE_ID.fullmatch(given)
    response["X-Request-ID"] = given if sane else secrets.token_hex(16)
    if request.method == "HEAD":
        _empty(response)
    return response


def _empty(response: Any) -> None:
    """Take the body away; its length stays said."""
    if response.streaming:
        response.close()
        response.streaming_content = iter(())
        return
    length = len(response.content)
    response.content = b""
    if response.status_code != _NOT_MODIFIED:
        response["Content-Length"] = length
