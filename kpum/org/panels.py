"""The dashboard's answer to: what may I do here, for whom, and until when?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wagtail.admin.ui.components import Component

from kpum.core import clock
from kpum.org import wording
from kpum.org.models import Mandate, Substitution

#: An end this near is worth a warning.
_SOON = timedelta(days=14)


@dataclass(frozen=True)
class Held:
    """A mandate in force as its holder, or his substitute, is shown it."""

    role: str
    reach: str
    until: str
    ends_soon: bool
    acting_for: str = ""


class MandatesPanel(Component):
    """The mandates a person holds, and those he exercises for others; two queries."""

    name = "kpum_mandates"
    template_name = "kpum/org/mandates_panel.html"
    order = 90

    def __init__(self, user: Any) -> None:
        self.user = user

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        context = super().get_context_data(parent_context) or {}
        return {**context, "held": held_by(self.user)}


def held_by(user: Any) -> list[Held]:
    """Return what the person holds now, then what he exercises for others; the sooner end first."""
    now = clock.now()
    own = Mandate.objects.filter(user=user).in_force(now).select_related("unit", "branch")
    substituted = (
        Substitution.objects.filter(substitute=user)
        .in_force(now)
        .select_related("mandate__unit", "mandate__branch", "mandate__user")
    )
    return [_held(row, row.valid_to, now) for row in sorted(own, key=_end)] + [
        _held(row.mandate, _sooner(row), now, str(row.mandate.user))
        for row in sorted(substituted, key=_end)
    ]


def _held(mandate: Mandate, end: datetime | None, now: datetime, acting_for: str = "") -> Held:
    return Held(
        role=wording.role_in_words(mandate),
        reach=wording.reach_in_words(mandate),
        until=wording.moment_in_words(end),
        ends_soon=end is not None and end - now <= _SOON,
        acting_for=acting_for,
    )


def _sooner(row: Substitution) -> datetime | None:
    """Return the end of a substitution: its own, or the mandate's when that comes first."""
    return min((end for end in (row.valid_to, row.mandate.valid_to) if end), default=None)


def _end(row: Mandate | Substitution) -> tuple[bool, Any]:
    return (row.valid_to is None, row.valid_to)
