"""The record of one page: whose it is, who answers for it, what became of it. Read only (K-21, K-30)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.models import Page, Revision

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.org import queries as org
from kpum.org.models import OrderDuty, Unit
from kpum.pages import queries as pages
from kpum.pages.registry import RecordNote, record_notes
from kpum.reports.action_labels import action_in_words

#: As many lines as a person reads; the whole trail is in the report.
LINES = 50


@dataclass(frozen=True)
class RecordedAct:
    """A row of the trail, with its action in words."""

    entry: AuditEntry

    @property
    def action(self) -> str:
        return action_in_words(self.entry.action)


@dataclass(frozen=True)
class PageRecord:
    """Everything a reader without the right to write may know of a page.

    Attributes:
        heads: who leads the owning unit now.
        duties: whom its internal orders in force name (K-22, M-13).
        revisions: the latest first, with their authors.
        acts: the acts of the trail on this page, the latest first.
        notes: what sister portals answered about it, the latest first (K-28).
    """

    page: Any
    unit: Unit
    heads: list[Any]
    duties: list[OrderDuty]
    revisions: list[Revision]
    acts: list[RecordedAct]
    notes: list[RecordNote]

    @property
    def state(self) -> str:
        """Return in words what the public sees of it."""
        if not self.page.live:
            return str(_("not public"))
        if self.page.has_unpublished_changes:
            return str(_("public, with changes that are not public yet"))
        return str(_("public"))


def record_of(page: Page) -> PageRecord | None:
    """Return the record of a page of ours, or None when no unit owns it; eleven queries."""
    specific = page.specific
    if pages.place_of(specific) is None:
        return None
    unit = specific.owner_unit
    return PageRecord(
        page=specific,
        unit=unit,
        heads=org.heads_of(unit),
        duties=list(_duties_in_force(unit)),
        revisions=list(
            page.revisions.select_related("user").order_by("-created_at", "-pk")[:LINES]
        ),
        acts=[
            RecordedAct(entry)
            for entry in AuditEntry.objects.about(f"page:{page.pk}").reverse()[:LINES]
        ],
        notes=record_notes(page),
    )


def _duties_in_force(unit: Unit) -> QuerySet[OrderDuty]:
    today = clock.today()
    orders = unit.internal_orders.filter(valid_from__lte=today).exclude(valid_to__lt=today)
    duties = OrderDuty.objects.filter(order__in=orders).select_related("person", "order")
    return duties.order_by("duty", "person__last_name", "pk")
