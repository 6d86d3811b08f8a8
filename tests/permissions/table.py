"""Reads the expected matrix that people wrote: ``matrix.md``, and nothing of the code it checks."""

import re
from dataclasses import dataclass
from pathlib import Path

MATRIX = Path(__file__).parent / "matrix.md"
SUPERUSER, NOBODY = "superuser", "no mandate"
REACHES = {"–": (), "own+sub": ("own", "sub"), "portal": ("own", "sub", "other", "portal")}
MODES = {"", "stand-by", "in name", "own text"}
_CELL = re.compile(r"(?P<reach>\S+)(?: \((?P<mode>[\w -]+)\))?")


@dataclass(frozen=True)
class Cell:
    """What the table says of one role and one action."""

    reach: str
    mode: str = ""

    def allows(self, place: str) -> bool:
        """Return whether the action is allowed at the place, in the cell's mode."""
        return place in REACHES[self.reach]


@dataclass(frozen=True)
class Group:
    """One of the tables: its heading, its actions, and role → action → cell."""

    title: str
    actions: tuple[str, ...]
    rows: dict[str, dict[str, Cell]]


def groups(text: str | None = None) -> list[Group]:
    """Return the tables under the second-level headings.

    Raises:
        ValueError: a line has too few cells, or a word the legend does not have; names the line.
    """
    text = MATRIX.read_text() if text is None else text
    found = []
    for section in text.split("\n## ")[1:]:
        title, *lines = section.splitlines()
        header, _rule, *rows = [_cells(line) for line in lines if line.startswith("|")]
        actions = tuple(header[1:])
        found.append(Group(title, actions, {row[0]: _row(actions, row) for row in rows}))
    return found


def expected() -> dict[str, dict[str, Cell]]:
    """Return role → action → cell over all the tables."""
    whole: dict[str, dict[str, Cell]] = {}
    for group in groups():
        for role, row in group.rows.items():
            whole.setdefault(role, {}).update(row)
    return whole


def actions() -> list[str]:
    """Return every action in the order of the tables."""
    return [action for group in groups() for action in group.actions]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _row(actions: tuple[str, ...], row: list[str]) -> dict[str, Cell]:
    if len(row) != len(actions) + 1:
        raise ValueError(f"{row[0]}: {len(row) - 1} cells for {len(actions)} actions")
    return {action: _cell(row[0], word) for action, word in zip(actions, row[1:], strict=True)}


def _cell(role: str, word: str) -> Cell:
    match = _CELL.fullmatch(word)
    if match is None or match["reach"] not in REACHES or (match["mode"] or "") not in MODES:
        raise ValueError(f"{role}: the legend has no “{word}”")
    return Cell(match["reach"], match["mode"] or "")
