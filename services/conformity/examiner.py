"""The conformity stage's examiner of service cards."""

from typing import Any

from services.conformity.examination import Result, examine
from services.conformity.waivers import waived
from services.models import ServiceCardPage
from workflows.examiners import Finding


def examine_card(text: Any) -> list[Finding]:
    """Return what every rule says of a card's version; nothing of other pages."""
    if not isinstance(text, ServiceCardPage):
        return []
    return [_finding(result) for result in examine(text, waived(text.pk)).results]


def _finding(result: Result) -> Finding:
    rule = result.rule
    return Finding(
        code=rule.code,
        version=rule.version,
        title=str(rule.title),
        weight=str(rule.severity.label),
        source=rule.source,
        is_met=result.is_met,
        bars=result.bars,
        evidence=tuple((one.field, one.message) for one in result.evidence),
        waived_until=result.waived_until,
    )
