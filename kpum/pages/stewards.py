"""Deciding whose a page is, who answers for it, and when it is looked at again."""

from calendar import monthrange
from datetime import date

from wagtail.models import Page

from kpum.core import clock, memo
from kpum.org import queries as org
from kpum.pages.errors import OwnerMissing
from kpum.pages.models import Placement, PortalPage, Stewardship, UnitBoundPage

#: How often a page is checked whose type does not say.
MONTHS_BETWEEN_CHECKS = 12


def settle(page: PortalPage) -> bool:
    """Write the page's stewardship from its own unit or its place; return whether it changed.

    Raises:
        OwnerMissing: neither the page nor the one above it names a unit (K-02).
    """
    memo.forget()
    if isinstance(page, UnitBoundPage):
        unit_id, inherited = page.unit_id, False
    else:
        parent = page.get_parent()
        above = Stewardship.objects.filter(page=parent.pk).first() if parent else None
        if above is None:
            raise OwnerMissing
        unit_id, inherited = above.owner_unit_id, True
    wanted = {"owner_unit_id": unit_id, "inherited": inherited}
    row, created = Stewardship.objects.get_or_create(page_id=page.pk, defaults=wanted)
    if created or (row.owner_unit_id, row.inherited) == (unit_id, inherited):
        return created
    Stewardship.objects.filter(page_id=page.pk).update(**wanted)
    page._state.fields_cache.pop("stewardship", None)
    return True


def settle_below(page: Page) -> None:
    """Hand a changed owner down to every page that takes it from above (three queries in all)."""
    rows = list(
        Stewardship.objects.filter(page__path__startswith=page.path)
        .select_related("page")
        .order_by("page__path")
    )
    owners: dict[str, int] = {}
    changed = []
    for row in rows:
        above = owners.get(row.page.path[: -Page.steplen])
        if row.inherited and above is not None and row.owner_unit_id != above:
            row.owner_unit_id = above
            changed.append(row)
        owners[row.page.path] = row.owner_unit_id
    Stewardship.objects.bulk_update(changed, ["owner_unit"])


def months_later(day: date, months: int) -> date:
    """Return the same day so many months later; the month's last, where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def next_review(page: PortalPage) -> date:
    """Return when a page that is found right today is due again."""
    return months_later(clock.today(), getattr(page, "review_months", MONTHS_BETWEEN_CHECKS))


def answer_for(page: PortalPage) -> str:
    """Write down who leads the owning unit as the page is published, and return the name (K-21).

    What is approved has been looked at: from now its next check is counted (I-29).
    """
    unit = page.owner_unit
    names = ", ".join(str(head) for head in org.heads_of(unit))[:300]
    Stewardship.objects.filter(page_id=page.pk).update(
        responsible=names, last_verified=clock.today(), review_due=next_review(page)
    )
    page._state.fields_cache.pop("stewardship", None)
    return names


def place(page: PortalPage) -> None:
    """Send the page to exactly the channels its published revision names."""
    wanted = set(page.targets)
    present = set(Placement.objects.filter(page=page.pk).values_list("channel", flat=True))
    Placement.objects.filter(page=page.pk, channel__in=present - wanted).delete()
    Placement.objects.bulk_create(
        Placement(page_id=page.pk, channel=channel) for channel in sorted(wanted - present)
    )
