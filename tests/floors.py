"""The coverage floors: branches too, over the half on SQLite. The figures are in pyproject.toml.

python -m tests.floors
"""

import sys
import tomllib
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from coverage import Coverage
from coverage.exceptions import NoDataError

#: Where the runs leave what they measured.
DATA = Path("var/tests/coverage")


def floors() -> dict[str, float]:
    """Return the pattern of files and the least that must be covered of them, in per cent."""
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    return dict(settings["tool"]["kpum"]["coverage-floors"])


def forget() -> None:
    """Remove what earlier runs measured."""
    DATA.mkdir(parents=True, exist_ok=True)
    for file in DATA.iterdir():
        file.unlink()


def combined() -> Coverage:
    """Return everything that was measured as one."""
    whole = Coverage(data_file=None)
    whole.combine([str(file) for file in DATA.iterdir()], keep=True)
    return whole


def shortfalls(measured: Callable[[], Coverage] = combined) -> list[str]:
    """Say which floors are not reached, each with the files that fall short."""
    try:
        coverage = measured()
    except NoDataError:
        return ["Coverage: nothing was measured."]
    found = []
    for pattern, floor in floors().items():
        report = StringIO()
        try:
            reached = coverage.report(
                include=[pattern], file=report, show_missing=True, skip_covered=True
            )
        except NoDataError:
            found.append(f"Coverage: no file matches {pattern}.")
            continue
        if reached < floor:
            figures = f"Coverage of {pattern}: {reached:.2f} %, the floor is {floor} %."
            found.append(f"{figures}\n{report.getvalue()}")
    return found


if __name__ == "__main__":
    wrong = shortfalls()
    print("\n".join(wrong) if wrong else "Every coverage floor is reached.")
    sys.exit(1 if wrong else 0)
