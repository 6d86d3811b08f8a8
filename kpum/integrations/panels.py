"""The dashboard's line for those who must agree: which interfaces wait for them."""

from typing import Any

from wagtail.admin.ui.components import Component

from kpum.integrations import powers, queries
from kpum.org import queries as org


class AgreementsPanel(Component):
    """Interfaces under consultation that lack an agreement which is the person's to give."""

    name = "kpum_agreements"
    template_name = "kpum/integrations/agreements_panel.html"
    order = 205

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return what waits: first asked is the side that is the person's own."""
        held = org.powers_in_request(parent_context["request"].user)
        sides = [side for side in powers.sides_of(held) if not powers.is_in_name(held, side)]
        return {"waiting": queries.waiting_on(sides) if sides else []}
