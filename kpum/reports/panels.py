"""The dashboard's line for those who keep texts up: how many of theirs are overdue, and which first."""

from typing import Any

from django.db.models import F
from wagtail.admin.ui.components import Component

from kpum.org import queries as org
from kpum.org.enums import Right, Scope
from kpum.org.powers import reach_of
from kpum.pages.models import Stewardship
from kpum.pages.queries import owned_in
from kpum.reports import upkeep

#: So many rows are shown; the list has them all.
SHOWN = 5


class UpkeepPanel(Component):
    """The overdue texts of the units and branch sites that the person works for (I-29)."""

    name = "kpum_upkeep"
    template_name = "kpum/reports/upkeep_panel.html"
    order = 215

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the count and the first rows; two queries, none for who works for no unit."""
        powers = org.powers_in_request(parent_context["request"].user)
        working = [power for power in powers if power.role.scope is not Scope.PORTAL]
        reach = reach_of(working, {Right.CHANGE})
        if not reach:
            return {"rows": [], "count": 0}
        overdue = Stewardship.objects.filter(
            owned_in(reach),
            upkeep.is_for(upkeep.Cause.OVERDUE),
            page__live=True,
            page__alias_of=None,
        ).select_related("page", "owner_unit")
        rows = list(overdue.order_by(F("review_due").asc(nulls_first=True), "pk")[:SHOWN])
        return {"rows": rows, "count": overdue.count() if len(rows) == SHOWN else len(rows)}
