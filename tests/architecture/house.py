"""The house as its own files tell it: packages, rooms and the storey each stands on."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("kpum", "branch_pages", "services", "workflows", "search")
#: Children of ``kpum`` without a storey: what makes it a runnable project, and the lone client.
ALONE = frozenset({"kpum.apps", "kpum.asgi", "kpum.wsgi", "kpum.client", "kpum.settings"})


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def storeys() -> dict[str, int]:
    """Return each room's storey, as the layers contract has it; the ground floor is 0."""
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "storeys")
    return {
        room.strip(" ()"): number
        for number, layer in enumerate(reversed(layers))
        for room in layer.split("|")
    }


def room_of(module: str) -> str | None:
    """Return the room a dotted name belongs to, or nothing for a stranger."""
    parts = module.split(".")
    return next(
        (room for size in (2, 1) if (room := ".".join(parts[:size])) in storeys()),
        None,
    )


def files(*suffixes: str, migrations: bool = False) -> Iterator[Path]:
    """Yield our own files, tests included, in order."""
    for top in (*PACKAGES, "templates", "tests"):
        for file in sorted((ROOT / top).rglob("*")):
            wanted = migrations or "migrations" not in file.parts
            if wanted and file.suffix in suffixes and "__pycache__" not in file.parts:
                yield file


def name(file: Path) -> str:
    """Return a file's name as a person would say it."""
    return file.relative_to(ROOT).as_posix()
