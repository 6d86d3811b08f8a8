"""Which public texts want somebody's eye, and why: a check is due, an act has changed, an end is near (I-29)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpum.core import clock, memo
from kpum.org.models import Unit
from kpum.org.wording import day_in_words
from kpum.pages.models import Stewardship
from services.models import LegalAct, ServiceCardPage, Waiver
from services.queries import acts_changed_since_check

#: How many days ahead an end is near.
SOON = timedelta(days=30)


class Cause(models.TextChoices):
    """Why a text is in the list; the codes stand in the addresses of the filter."""

    OVERDUE = "overdue", gettext_lazy("the check is overdue")
    SOON = "soon", gettext_lazy("a check is due within 30 days")
    ACT_CHANGED = "act_changed", gettext_lazy("an act has changed since the check")
    WAIVER_ENDS = "waiver", gettext_lazy("a waiver ends within 30 days")
    VALIDITY_ENDS = "validity", gettext_lazy("the card ceases to hold within 30 days")


def changed_acts() -> dict[int, list[LegalAct]]:
    """Return the acts that changed since a card was checked, by the card's key; asked once in a request."""
    return memo.remembered("changed acts", acts_changed_since_check)


def of_public_texts(rows: QuerySet[Stewardship]) -> QuerySet[Stewardship]:
    """Return those of the stewardships whose page is public, each with the ends that are near.

    Each carries ``waiver_end`` and ``card_end``: days, or None where none is near.
    """
    today = clock.today()
    near = today + SOON
    longer = Waiver.objects.filter(
        page=OuterRef("page"), rule=OuterRef("rule"), valid_to__gt=OuterRef("valid_to")
    )
    waivers = Waiver.objects.filter(
        ~Exists(longer), page=OuterRef("page"), valid_to__range=(today, near)
    )
    cards = ServiceCardPage.objects.filter(pk=OuterRef("page"), valid_to__lte=near)
    public = rows.filter(page__live=True, page__alias_of=None)
    return public.annotate(
        waiver_end=Subquery(waivers.order_by("valid_to").values("valid_to")[:1]),
        card_end=Subquery(cards.values("valid_to")[:1]),
    )


def is_for(cause: Cause) -> Q:
    """Return the condition on the rows of ``of_public_texts`` that are there for the cause."""
    today = clock.today()
    if cause is Cause.OVERDUE:
        return Q(review_due=None) | Q(review_due__lt=today)
    if cause is Cause.SOON:
        return Q(review_due__range=(today, today + SOON))
    if cause is Cause.ACT_CHANGED:
        return Q(page__in=list(changed_acts()))
    if cause is Cause.WAIVER_ENDS:
        return Q(waiver_end__isnull=False)
    return Q(card_end__isnull=False)


def due_by(day: date) -> Q:
    """Return the condition for what is due by a day, and what is there for another cause."""
    condition = Q(review_due=None) | Q(review_due__lte=day)
    for cause in (Cause.ACT_CHANGED, Cause.WAIVER_ENDS, Cause.VALIDITY_ENDS):
        condition |= is_for(cause)
    return condition


def causes_in_words(row: Any, acts: dict[int, list[LegalAct]]) -> list[str]:
    """Return why the row is in the list, each in a sentence of its own; ``acts`` as ``changed_acts`` tells."""
    today = clock.today()
    said = []
    if row.review_due is None:
        said.append(_("never checked"))
    elif row.review_due < today:
        said.append(_("overdue since %(day)s") % {"day": day_in_words(row.review_due)})
    elif row.review_due <= today + SOON:
        said.append(_("due on %(day)s") % {"day": day_in_words(row.review_due)})
    for act in acts.get(row.page_id, []):
        day = day_in_words(act.changed_on)
        words = _("“%(act)s” changed on %(day)s") % {"act": act.title, "day": day}
        said.append(f"{words}: {act.change}" if act.change else words)
    if row.waiver_end:
        said.append(_("a waiver ends on %(day)s") % {"day": day_in_words(row.waiver_end)})
    if row.card_end:
        said.append(_("the card holds until %(day)s") % {"day": day_in_words(row.card_end)})
    return said


def units_with_counts(rows: QuerySet[Stewardship]) -> QuerySet[Unit]:
    """Return the units of these stewardships' public pages with their counts; one query, and two for acts.

    Each carries ``public_pages``, ``overdue``, ``soon`` and ``act_changed``.
    """
    public = rows.filter(page__live=True, page__alias_of=None).order_by()
    today = clock.today()
    near = (today, today + SOON)
    seen = Q(stewardships__in=public.values("pk"))
    due = "stewardships__review_due"
    late = Q(**{f"{due}__lt": today}) | Q(**{f"{due}__isnull": True})
    return Unit.objects.filter(pk__in=public.values("owner_unit")).annotate(
        public_pages=Count("stewardships", filter=seen),
        overdue=Count("stewardships", filter=seen & late),
        soon=Count("stewardships", filter=seen & Q(**{f"{due}__range": near})),
        act_changed=Count("stewardships", filter=seen & _of_pages(changed_acts())),
    )


def _of_pages(ids: Iterable[int]) -> Q:
    return Q(stewardships__page__in=list(ids))
