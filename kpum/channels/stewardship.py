"""Who stands behind a page and what became of it: what BIP must show of each item (C.1, B-1 and B-2).

Part of every document, because a document is the same bytes in each channel (ADR 0013). So it says
no more than the public page does: the unit, who leads it and answers for the content, and the acts
on what was public. Those who prepared the text are named in the trail alone; who enters it into
BIP, BIP's editor adds there.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
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


def stewardships_of(pages: Sequence[Page]) -> dict[int, schemas.Stewardship]:
    """Return it for each public page, from what is stored: built again, it is the same.

    Three queries, however many pages.
    """
    ids = [page.pk for page in pages]
    stewards = Stewardship.objects.filter(page__in=ids).values_list("page", "responsible")
    responsible = dict(stewards)
    written = _written(pages)
    changes = _changes(ids)
    return {
        page.pk: schemas.Stewardship(
            responsible=responsible[page.pk],
            produced_at=written.get(page.live_revision_id),
            published_at=page.last_published_at,
            changes=changes.get(f"page:{page.pk}", []),
        )
        for page in pages
    }


def _written(pages: Sequence[Page]) -> dict[int | None, datetime]:
    """Return when the texts that are public were written, by their revisions."""
    live = Revision.objects.filter(pk__in=[page.live_revision_id for page in pages])
    return dict(live.values_list("pk", "created_at"))


def _changes(page_ids: Iterable[int]) -> dict[str, list[schemas.Change]]:
    """Return the latest changes of each page, in their order, by the subject of the trail."""
    subjects = [f"page:{pk}" for pk in page_ids]
    entries = AuditEntry.objects.filter(subject__in=subjects, action__in=CHANGES)
    from_the_last = Window(RowNumber(), partition_by=F("subject"), order_by=F("pk").desc())
    latest = entries.annotate(place=from_the_last).filter(place__lte=LATEST).order_by("pk")
    rows: Any = latest.values_list("subject", "at", "action", "before", "after", "data")
    found: dict[str, list[schemas.Change]] = {}
    for subject, at, action, before, after, data in rows:
        change = schemas.Change(
            at=at,
            kind=CHANGES[action],
            before=before,
            after=after,
            responsible=data.get("responsible", ""),
        )
        found.setdefault(subject, []).append(change)
    return found
