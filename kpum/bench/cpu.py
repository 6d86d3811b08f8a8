"""How much processor time a tree of processes has used, as Linux counts it.

The kernel keeps user and system time of each thread in nanoseconds (``schedstat``); ``stat`` tells
the same sum in ticks of 10 ms. Children that ended are in their parent's ``stat`` alone.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
#: Fields of ``stat`` after the name in parentheses: parent, own user and system time, children's.
_PARENT, _USER, _SYSTEM, _USER_OF_ENDED, _SYSTEM_OF_ENDED = 1, 11, 12, 13, 14


def seconds_of(roots: list[int]) -> float:
    """Return the user and system time of these processes and of everything they started."""
    return sum(_seconds(pid) for root in roots for pid in tree_of(root))


def tree_of(root: int) -> set[int]:
    """Return a process and all its descendants that live."""
    parents = {pid: int(fields[_PARENT]) for pid, fields in _all()}
    tree = {root} & parents.keys()
    while more := {pid for pid, parent in parents.items() if parent in tree} - tree:
        tree |= more
    return tree


def parent_of(pid: int) -> int:
    """Return the id of a process's parent; 0 when there is no such process here."""
    fields = _stat(pid)
    return int(fields[_PARENT]) if fields else 0


def name_of(pid: int) -> str:
    """Return the name of a process; empty when there is no such process here."""
    with suppress(OSError):
        return (_PROC / str(pid) / "comm").read_text(encoding="ascii").strip()
    return ""


def _all() -> Iterator[tuple[int, list[str]]]:
    for folder in _PROC.iterdir():
        if folder.name.isdecimal() and (fields := _stat(int(folder.name))):
            yield int(folder.name), fields


def _stat(pid: int) -> list[str]:
    with suppress(OSError):
        text = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        # The name may hold spaces and parentheses: what follows the last one is fields.
        return text.rpartition(")")[2].split()
    return []


def _seconds(pid: int) -> float:
    fields = _stat(pid)
    if not fields:
        return 0.0
    ended = (int(fields[_USER_OF_ENDED]) + int(fields[_SYSTEM_OF_ENDED])) / _TICK
    try:
        threads = (_PROC / str(pid) / "task").iterdir()
        own = sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    except (OSError, IndexError, ValueError):
        own = (int(fields[_USER]) + int(fields[_SYSTEM])) / _TICK
    return own + ended
