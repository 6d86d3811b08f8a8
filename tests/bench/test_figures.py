"""Processor time, ratios and the verdict."""

import json
import os
import subprocess
import sys
import time

import pytest

from kpum.bench import cpu, plan
from kpum.bench.asking import TimedOut
from kpum.bench.report import Report
from kpum.bench.rows import ratios
from kpum.bench.running import _until
from kpum.bench.verdict import OF_ONE, OF_TWO, judge

BUSY = "import subprocess, sys, time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"


def test_the_time_of_a_process_is_counted_with_its_children_living_and_ended():
    before = cpu.seconds_of([os.getpid()])
    own = time.process_time()
    child = subprocess.Popen([sys.executable, "-c", BUSY + "time.sleep(30)"])
    try:
        end = time.monotonic() + 20
        while cpu.seconds_of([child.pid]) < 0.3 and time.monotonic() < end:
            time.sleep(0.02)
        assert child.pid in cpu.tree_of(os.getpid())
        assert cpu.parent_of(child.pid) == os.getpid()
        assert "python" in cpu.name_of(child.pid)
        assert cpu.seconds_of([os.getpid()]) - before >= 0.3
    finally:
        child.kill()
        child.wait()

    used = cpu.seconds_of([os.getpid()]) - before
    # What ended is in its parent's ticks, each a hundredth of a second.
    assert used >= 0.28 + time.process_time() - own - 0.05
    assert cpu.seconds_of([child.pid]) == 0
    assert (cpu.parent_of(child.pid), cpu.name_of(child.pid)) == (0, "")


def test_ratios_are_of_the_same_round_and_told_with_their_spread():
    found = ratios({"stock": [10.0, 30.0, 20.0], "ours": [1.0, 1.0, 4.0], "none": []})

    assert found["stock/ours"] == {"median": 10.0, "min": 5.0, "max": 30.0}
    assert set(found) == {"stock/ours", "ours/stock"}


def rows_with(figure, sizes):
    return [
        {"row": target.row, "pages": size, "ratios": {}, "timed_out": False}
        | {"ratios": {one.ratio: spread(figure(one)) for one in targets if one.row == target.row}}
        for targets, size in ((OF_ONE, 10_000), (OF_TWO, max(sizes)))
        for target in targets
    ]


def spread(figure):
    return {"median": figure, "min": figure - 0.1, "max": figure + 0.1}


def just(target):
    return target.least if target.least is not None else target.most or 1.0


def missed(target):
    return target.least - 0.1 if target.least is not None else (target.most or 1.0) + 0.1


def test_a_target_is_reached_at_its_bound_and_missed_beyond_it():
    sizes = [1000, 10_000, 50_000]

    judged = judge(rows_with(just, sizes), sizes)
    assert all(one.is_reached for one in judged)
    assert [one.pages for one in judged] == [10_000] * len(OF_ONE) + [50_000] * len(OF_TWO)

    judged = judge(rows_with(missed, sizes), sizes)
    told = [one for one in judged if one.is_reached]
    assert {one.target.bound for one in told} == {"no target"}
    assert str(judged[0]) == (
        "missed: full sync, pages of the feed: stock v3 costs so many times more:"
        " 59.90 (59.80–60.00), at least 60"
    )


def test_a_row_that_was_cut_or_never_came_is_missed():
    rows = rows_with(just, [10_000])
    for row in rows:
        row["timed_out"] = True

    assert not any(one.is_reached for one in judge(rows, [10_000]))
    assert not any(one.is_reached for one in judge([], [10_000]))
    assert str(judge([], [10_000])[0]).endswith("not measured")


class Somebody:
    """A keeper whose publications cost what they are told to."""

    def __init__(self, pages, seconds):
        self.seconds, self.orders = seconds, []

    def ask(self, order):
        self.orders.append(order)
        cost = {"publications": 2, "seconds": self.seconds, "publishing": 0.5, "queries": 8}
        return {"stock": cost, "door": cost | {"seconds": 3 * self.seconds}}


def test_two_portals_publish_by_turns():
    small, large = Somebody(1, 1.0), Somebody(2, 1.5)
    amounts = plan.Amounts(rounds=2, requests=1, details=1, publications=2, seconds=9)

    row = plan.publishing_row([small, large], amounts, lambda: None)

    assert small.orders == large.orders == ["publish 2"] * 3
    assert row["ratios"]["door large/door small"]["median"] == 1.5
    assert row["ratios"]["door small/stock small"]["median"] == 3
    assert row["jobs"]["door large"]["cpu_ms_a_request"] == 2250
    assert row["jobs"]["door large"]["queries_a_request"] == 4
    with pytest.raises(TimedOut):
        plan.publishing_row([small], amounts, _until(-1))


def test_the_report_is_whole_after_every_row(tmp_path):
    file, said = tmp_path / "deep" / "bench.json", []
    report = Report(file, said.append, {"amounts": 1})
    job = {"requests": 2, "cpu_ms_a_request": 1.0, "queries_a_request": 3.0}

    report.add(
        {"row": "x", "pages": 5, "jobs": {"a": job}, "ratios": {"a/b": spread(2.0)}, "load": [1.0]}
    )
    first = json.loads(file.read_text())
    report.conclude(judge(report.rows, [5]))

    assert first["rows"][0]["jobs"]["a"]["queries_a_request"] == 3
    assert "verdict" not in first
    assert first["versions"]["wagtail"]
    assert len(json.loads(file.read_text())["verdict"]) == len(OF_ONE)
    assert "    a/b: 2.00 (1.90–2.10)" in said
