"""Reasoning over a tree given as ``code → parent code`` (an empty parent is the top)."""

from collections import defaultdict, deque
from collections.abc import Mapping


def levels(parents: Mapping[str, str]) -> dict[str, int]:
    """Return each code's level, the top being 1, parents always before their children.

    A code whose parent is unknown counts as the top. Codes in a cycle, or below one, hang on
    nothing and are left out.
    """
    children: dict[str, list[str]] = defaultdict(list)
    for code in sorted(parents):
        parent = parents[code]
        children[parent if parent in parents else ""].append(code)
    found: dict[str, int] = {}
    waiting = deque((code, 1) for code in children[""])
    while waiting:
        code, level = waiting.popleft()
        found[code] = level
        waiting.extend((child, level + 1) for child in children[code])
    return found


def cycles(parents: Mapping[str, str]) -> list[list[str]]:
    """Return every cycle as its members, each under the next one and the last under the first."""
    settled: set[str] = set()
    found: list[list[str]] = []
    for start in parents:
        walk: dict[str, int] = {}
        code = start
        while code in parents and code not in settled and code not in walk:
            walk[code] = len(walk)
            code = parents[code]
        if code in walk:
            found.append(list(walk)[walk[code] :])
        settled.update(walk)
    return found
