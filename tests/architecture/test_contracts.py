"""Each import contract holds, and each fails once on an import planted against it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import house

RUN = "from importlinter.cli import lint_imports_command as lint; lint()"
PLANTED = {
    "storeys": ("kpum/core/clock.py", "import kpum.org.models"),
    "cycles": ("kpum/org/enums.py", "import kpum.org.actions"),
    "rooms": ("kpum/org/models.py", "import kpum.org.actions"),
    "http": ("workflows/actions.py", "import httpx"),
}


@pytest.fixture
def copied_house(tmp_path: Path) -> Path:
    """A copy of every package's Python files, to be damaged."""
    shutil.copy(house.ROOT / "pyproject.toml", tmp_path)
    for package in house.PACKAGES:
        for file in (house.ROOT / package).rglob("*.py"):
            copy = tmp_path / file.relative_to(house.ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
    return tmp_path


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    chosen = [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run(
        [sys.executable, "-c", RUN, "--no-logo", "--no-cache", *chosen],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_is_planted_against():
    contracts = house.pyproject()["tool"]["importlinter"]["contracts"]

    assert {contract["id"] for contract in contracts} == set(PLANTED)


def test_every_contract_holds(copied_house):
    answer = lint(copied_house)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("contract", PLANTED)
def test_a_planted_import_breaks_its_contract(copied_house, contract):
    file, statement = PLANTED[contract]
    with (copied_house / file).open("a", encoding="utf-8") as source:
        source.write(f"\n{statement}\n")

    answer = lint(copied_house, contract)

    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "0 kept, 1 broken" in answer.stdout


def test_an_import_for_annotations_only_breaks_nothing(copied_house):
    with (copied_house / "kpum/core/clock.py").open("a", encoding="utf-8") as source:
        source.write(
            "\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import kpum.org.models\n"
        )

    assert lint(copied_house, "storeys").returncode == 0
