"""The dashboard's panels: what waits for the person, and where his own texts are."""

from typing import Any

from wagtail.admin.ui.components import Component

from workflows.waiting import submitted_by, waiting_for

#: So many rows are shown; the queue has them all.
SHOWN = 10


class WaitingPanel(Component):
    """The first texts of the queue, one's own before the others."""

    name = "kpum_waiting"
    template_name = "kpum/workflows/waiting_panel.html"
    order = 200

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the first rows and the counts."""
        texts = waiting_for(parent_context["request"].user)
        mine = sum(text.is_mine for text in texts)
        return {"texts": texts[:SHOWN], "count": len(texts), "mine": mine}


class OwnTextsPanel(Component):
    """The newest texts that the person submitted and that are still on their way."""

    name = "kpum_own_texts"
    template_name = "kpum/workflows/own_texts_panel.html"
    order = 210

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Return the rows."""
        return {"texts": submitted_by(parent_context["request"].user, SHOWN)}
