"""The hard rules, told to who submits a card: before anybody's time is spent on it (K-16)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from kpum.pages.models import PortalPage
from services.conformity.examination import examine
from services.conformity.waivers import waived

if TYPE_CHECKING:
    from services.models import ServiceCardPage


def told_at_submission(card: "ServiceCardPage", parent: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield (field, messages) for each hard rule that is neither met nor waived.

    Args:
        card: the text as it was typed; it may have no place in the tree yet.
        parent: the page that a new card will lie under.
    """
    unit = None
    if card.pk is None:
        if not isinstance(parent.specific, PortalPage):
            return
        unit = parent.specific.owner_unit
    found = examine(card, waived(card.pk) if card.pk else None, unit)
    for result in found.barring:
        for one in result.evidence:
            told = _("%(message)s (rule %(rule)s)")
            yield one.field, [told % {"message": one.message, "rule": result.rule.code}]
