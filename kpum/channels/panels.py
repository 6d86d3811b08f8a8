"""The dashboard's line for the editors of other portals: what waits for their answer."""

from typing import Any

from wagtail.admin.ui.components import Component

from kpum.channels import hand_over
from kpum.org import queries as org
from kpum.org.enums import Right


class HandOverPanel(Component):
    """How many texts each of the person's portals was given and has not answered (P-17)."""

    name = "kpum_hand_over"
    template_name = "kpum/channels/hand_over_panel.html"
    order = 206

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the channels that the person answers for, each with what waits; one query each."""
        powers = org.powers_in_request(parent_context["request"].user)
        answering = [power for power in powers if Right.ANSWER_HAND_OVER in power.role.rights]
        names = hand_over.channels_handed_over(answering)
        return {
            "queues": [
                {"code": code, "name": name, "count": hand_over.waiting_of(answering, code).count()}
                for code, name in names.items()
            ]
        }
