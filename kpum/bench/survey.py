"""Validity before speed: everything is read once, in every way, and compared; then it may be timed."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from kpum.bench import contents
from kpum.bench.asking import Asker, Invalid, Request
from kpum.bench.contents import Held

CHANNEL = "/api/v1/channels/public"
CHANGES = f"{CHANNEL}/changes"
DOCUMENTS = f"{CHANNEL}/documents"
STOCK_LIST = "/bench/v3/pages/"
STOCK_V2 = "/bench/v2/pages/"
#: What stock's pages hold, and ours: as many as a stored page of the feed, less one, so that rows are read.
_STOCK_LIMIT, ROWS = 100, 99
_LARGEST = 500
_LINES = {"Accept": "application/x-ndjson"}
_PACKED = {"Accept-Encoding": "gzip"}


@dataclass
class Survey:
    """Requests that were checked, with the length and the number of documents of each answer."""

    v3_list: list[Request] = field(default_factory=list)
    v3_details: list[Request] = field(default_factory=list)
    #: How many details the whole job has; fewer are in the list when a sample was read.
    v3_whole: int = 0
    v2: list[Request] = field(default_factory=list)
    #: The feed as JSON made from rows, in pages of 99 and of 500; as lines; as stored pages.
    rows: list[Request] = field(default_factory=list)
    large: list[Request] = field(default_factory=list)
    lines: list[Request] = field(default_factory=list)
    stored: list[Request] = field(default_factory=list)
    #: One document each, in the order of ``v3_details``, with its hash.
    documents: list[tuple[Request, str]] = field(default_factory=list)
    #: Pages of the list of live documents, in order.
    listed: list[Request] = field(default_factory=list)


def survey(asker: Asker, *, pages: int, units: int, words: contents.Words, details: int) -> Survey:
    """Read every API to its end and compare what they say.

    Args:
        asker: the client.
        pages: how many pages are public, as the builder counted them.
        units: how many units have documents.
        words: slugs of the words that stock names by id.
        details: of how many pages stock v3's details are read at the most, spread over all.

    Raises:
        Invalid: a status, a count, an id or a content is not what it must be.
    """
    found = Survey()
    ours, hashes = _read_feed(asker, found, pages, units)
    _read_elsewhere(asker, found, hashes)
    v2, keys = _read_v2(asker, found, words)
    contents.require_same(ours, v2, "stock v2")
    v3 = _read_v3(asker, found, pages, words, details)
    contents.require_same(ours, v3, "stock v3", whole=len(v3) == pages)
    found.documents = [
        _document_request(asker, keys[_id_in(request)], hashes) for request in found.v3_details
    ]
    return found


def _checked(
    answer: httpx.Response, documents: int, headers: dict[str, str] | None = None
) -> Request:
    """Return the request of an answer that was read, with its length on the wire."""
    parts = urlsplit(str(answer.url))
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    size = answer.num_bytes_downloaded
    if not size:
        raise Invalid(f"{path} answered nothing.")
    return Request(path, headers or {}, documents=documents, size=size)


def _read_feed(asker: Asker, found: Survey, pages: int, units: int) -> tuple[Held, dict[str, str]]:
    """Read the feed from rows; return what its pages say, and the hash of every document."""
    held: Held = {}
    hashes: dict[str, str] = {}
    for answer, changes in _pages_of_feed(asker, f"limit={ROWS}", {}):
        found.rows.append(_checked(answer, len(changes)))
        for change in changes:
            hashes[change["id"]] = change["etag"]
            if change["type"] != "unit":
                contents.hold(held, contents.of_document(change["document"]))
    if (len(held), len(hashes)) != (pages, pages + units):
        raise Invalid(
            f"The feed holds {len(held)} pages and {len(hashes) - len(held)} units,"
            f" where {pages} and {units} were built."
        )
    return held, hashes


def _pages_of_feed(
    asker: Asker, query: str, headers: dict[str, str]
) -> Iterator[tuple[httpx.Response, list[dict[str, Any]]]]:
    after, more = 0, True
    while more:
        answer = asker.fetch(f"{CHANGES}?after={after}{'&' if query else ''}{query}", headers)
        page = answer.json()
        yield answer, page["changes"]
        after, more = page["next"], page["more"]


def _read_elsewhere(asker: Asker, found: Survey, hashes: Mapping[str, str]) -> None:
    """Read the feed in its other forms, and the list; each must name the same documents."""
    for requests, query, headers, form in (
        (found.large, f"limit={_LARGEST}", {}, "pages of 500"),
        (found.stored, "", _PACKED, "stored pages"),
    ):
        told: dict[str, str] = {}
        for answer, changes in _pages_of_feed(asker, query, headers):
            requests.append(_checked(answer, len(changes), headers))
            told |= {change["id"]: change["etag"] for change in changes}
        _require_hashes(told, hashes, form)
    answer = asker.fetch(CHANGES, _LINES)
    lines = [json.loads(line) for line in answer.text.splitlines()][:-1]
    found.lines.append(_checked(answer, len(lines), _LINES))
    _require_hashes({line["id"]: line["etag"] for line in lines}, hashes, "lines")
    _read_list(asker, found, hashes)


def _read_list(asker: Asker, found: Survey, hashes: Mapping[str, str]) -> None:
    told: set[str] = set()
    cursor: str | None = ""
    while cursor is not None:
        answer = asker.fetch(f"{DOCUMENTS}?limit={_STOCK_LIMIT}&cursor={cursor}")
        page = answer.json()
        found.listed.append(_checked(answer, len(page["documents"])))
        told |= {document["id"] for document in page["documents"]}
        cursor = page["next"]
    if told != hashes.keys():
        raise Invalid(f"The list names {len(told)} documents, the feed {len(hashes)}.")


def _require_hashes(told: Mapping[str, str], hashes: Mapping[str, str], form: str) -> None:
    if told != hashes:
        raise Invalid(f"The feed as {form} does not hold the documents that it holds as rows.")


def _read_v2(asker: Asker, found: Survey, words: contents.Words) -> tuple[Held, dict[str, str]]:
    """Read stock v2 type by type; return what it says, and our id of each of its own."""
    held: Held = {}
    keys: dict[str, str] = {}
    for kind in _types(asker):
        offset, total = 0, 1
        while offset < total:
            address = f"{STOCK_V2}?type={kind}&fields=*&limit={_STOCK_LIMIT}&offset={offset}"
            answer = asker.fetch(address)
            page = answer.json()
            total = page["meta"]["total_count"]
            found.v2.append(_checked(answer, len(page["items"])))
            for item in page["items"]:
                keys[str(item["id"])] = item["translation_key"]
                contents.hold(held, contents.of_stock(item, words))
            offset += _STOCK_LIMIT
    return held, keys


def _types(asker: Asker) -> list[str]:
    """Return the types of public pages, as v3's list names them."""
    kinds: set[str] = set()
    offset, total = 0, 1
    while offset < total:
        page = asker.fetch(f"{STOCK_LIST}?limit={_STOCK_LIMIT}&offset={offset}").json()
        total, offset = page["count"], offset + _STOCK_LIMIT
        kinds |= {item["meta"]["type"] for item in page["items"]}
    return sorted(kinds)


def _read_v3(asker: Asker, found: Survey, pages: int, words: contents.Words, details: int) -> Held:
    ids: list[int] = []
    for offset in range(0, pages, _STOCK_LIMIT):
        answer = asker.fetch(f"{STOCK_LIST}?limit={_STOCK_LIMIT}&offset={offset}")
        page = answer.json()
        if page["count"] != pages:
            raise Invalid(f"Stock v3 counts {page['count']} pages, where {pages} were built.")
        found.v3_list.append(_checked(answer, 0))
        ids += [item["id"] for item in page["items"]]
    if len(set(ids)) != pages:
        raise Invalid(f"Stock v3 lists {len(set(ids))} pages, where {pages} were built.")
    held: Held = {}
    found.v3_whole = len(ids)
    for own in spread(ids, details):
        answer = asker.fetch(f"{STOCK_LIST}{own}/")
        contents.hold(held, contents.of_stock(answer.json(), words))
        found.v3_details.append(_checked(answer, 1))
    return held


def _id_in(request: Request) -> str:
    return request.path.rstrip("/").rpartition("/")[2]


def _document_request(
    asker: Asker, document_id: str, hashes: Mapping[str, str]
) -> tuple[Request, str]:
    """Read one document by itself; its bytes are those whose hash the feed tells."""
    answer = asker.fetch(f"{DOCUMENTS}/{document_id}")
    etag = answer.headers["etag"]
    if etag != f'"{hashes[document_id]}"':
        raise Invalid(f"The document {document_id} has another hash than in the feed.")
    return _checked(answer, 1), etag


def spread(values: Sequence[Any], most: int) -> list[Any]:
    """Return at most so many values, evenly from the whole."""
    if len(values) <= most:
        return list(values)
    return [values[order * len(values) // most] for order in range(most)]
