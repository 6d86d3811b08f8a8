"""Plain Polish: a readability index, officialese with plain words for it, heavy constructions.

Pure functions over text: no database, no model, no network. ``docs/plain-polish.md`` tells the rest.
"""

from services.plain_polish.constructions import find_constructions
from services.plain_polish.findings import Finding, Kind
from services.plain_polish.index import Level, Readability, measure
from services.plain_polish.officialese import find_officialese

__all__ = ["Finding", "Kind", "Level", "Readability", "examine", "find_constructions"]
__all__ += ["find_officialese", "measure"]


def examine(text: str) -> tuple[Finding, ...]:
    """Return all that an editor might mend in any plain text, in order of place. Never raises."""
    found = (*find_officialese(text), *find_constructions(text))
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))
