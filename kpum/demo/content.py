"""The demo city's data files, read from the package."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

_CONTENT = files("kpum.demo") / "content"
UNITS_CSV = files("kpum.demo") / "data" / "units.csv"


@cache
def table(name: str) -> dict[str, Any]:
    """Return ``content/<name>.toml``."""
    return tomllib.loads((_CONTENT / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def cards() -> tuple[dict[str, Any], ...]:
    """Return every service card, by code."""
    found = [
        tomllib.loads(file.read_text(encoding="utf-8"))
        for file in (_CONTENT / "cards").iterdir()
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda card: card["code"]))


def people() -> list[dict[str, str]]:
    """Return the cast."""
    return list(table("cast")["person"])


def states() -> dict[str, dict[str, str]]:
    """Return the cards that are left on their way: code → state and note."""
    return {row["card"]: row for row in table("states")["state"]}
