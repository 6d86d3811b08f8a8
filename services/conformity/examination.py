"""Examining a card by every rule: what is met, what is not and why, what is waived and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from services.conformity.evidence import Evidence, Severity
from services.conformity.rules import RULES, Rule
from services.conformity.surroundings import Surroundings

if TYPE_CHECKING:
    from kpum.org.models import Unit
    from services.models import ServiceCardPage


@dataclass(frozen=True)
class Result:
    """What one rule says of one text."""

    rule: Rule
    evidence: tuple[Evidence, ...]
    waived_until: date | None = None

    @property
    def is_met(self) -> bool:
        """Return whether nothing was found."""
        return not self.evidence

    @property
    def bars(self) -> bool:
        """Return whether it stands in the way of an approval."""
        hard = self.rule.severity is Severity.HARD
        return hard and not self.is_met and self.waived_until is None


@dataclass(frozen=True)
class Examination:
    """What all the rules say of one text."""

    results: tuple[Result, ...]

    @property
    def barring(self) -> tuple[Result, ...]:
        """Return the hard rules that are neither met nor waived."""
        return tuple(result for result in self.results if result.bars)

    @property
    def advice(self) -> tuple[Result, ...]:
        """Return the soft rules that are not met."""
        return tuple(
            result
            for result in self.results
            if not result.is_met and result.rule.severity is Severity.SOFT
        )


def examine(
    card: "ServiceCardPage",
    waived: Mapping[str, date] | None = None,
    unit: "Unit | None" = None,
) -> Examination:
    """Examine a card's text as it stands in the object; it need not be saved.

    Args:
        card: the text.
        waived: the rules that need not be met, by code, each with its last day.
        unit: whose it will be, for a card that has no place in the tree yet.
    """
    around = Surroundings.of(card, unit)
    last_days = waived or {}
    return Examination(
        tuple(
            Result(
                rule,
                tuple(rule.demand(card, around)),
                day if (day := last_days.get(rule.code)) and day >= around.today else None,
            )
            for rule in RULES
        )
    )
