"""Whether a public text is still right: who said so last, and when somebody must say it again (I-29, D-45)."""

from typing import Any

from django.utils.translation import gettext as _

from kpum.core import clock
from kpum.core.errors import KpumError
from kpum.org.enums import Right
from kpum.pages.authority import Authority
from kpum.pages.enums import GoneReason
from kpum.pages.models import PortalPage, Stewardship
from kpum.pages.passage import at_the_door, project, require_power, tell
from kpum.pages.stewards import next_review


def confirm(*, page_id: int, authority: Authority, actor: Any) -> PortalPage:
    """Say that a public text is still right: citizens read the day, and the next check moves on.

    Args:
        page_id: the page; what is public is confirmed, not a later draft.
        authority: a mandate to decide on texts of the unit: whoever writes them does not vouch for them.
        actor: who says so.

    Raises:
        NoAuthority: the person has no mandate to decide on texts of this unit.
        KpumError: the page is not public.
    """
    with at_the_door(page_id, authority) as page:
        authority = require_power(actor, authority, page, Right.DECIDE)
        if not page.live:
            raise KpumError(
                _("“%(title)s” is not public: there is nothing to confirm.")
                % {"title": page.draft_title}
            )
        row = Stewardship.objects.get(page=page.pk)
        before = row.last_verified
        row.last_verified, row.review_due = clock.today(), next_review(page)
        row.save(update_fields=["last_verified", "review_due"])
        page._state.fields_cache.pop("stewardship", None)
        tell(
            action="page.confirmed",
            page=page,
            actor=actor,
            authority=authority,
            before=str(before or ""),
            after=str(row.last_verified),
            data={"review_due": str(row.review_due)},
        )
        project([page.pk], GoneReason.WITHDRAWN)
        return page
