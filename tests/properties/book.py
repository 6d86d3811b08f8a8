"""An independent little model of who may do what: it asks nothing of the code under test."""

from dataclasses import dataclass, field
from datetime import datetime

OVER_UNIT = {"unit_operator", "unit_coordinator", "unit_head"}
#: Who decides at a stage, who stands by when those are authors or missing, who may act in their name.
STAGES = {
    "Akceptacja jednostki": ({"unit_coordinator"}, {"unit_head"}, set()),
    "Zgodność ze Strategią Usług": ({"service_portfolio_manager"}, set(), {"editor_in_chief"}),
    "Akceptacja Redaktora Głównego": ({"editor_in_chief"}, {"portal_editor"}, set()),
}
CHAIN = {
    "page": {"Akceptacja jednostki", "Akceptacja Redaktora Głównego"},
    "card": set(STAGES),
}


@dataclass
class Held:
    """A mandate as the book knows it; ``substitutes`` are (person, begin, end)."""

    pk: int
    person: str
    role: str
    unit: str
    begin: datetime
    end: datetime | None
    substitutes: dict[int, tuple[str, datetime, datetime]] = field(default_factory=dict)

    def holders(self, moment):
        if self.begin <= moment and (self.end is None or moment < self.end):
            yield self.person
            for person, begin, end in self.substitutes.values():
                if begin <= moment < end:
                    yield person


@dataclass
class Sheet:
    """A page as the book knows it."""

    pk: int
    kind: str
    unit: str
    latest: int
    texts: dict[int, str]
    savers: list[tuple[int, str]]
    submitted: dict[int, set[str]] = field(default_factory=dict)
    live: int | None = None

    @property
    def submitters(self):
        """Everybody who ever sent the latest revision on the path."""
        return self.submitted.get(self.latest, set())

    @property
    def authors(self):
        saved = {person for revision, person in self.savers if revision > (self.live or 0)}
        return saved | self.submitters


class Book:
    """What happened so far, and who may do what by it."""

    def __init__(self):
        self.mandates: list[Held] = []
        self.sheets: dict[int, Sheet] = {}

    def holding(self, roles, unit, moment):
        return {
            person
            for held in self.mandates
            if held.role in roles and (held.role not in OVER_UNIT or held.unit == unit)
            for person in held.holders(moment)
        }

    def may_decide(self, sheet, stage, moment):
        """Return who may decide, and of them who is asked."""
        deciding, standby, in_name = (
            self.holding(roles, sheet.unit, moment) for roles in STAGES[stage]
        )
        if not deciding or deciding & sheet.authors:
            deciding |= standby
        deciding -= sheet.authors
        able = deciding | (in_name - sheet.authors)
        return able, deciding or able
