"""What the rooms above find in a text at a stage: a matrix of rules, kept with the decision (K-16)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from workflows.enums import Stage


class Evidence(NamedTuple):
    """Why a rule is not met.

    Attributes:
        field: the text's field; empty where the text as a whole is meant.
        message: what is wrong and what to do.
        label: the field's name as its form shows it.
    """

    field: str
    message: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.label}: {self.message}" if self.label else self.message


@dataclass(frozen=True)
class Finding:
    """What one rule says of one version of a text.

    Attributes:
        code: the rule's number; ``version`` says which wording of it was asked.
        title: what it demands, in the reader's language.
        weight: whether it must be met, in words.
        source: the obligation it rests on.
        is_met: whether nothing was found.
        bars: whether the stage may not agree.
        evidence: one entry for each thing found.
        waived_until: the last day of a waiver that holds.
        waiver_url: where whoever may can let the text go without the rule; empty where it need not.
    """

    code: str
    version: int
    title: str
    weight: str
    source: str
    is_met: bool
    bars: bool
    evidence: tuple[Evidence, ...]
    waived_until: date | None = None
    waiver_url: str = ""

    def as_kept(self) -> dict[str, Any]:
        """Return the result as it is kept with the decision."""
        return {
            "rule": self.code,
            "version": self.version,
            "met": self.is_met,
            "barred": self.bars,
            "waived_until": self.waived_until and self.waived_until.isoformat(),
            "evidence": [[entry.field, entry.message] for entry in self.evidence],
        }


Examiner = Callable[[Any], Sequence[Finding]]
_examiners: list[tuple[Stage, Examiner]] = []


def register_examiner(stage: Stage, examiner: Examiner) -> None:
    """Have ``examiner(text)`` asked at a stage; a second registration is refused."""
    if any(known is examiner for _stage, known in _examiners):
        raise ValueError(f"{examiner.__qualname__} is registered already")
    _examiners.append((stage, examiner))


def is_examined(stage: Stage) -> bool:
    """Return whether anybody examines texts at the stage."""
    return any(at == stage for at, _examiner in _examiners)


def examine(stage: Stage, text: Any) -> list[Finding]:
    """Return what is found in a text at a stage; nothing where nobody examines."""
    return [finding for at, examiner in _examiners if at == stage for finding in examiner(text)]


def look(text: Any) -> list[Finding]:
    """Return what is found in a text at any stage, for those who read it before its stage comes."""
    return [finding for _stage, examiner in _examiners for finding in examiner(text)]
