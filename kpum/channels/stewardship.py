"""Who stands behind a page and what became of it: what BIP must show of each item (C.1, B-1 and B-2).

Part of every document, because a document is the same bytes in each channel (ADR 0013). So it says
no more than the public page does: the unit, who leads it and answers for the content, and the acts
on what was public. Those who prepared the text are named in the trail alone; who enters it into
BIP, BIP's editor adds there.
"""

from datetime import datetime
from typing import Any

from wagtail.models import Page, Revision

from kpum.audit.models import AuditEntry
from kpum.channels import schemas
from kpum.pages.models import Stewardship

#: Acts that changed what the public gets, and the codes under which they stand in documents.
CHANGES = {
    "page.published": "published",
    "page.withdrawn": "withdrawn",
    "page.taken_down": "taken-down",
    "page.expired": "expired",
    "page.renamed": "renamed",
    "page.moved": "moved",
}
#: The latest so many; the portal's own trail keeps all.
LATEST = 50


def stewardship_of(page: Page) -> schemas.Stewardship:
    """Return it for a public page, from what is stored: built again, it is the same (three queries)."""
    stewards = Stewardship.objects.filter(page=page.pk).values_list("responsible", flat=True)
    return schemas.Stewardship(
        responsible=stewards.get(),
        produced_at=_written(page),
        published_at=page.last_published_at,
        changes=_changes(page),
    )


def _written(page: Page) -> datetime | None:
    """Return when the text that is public was written."""
    live = Revision.objects.filter(pk=page.live_revision_id)
    written: datetime | None = live.values_list("created_at", flat=True).first()
    return written


def _changes(page: Page) -> list[schemas.Change]:
    entries = AuditEntry.objects.filter(subject=f"page:{page.pk}", action__in=CHANGES)
    rows: Any = entries.order_by("-pk").values_list("at", "action", "before", "after", "data")[
        :LATEST
    ]
    return [
        schemas.Change(
            at=at,
            kind=CHANGES[action],
            before=before,
            after=after,
            responsible=data.get("responsible", ""),
        )
        for at, action, before, after, data in reversed(rows)
    ]
