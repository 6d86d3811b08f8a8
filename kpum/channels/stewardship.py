"""Who stands behind a page and what became of it: what BIP must show of each item (C.1, B-1 and B-2).

Part of every document, because a document is the same bytes in each channel (ADR 0013). So it says
no more than the public page does: the unit, who leads it and answers for the content, and the acts
on what was public. Those who prepared the text are named in the trail alone; who enters it into
BIP, BIP's editor adds there.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from wagtail.models import Page

from kpum.audit.models import AuditEntry, AuditQuerySet
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


def stewards_of(
    pages: Sequence[Page],
) -> dict[int, tuple[schemas.UnitReference, schemas.Stewardship]]:
    """Return the unit of each public page and its stewardship, from what is stored: built again, it is the same.

    Two queries, however many pages.
    """
    ids = [page.pk for page in pages]
    rows = Stewardship.objects.filter(page__in=ids).values_list(
        "page",
        "owner_unit__document_id",
        "owner_unit__code",
        "responsible",
        "page__live_revision__created_at",
        "last_verified",
        "review_due",
    )
    stored = {row[0]: row[1:] for row in rows}
    changes = _changes(ids)
    found = {}
    for page in pages:
        unit_id, unit_code, responsible, written, last_verified, review_due = stored[page.pk]
        stewardship = schemas.Stewardship(
            responsible=responsible,
            produced_at=written,
            published_at=page.last_published_at,
            changes=changes.get(f"page:{page.pk}", []),
            last_verified=last_verified,
            review_due=review_due,
        )
        found[page.pk] = schemas.UnitReference(id=unit_id, code=unit_code), stewardship
    return found


def _changes(page_ids: Sequence[int]) -> dict[str, list[schemas.Change]]:
    """Return the latest changes of each page, in their order, by the subject of the trail."""
    subjects = [f"page:{pk}" for pk in page_ids]
    entries = AuditEntry.objects.filter(subject__in=subjects, action__in=CHANGES)
    rows: Any = _latest(entries, one=len(subjects) == 1).values_list(
        "subject", "at", "action", "before", "after", "data"
    )
    found: dict[str, list[schemas.Change]] = {}
    for subject, at, action, before, after, data in rows:
        change = schemas.Change(
            at=at,
            kind=CHANGES[action],
            before=before,
            after=after,
            responsible=data.get("responsible", ""),
        )
        found.setdefault(subject, []).insert(0, change)
    return found


def _latest(entries: AuditQuerySet, *, one: bool) -> AuditQuerySet:
    """Return the latest entries of each subject, the last first; of one it takes no window, and half the time."""
    if one:
        return entries.order_by("-pk")[:LATEST]
    from_the_last = Window(RowNumber(), partition_by=F("subject"), order_by=F("pk").desc())
    return entries.annotate(place=from_the_last).filter(place__lte=LATEST).order_by("-pk")
