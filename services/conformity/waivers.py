"""Waivers: a card may go without a rule for a time, by whoever answers for the portfolio (K-16)."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kpum.audit.actions import record
from kpum.core import clock
from kpum.core.errors import Refused
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.pages import queries as pages
from services.conformity.rules import rule_of
from services.register_models import Waiver


class WaiverRefused(Refused):
    """The waiver lacks something. ``field`` names what."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


@transaction.atomic
def grant_waiver(*, page: Any, rule: str, reason: str, valid_to: date, actor: Any) -> Waiver:
    """Let a card be approved without meeting a rule, up to and with a day.

    Raises:
        WaiverRefused: no mandate, no such rule, no reason, or a day that is past.
    """
    place = pages.place_of(page)
    ground = org.ground_of(actor, place, Right.WAIVE_RULE) if place else None
    if ground is None:
        raise WaiverRefused("", _("You have no mandate to waive rules of conformity."))
    try:
        known = rule_of(rule)
    except KeyError:
        raise WaiverRefused("rule", _("There is no rule “%(rule)s”.") % {"rule": rule}) from None
    if not reason.strip():
        raise WaiverRefused("reason", _("Say why the card may go without the rule."))
    if valid_to < clock.today():
        raise WaiverRefused("valid_to", _("The last day has passed already."))
    waiver = Waiver.objects.create(
        page=page,
        rule=known.code,
        rule_version=known.version,
        reason=reason.strip(),
        valid_to=valid_to,
        granted_by=actor,
        granted_at=clock.now(),
    )
    record(
        action="waiver.granted",
        actor=actor,
        subject=f"page:{page.pk}",
        label=page.draft_title,
        authority=ground.wording,
        acting_for=ground.acting_for,
        after=f"{known.code} ({known.title}) → {valid_to}",
        data={"rule": known.code, "version": known.version, "reason": waiver.reason},
    )
    return waiver


def waived(page_id: int) -> dict[str, date]:
    """Return the last day of the waivers that hold today, by rule; one query."""
    rows = Waiver.objects.filter(page=page_id, valid_to__gte=clock.today()).order_by("valid_to")
    found = rows.values_list("rule", "rule_version", "valid_to")
    return {rule: day for rule, version, day in found if _is_current(rule, version)}


def _is_current(rule: str, version: int) -> bool:
    try:
        return rule_of(rule).version == version
    except KeyError:
        return False
