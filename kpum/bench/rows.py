"""One row of the bench: several ways to do a job, by turns, in rounds; and what each cost."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kpum.bench.asking import Asker, Cost, Request, TimedOut
from kpum.bench.survey import spread

#: Queries of a request are counted on so many of a job's requests.
_COUNTED = 4


@dataclass(frozen=True)
class Job:
    """One way to do it: whom to ask what, and how much larger the whole is than what is asked."""

    name: str
    asker: Asker
    requests: Sequence[Request]
    scale: float = 1.0


def measure_row(
    name: str, pages: int, jobs: Sequence[Job], *, rounds: int, seconds: float
) -> dict[str, Any]:
    """Measure jobs by turns (A, B, …, A, B, …); return the row as the report keeps it.

    Args:
        name: the row's.
        pages: in how large a portal.
        jobs: the ways, the one that ratios are of first.
        rounds: how often each.
        seconds: how long the row may take; what is done until then is kept, and said to be cut.

    Raises:
        Invalid: an answer is not the one that was checked.
    """
    deadline = time.monotonic() + seconds
    queries = {job.name: _queries(job) for job in jobs}
    costs: dict[str, list[Cost]] = {job.name: [] for job in jobs}
    timed_out = False
    try:
        for _round in range(rounds):
            for job in jobs:
                costs[job.name].append(job.asker.measure(job.requests, deadline, job.scale))
    except TimedOut:
        timed_out = True
    return {
        "row": name,
        "pages": pages,
        "jobs": {
            job.name: _job(costs[job.name], queries[job.name]) for job in jobs if costs[job.name]
        },
        "ratios": ratios({name: [cost.whole for cost in kept] for name, kept in costs.items()}),
        "timed_out": timed_out,
        "load": os.getloadavg(),
    }


def _queries(job: Job) -> float:
    counted = [job.asker.queries_of(request) for request in spread(job.requests, _COUNTED)]
    return statistics.mean(counted)


def _job(costs: Sequence[Cost], queries: float) -> dict[str, Any]:
    """Return a job's figures: medians of its rounds, in milliseconds, and every round's seconds."""
    first = costs[0]
    cpu = statistics.median(cost.cpu for cost in costs)
    wall = statistics.median(cost.wall for cost in costs)
    return {
        "requests": first.requests,
        "documents": first.documents,
        "bytes": first.bytes,
        "cpu_ms_a_request": 1000 * cpu / first.requests,
        "cpu_ms_a_document": 1000 * cpu / first.documents if first.documents else None,
        "queries_a_request": queries,
        "requests_a_second": first.requests / wall,
        "documents_a_second": first.documents / wall if first.documents else None,
        "whole_cpu_s": cpu * first.scale,
        "sampled": first.scale != 1,
        "rounds_cpu_s": [cost.whole for cost in costs],
    }


def ratios(seconds: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Return, for each two jobs, the median, least and greatest ratio within a round."""
    found = {}
    for above, tops in seconds.items():
        for below, bottoms in seconds.items():
            pairs = [top / bottom for top, bottom in zip(tops, bottoms, strict=False) if bottom > 0]
            if above != below and pairs:
                found[f"{above}/{below}"] = {
                    "median": statistics.median(pairs),
                    "min": min(pairs),
                    "max": max(pairs),
                }
    return found
