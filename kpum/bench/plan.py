"""Which rows are measured of one portal, and of two of different size side by side."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kpum.bench.asking import Asker, Request
from kpum.bench.keeper import Keeper
from kpum.bench.rows import Job, ratios
from kpum.bench.survey import CHANGES, ROWS, Survey, spread

#: How many changes the deltas hold.
DELTAS = (1, 10, 100)
#: Where “deep” is, and where the pages of the frame, which are small, are over.
_DEEP = 0.9
_AFTER_FRAME = 40
_NOT_MODIFIED = 304
_CHEAP = 4
_PACKED = {"Accept-Encoding": "gzip"}

Rows = list[tuple[str, list[Job]]]


@dataclass(frozen=True)
class Amounts:
    """How much is measured."""

    rounds: int
    #: Requests a round of what answers one document; four times as many of what costs less.
    requests: int
    #: Details of stock v3 a round, of a full sync; more are taken as many times this.
    details: int
    #: Publications a round on each side.
    publications: int
    #: Seconds that a row may take.
    seconds: float


def rows_of(asker: Asker, found: Survey, numbers: Sequence[int], amounts: Amounts) -> Rows:
    """Return the rows of one portal that are asked over HTTP, each with its jobs."""
    return [
        ("full sync", _full_sync(asker, found, amounts)),
        ("one document", _one_document(asker, found, amounts)),
        ("304", _not_modified(asker, found, numbers, amounts)),
        ("deep, feed", _deep_feed(asker, numbers, amounts)),
        ("deep, list", _deep_list(asker, found, amounts)),
        ("deep, stored pages", _deep_stored(asker, found, amounts)),
    ]


def _full_sync(asker: Asker, found: Survey, amounts: Amounts) -> list[Job]:
    details = spread(found.v3_details, amounts.details)
    scale = found.v3_whole / len(details)
    lists = spread(found.v3_list, max(1, round(len(found.v3_list) / scale)))
    return [
        Job("v3", asker, [*lists, *details], scale),
        Job("pages", asker, found.rows),
        Job("v2", asker, found.v2),
        Job("large pages", asker, found.large),
        Job("lines", asker, found.lines),
        Job("stored", asker, found.stored),
    ]


def _one_document(asker: Asker, found: Survey, amounts: Amounts) -> list[Job]:
    pairs = list(zip(found.v3_details, found.documents, strict=True))
    chosen = _repeated(spread(pairs, amounts.requests), amounts.requests)
    return [
        Job("v3", asker, [stock for stock, _own in chosen]),
        Job("ours", asker, [own for _stock, (own, _etag) in chosen]),
    ]


def _repeated(values: Sequence[Any], number: int) -> list[Any]:
    """Return so many values, beginning anew where there are fewer."""
    return [values[order % len(values)] for order in range(number)]


def _not_modified(
    asker: Asker, found: Survey, numbers: Sequence[int], amounts: Amounts
) -> list[Job]:
    number = _CHEAP * amounts.requests
    known = [
        Request(own.path, {"If-None-Match": etag}, _NOT_MODIFIED, 0, 0)
        for own, etag in _repeated(spread(found.documents, amounts.requests), number)
    ]
    empty = Request("/bench/empty", documents=0, size=0)
    return [
        Job("empty", asker, [empty] * number),
        Job("document", asker, known),
        Job("poll", asker, [_known_page(asker, f"after={numbers[-1]}")] * number),
        Job("page of rows", asker, [_known_page(asker, f"after=0&limit={ROWS}")] * number),
        Job("stored page", asker, [_known_page(asker, "after=0", _PACKED)] * number),
    ]


def _known_page(asker: Asker, query: str, headers: dict[str, str] | None = None) -> Request:
    """Return the question whether a page of the feed is still the one that the client has."""
    address, headers = f"{CHANGES}?{query}", headers or {}
    etag = asker.fetch(address, headers).headers["etag"]
    return Request(address, headers | {"If-None-Match": etag}, _NOT_MODIFIED, 0, 0)


def _deep_feed(asker: Asker, numbers: Sequence[int], amounts: Amounts) -> list[Job]:
    first = numbers[min(_AFTER_FRAME, len(numbers) // 4)]
    deep = numbers[int(len(numbers) * _DEEP)] if len(numbers) > 20 * ROWS else first + 1
    return [
        Job(name, asker, [_page(asker, after)] * amounts.requests)
        for name, after in (("first", first), ("deep", deep))
    ]


def _page(asker: Asker, after: int) -> Request:
    address = f"{CHANGES}?after={after}&limit={ROWS}"
    page = asker.fetch(address)
    return Request(address, documents=len(page.json()["changes"]), size=page.num_bytes_downloaded)


def _deep_list(asker: Asker, found: Survey, amounts: Amounts) -> list[Job]:
    return _two_places(asker, found.listed, amounts)


def _deep_stored(asker: Asker, found: Survey, amounts: Amounts) -> list[Job]:
    return _two_places(asker, found.stored, amounts)


def _two_places(asker: Asker, pages: Sequence[Request], amounts: Amounts) -> list[Job]:
    """Return jobs for the second page, after the small ones of the frame, and for a deep one."""
    first, deep = pages[min(1, len(pages) - 1)], pages[int(len(pages) * _DEEP)]
    return [
        Job("first", asker, [first] * amounts.requests),
        Job("deep", asker, [deep] * amounts.requests),
    ]


def deltas_of(
    small: tuple[Asker, Sequence[int]], large: tuple[Asker, Sequence[int]], amounts: Amounts
) -> Rows:
    """Return rows that ask two portals of different size for the same number of changes."""
    rows: Rows = []
    for changes in DELTAS:
        jobs = [
            Job(name, asker, [_delta(asker, numbers, changes)] * amounts.requests)
            for name, (asker, numbers) in (("large", large), ("small", small))
        ]
        rows.append((f"delta of {changes}", jobs))
    return rows


def _delta(asker: Asker, numbers: Sequence[int], changes: int) -> Request:
    address = f"{CHANGES}?after={numbers[-1 - min(changes, len(numbers) - 1)]}"
    page = asker.fetch(address)
    return Request(address, documents=len(page.json()["changes"]), size=page.num_bytes_downloaded)


def publishing_row(
    keepers: Sequence[Keeper], amounts: Amounts, beat: Callable[[], object], order: str = "publish"
) -> dict[str, Any]:
    """Publish in one portal, or in two by turns; return the row as the report keeps it.

    Args:
        keepers: where; the smaller portal first.
        amounts: rounds, and publications a round.
        beat: called before each round, to stop what takes too long.
        order: ``publish``, or ``publish_later`` to leave the indexes to the worker.
    """
    costs: dict[str, list[dict[str, Any]]] = {}
    # The first publications of a process load what every later one has.
    for keeper in keepers:
        keeper.ask(f"{order} 2")
    for _round in range(amounts.rounds):
        for size, keeper in zip(_sizes(keepers), keepers, strict=True):
            beat()
            for side, cost in keeper.ask(f"{order} {amounts.publications}").items():
                costs.setdefault(f"{side}{size}", []).append(cost)
    return {
        "jobs": {name: _published(kept) for name, kept in costs.items()},
        "ratios": ratios({name: [c["seconds"] for c in kept] for name, kept in costs.items()}),
        "ratios_of_publishing_alone": ratios(
            {name: [c["publishing"] for c in kept] for name, kept in costs.items()}
        ),
    }


def _sizes(keepers: Sequence[Keeper]) -> list[str]:
    return [" small", " large"] if len(keepers) > 1 else [""]


def _published(costs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    def median_ms(name: str) -> float:
        return 1000 * statistics.median(cost[name] / cost["publications"] for cost in costs)

    return {
        "requests": costs[0]["publications"],
        "cpu_ms_a_request": median_ms("seconds"),
        "cpu_ms_of_publishing_alone": median_ms("publishing"),
        "queries_a_request": statistics.mean(c["queries"] / c["publications"] for c in costs),
        "rounds_cpu_s": [cost["seconds"] for cost in costs],
    }
