"""A run of the bench: builds each portal, measures it, compares the smallest with the largest."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from kpum.bench import plan
from kpum.bench.asking import Asker, TimedOut
from kpum.bench.keeper import Keeper
from kpum.bench.places import Place
from kpum.bench.plan import Amounts
from kpum.bench.report import Report
from kpum.bench.rows import measure_row
from kpum.bench.serving import running
from kpum.bench.survey import survey
from kpum.bench.verdict import Judged, judge

_LATER = "publishing, indexes left to the worker"


class Portal:
    """A portal of the bench: its database, what was built there, and the numbers of its feed."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper
        self.pages = keeper.place.pages
        self.facts: dict[str, Any] = {}
        self.numbers: list[int] = []

    def build(self) -> None:
        """Build it anew."""
        self.facts = self.keeper.ask(f"build {self.pages}")

    def store(self) -> None:
        """Store the feed's compressed pages, and read the numbers."""
        self.keeper.ask("store")
        self.numbers = self.keeper.ask("numbers")["numbers"]


def run(places: Sequence[Place], amounts: Amounts, report: Report, *, checked: int) -> list[Judged]:
    """Measure every portal, the smallest first, then the smallest beside the largest.

    Args:
        places: where each is built.
        amounts: how much is measured.
        report: told every row.
        checked: of how many pages stock v3's details are compared with ours at the most.

    Raises:
        KeeperFailed: a portal could not be built; says why.
        ServerFailed: the web server did not come up.
        Invalid: an answer is not what it must be: nothing of it is worth measuring.
    """
    with ExitStack() as stack:
        portals = []
        for place in sorted(places, key=lambda place: place.pages):
            keeper = Keeper(place)
            stack.callback(keeper.end)
            portals.append(Portal(keeper))
            _measure_one(portals[-1], amounts, report, checked)
        if len(portals) > 1:
            _measure_two(portals[0], portals[-1], amounts, report)
    judged = judge(report.rows, [portal.pages for portal in portals])
    report.conclude(judged)
    return judged


def _measure_one(portal: Portal, amounts: Amounts, report: Report, checked: int) -> None:
    report.tell(f"\n{portal.pages} pages: building")
    portal.build()
    report.note(database=portal.facts["database"])
    if not portal.facts["postmaster"] and portal.keeper.place.vendor == "postgresql":
        report.tell("PostgreSQL runs elsewhere: its processor time is not counted.")
    for name, order in (("publishing", "publish"), (_LATER, "publish_later")):
        _publish([portal], name, amounts, report, order)
    portal.store()
    with _asking(portal) as asker:
        report.tell("reading everything once, and comparing it")
        found = survey(
            asker,
            pages=portal.pages,
            units=portal.facts["units"],
            words=portal.facts["words"],
            details=checked,
        )
        if len(found.v3_details) < portal.pages:
            report.tell(f"of stock v3's details, {len(found.v3_details)} were compared: a sample")
        for name, jobs in plan.rows_of(asker, found, portal.numbers, amounts):
            report.add(
                measure_row(
                    name, portal.pages, jobs, rounds=amounts.rounds, seconds=amounts.seconds
                )
            )


def _measure_two(small: Portal, large: Portal, amounts: Amounts, report: Report) -> None:
    report.tell(f"\n{small.pages} pages beside {large.pages}")
    with _asking(small) as one, _asking(large) as other:
        both = (one, small.numbers), (other, large.numbers)
        for name, jobs in plan.deltas_of(*both, amounts):
            report.add(
                measure_row(name, large.pages, jobs, rounds=amounts.rounds, seconds=amounts.seconds)
            )
    _publish([small, large], "publishing, two sizes", amounts, report)


@contextmanager
def _asking(portal: Portal) -> Any:
    """Serve the portal, and return who asks it."""
    with running(portal.keeper.place, portal.facts["postmaster"]) as server:
        asker = Asker(server)
        try:
            yield asker
        finally:
            asker.close()


def _publish(
    portals: Sequence[Portal],
    name: str,
    amounts: Amounts,
    report: Report,
    order: str = "publish",
) -> None:
    row: dict[str, Any] = {"row": name, "pages": portals[-1].pages, "timed_out": False}
    try:
        row |= plan.publishing_row(
            [portal.keeper for portal in portals], amounts, _until(amounts.seconds), order
        )
    except TimedOut:
        row |= {"jobs": {}, "ratios": {}, "timed_out": True}
    report.add(row | {"load": os.getloadavg()})


def _until(seconds: float) -> Callable[[], None]:
    deadline = time.monotonic() + seconds

    def beat() -> None:
        if time.monotonic() > deadline:
            raise TimedOut

    return beat
