"""What SEZAM says of people, as values: a line of its export, and the period it speaks of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kpum.org.enums import Role

#: A role and what it is held for: a unit's code or a branch site's page id, or nothing.
Reach = tuple[Role, str, str]


@dataclass(frozen=True)
class Span:
    """A period from its first second up to, and without, its end; None means no end."""

    begin: datetime
    end: datetime | None

    def overlaps(self, other: "Span") -> bool:
        """Return whether both share at least a second."""
        return (self.end is None or other.begin < self.end) and (
            other.end is None or self.begin < other.end
        )

    def outlasts(self, other: "Span") -> bool:
        """Return whether this one ends later."""
        return other.end is not None and (self.end is None or self.end > other.end)

    def over_at(self, moment: datetime) -> bool:
        """Return whether the period has ended by then."""
        return self.end is not None and self.end <= moment


def widest(spans: Iterable[Span]) -> Span:
    """Return the one span from the earliest beginning to the latest end."""
    found, *others = spans
    for span in others:
        end = span.end if span.outlasts(found) else found.end
        found = Span(min(found.begin, span.begin), end)
    return found


@dataclass(frozen=True)
class SezamLine:
    """One authorisation of one person for one role, as a line of the export tells it.

    Attributes:
        line: where it stands in the file.
        unit: a unit's code, for a role held for a unit; else empty.
        branch: a branch site as the export names it, later its page's id; else empty.
        valid_to: the first second without the authorisation, or None while no end is known.
    """

    line: int
    sezam_id: str
    login: str
    first_name: str
    last_name: str
    email: str
    function: str
    authorisation: str
    role: Role
    unit: str
    branch: str
    valid_from: datetime
    valid_to: datetime | None

    @property
    def name(self) -> str:
        """Return the person's name as a reader writes it."""
        return f"{self.first_name} {self.last_name}"

    @property
    def reach(self) -> Reach:
        """Return the role and what it is held for."""
        return self.role, self.unit, self.branch

    @property
    def span(self) -> Span:
        """Return the period of the authorisation."""
        return Span(self.valid_from, self.valid_to)
