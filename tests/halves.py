"""The whole suite on SQLite and on PostgreSQL, and a refusal when the two halves differ.

    python -m tests.halves [words for pytest]

A half that did not run, or that passed a test fewer than the other, fails the run; nothing makes it
a skip. Only a test marked for the other database may be missing. The last lines are the counts.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests import browsers, databases, floors, prepared

REPORTS = Path("var/tests")
#: How conftest.py words a test that belongs to one database; see the marker ``only_on``.
ELSEWHERE = "only on "
PROCESSES = "2"
#: The order of the tests: everybody's run has the same one, and a proof a new one each time.
#: A proof is long on purpose; the watchdog that says where a test hangs can bring Python down.
ORDER = (
    ["-o", "faulthandler_timeout=0"]
    if "KPUM_PROVE" in os.environ
    else ["-p", "randomly", "--randomly-seed=2026"]
)


@dataclass(frozen=True)
class Half:
    """What one run of pytest came to."""

    name: str
    exit_code: int
    passed: frozenset[str]
    failed: frozenset[str]
    skipped: frozenset[str]
    elsewhere: frozenset[str]

    def closing_line(self) -> str:
        """The counts in the form that pytest's readers know."""
        skipped = len(self.skipped | self.elsewhere)
        counts = f"{len(self.passed)} passed, {len(self.failed)} failed"
        return f"{self.name}: {counts}, {skipped} skipped" if skipped else f"{self.name}: {counts}"


def read_report(name: str, exit_code: int, file: Path) -> Half:
    """Return what pytest's JUnit file says; without a file nothing has passed."""
    found: dict[str, set[str]] = {"passed": set(), "failed": set(), "skipped": set(), "else": set()}
    cases = ElementTree.parse(file).iter("testcase") if file.is_file() else ()  # noqa: S314 - ours
    for case in cases:
        identity = f"{case.get('classname')}::{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            found["failed"].add(identity)
        elif skip is None:
            found["passed"].add(identity)
        else:
            found["else" if (skip.get("message") or "").startswith(ELSEWHERE) else "skipped"].add(
                identity
            )
    # A test whose clean-up failed is listed twice, and has not passed.
    passed = frozenset(found["passed"] - found["failed"])
    failed, skipped, elsewhere = (frozenset(found[kind]) for kind in ("failed", "skipped", "else"))
    return Half(name, exit_code, passed, failed, skipped, elsewhere)


def run_half(name: str, words: list[str], environment: dict[str, str], *, measured: bool) -> Half:
    """Run pytest once; it prints as it goes. Coverage doubles the time, so one half measures it."""
    started = time.monotonic()
    report = REPORTS / f"{name.lower()}.xml"
    report.unlink(missing_ok=True)
    print(f"\n=== {name} ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", PROCESSES, *ORDER, f"--junitxml={report}"]
    command += ["--cov", "--cov-report=", *words] if measured else words
    variables = (
        os.environ
        | environment
        | {
            "KPUM_TEST_HALF": name.lower(),
            "KPUM_JOURNEYS_TOLD": "1",
            "COVERAGE_FILE": str(floors.DATA / name.lower()),
        }
    )
    variables[prepared.VARIABLE] = prepare(variables)
    exit_code = subprocess.call(command, env=variables) if variables[prepared.VARIABLE] else 1
    print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    return read_report(name, exit_code, report)


def prepare(variables: dict[str, str]) -> str:
    """Have the database made that the half's processes copy; nothing when that failed."""
    command = [sys.executable, "-m", "tests.prepared"]
    made = subprocess.run(command, env=variables, stdout=subprocess.PIPE, text=True, check=False)
    return made.stdout.strip() if made.returncode == 0 else ""


def complaints(first: Half, second: Half) -> list[str]:
    """Say what is wrong with the two halves together."""
    found = [
        f"{half.name}: pytest ended with {half.exit_code}."
        for half in (first, second)
        if half.exit_code
    ]
    for half, other in ((first, second), (second, first)):
        if not half.passed:
            found.append(f"{half.name}: no test has passed.")
        missing = sorted(other.passed - half.passed - half.failed - half.elsewhere)
        if missing:
            names = "\n  ".join(missing[:20])
            found.append(
                f"{half.name}: {len(missing)} tests passed only in the other half:\n  {names}"
            )
    return found


def main(words: list[str]) -> int:
    REPORTS.mkdir(parents=True, exist_ok=True)
    floors.forget()
    if not browsers.find_chromium():
        print(browsers.ABSENT, flush=True)
    sqlite = run_half("SQLite", words, {databases.VARIABLE: ""}, measured=True)
    try:
        with databases.postgresql() as server:
            print(server.origin, flush=True)
            environment = {databases.VARIABLE: server.url}
            postgresql = run_half("PostgreSQL", words, environment, measured=False)
    except databases.NoServer as refusal:
        print(refusal, file=sys.stderr)
        postgresql = read_report("PostgreSQL", 1, Path())
    wrong = complaints(sqlite, postgresql)
    # Words for pytest pick some tests; floors are for the whole.
    if not words:
        wrong += floors.shortfalls()
    print("\n".join(["", *wrong]))
    print(sqlite.closing_line())
    print(postgresql.closing_line(), flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
