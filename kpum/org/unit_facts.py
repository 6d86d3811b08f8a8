"""What an export of INTEGRATOR says of one unit, and what we hold of it: the same shape."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class UnitFacts:
    """One unit as facts. The code is the key; an empty ``parent_code`` means the top.

    Attributes:
        kind: a value of ``UnitKind``.
        former_names: sorted and each once, so that equal sets are equal facts.
        valid_to: the last day the unit exists, or None while no end is known.
    """

    code: str
    code_official: bool
    name: str
    abbreviation: str
    kind: str
    parent_code: str
    superior: str
    former_names: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    source: str
