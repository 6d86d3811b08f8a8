"""The conformity stage's examiner of service cards."""

from typing import Any

from django.urls import reverse
from django.utils.text import capfirst

from services.conformity.examination import Result, examine
from services.conformity.waivers import waived
from services.models import ServiceCardPage
from workflows.examiners import Evidence, Finding


def examine_card(text: Any) -> list[Finding]:
    """Return what every rule says of a card's version; nothing of other pages."""
    if not isinstance(text, ServiceCardPage):
        return []
    return [_finding(text, result) for result in examine(text, waived(text.pk)).results]


def _finding(card: ServiceCardPage, result: Result) -> Finding:
    rule = result.rule
    return Finding(
        code=rule.code,
        version=rule.version,
        title=str(rule.title),
        weight=str(rule.severity.label),
        source=rule.source,
        is_met=result.is_met,
        bars=result.bars,
        evidence=tuple(
            Evidence(one.field, one.message, label_of(one.field)) for one in result.evidence
        ),
        waived_until=result.waived_until,
        waiver_url=reverse("kpum_waive", args=[card.pk, rule.code]) if result.bars else "",
    )


def label_of(name: str) -> str:
    """Return a field's name as the card's form shows it; nothing for the card as a whole."""
    if not name:
        return ""
    field: Any = ServiceCardPage._meta.get_field(name)
    label = getattr(field, "verbose_name", None) or field.related_model._meta.verbose_name_plural
    return str(capfirst(label))
