"""What a run says: a line for each job as it is measured, and a file that is whole after every row."""

import json
import os
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from kpum.bench.verdict import Judged
from kpum.core import clock

_PACKAGES = ("wagtail", "Django", "django-ninja", "djangorestframework", "gunicorn", "psycopg")


class Report:
    """The rows so far; written anew after each.

    Args:
        file: where; None writes nothing.
        say: told every line.
        facts: what else there is to know of the run.
    """

    def __init__(
        self, file: Path | None, say: Callable[[str], object], facts: dict[str, Any]
    ) -> None:
        self._file, self._say = file, say
        self.rows: list[dict[str, Any]] = []
        self._head = {
            "begun": clock.now().isoformat(),
            "python": platform.python_version(),
            "machine": f"{platform.machine()}, {os.cpu_count()} processors",
            "versions": {name: version(name) for name in _PACKAGES},
            "load_before": os.getloadavg(),
            **facts,
        }

    def tell(self, words: str) -> None:
        """Say something that is no row."""
        self._say(words)

    def note(self, **facts: Any) -> None:
        """Keep a fact of the run."""
        self._head |= facts

    def add(self, row: dict[str, Any]) -> None:
        """Keep a row, say it, and write the file."""
        self.rows.append(row)
        load = ", ".join(f"{number:.1f}" for number in row["load"])
        cut = "; cut: it took too long" if row.get("timed_out") else ""
        self._say(f"{row['row']}, {row['pages']} pages (load {load}{cut})")
        for name, job in row["jobs"].items():
            self._say(f"  {name:<14}{_in_words(job)}")
        for name, ratio in row["ratios"].items():
            if ratio["median"] >= 1:
                told = f"{ratio['median']:.2f} ({ratio['min']:.2f}–{ratio['max']:.2f})"
                self._say(f"    {name}: {told}")
        self._write({})

    def conclude(self, judged: Sequence[Judged]) -> None:
        """Say and write the verdict."""
        self._say("")
        for one in judged:
            self._say(str(one))
        self._write(
            {
                "verdict": [
                    {
                        "target": one.target.words,
                        "bound": one.target.bound,
                        "pages": one.pages,
                        "figure": one.figure,
                        "reached": one.is_reached,
                    }
                    for one in judged
                ]
            }
        )

    def _write(self, end: dict[str, Any]) -> None:
        if self._file is None:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        whole = self._head | {"rows": self.rows} | end
        begun = self._file.with_name(f"{self._file.name}.part")
        begun.write_text(json.dumps(whole, indent=1, ensure_ascii=False), encoding="utf-8")
        begun.replace(self._file)


def _in_words(job: dict[str, Any]) -> str:
    """Return a job's figures in one line."""
    words = [f"{job['cpu_ms_a_request']:8.2f} ms CPU a request"]
    if job.get("cpu_ms_a_document") is not None:
        words.append(f"{job['cpu_ms_a_document']:.3f} a document")
    words.append(f"{job['queries_a_request']:.1f} queries")
    if "bytes" in job:
        words.append(f"{job['bytes'] / job['requests'] / 1024:.1f} KiB")
        words.append(f"{job['requests_a_second']:.0f} requests/s")
    if job.get("documents_a_second"):
        words.append(f"{job['documents_a_second']:.0f} documents/s")
    if "whole_cpu_s" in job:
        sampled = " from a sample" if job["sampled"] else ""
        words.append(f"whole job {job['whole_cpu_s']:.2f} s{sampled}")
    return ", ".join(words)
