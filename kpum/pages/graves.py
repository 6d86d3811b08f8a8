"""What a withdrawal leaves at the page's address: checked, and put into words for the trail."""

from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Page

from kpum.core import clock
from kpum.pages import queries
from kpum.pages.enums import WithdrawalReason
from kpum.pages.errors import WithdrawalRefused
from kpum.pages.models import PortalPage, Withdrawal


def successor_for(
    page: PortalPage, reason: WithdrawalReason, successor_id: int | None
) -> Page | None:
    """Return the page to go to instead.

    Raises:
        WithdrawalRefused: it is wanted and missing, or is no other public page.
    """
    if successor_id is None:
        if reason.names_successor:
            raise WithdrawalRefused("successor", _("Name the page that citizens go to instead."))
        return None
    found = queries.public_pages().exclude(pk=page.pk).filter(pk=successor_id).first()
    if found is None:
        raise WithdrawalRefused(
            "successor", _("The page that citizens go to instead must be another public page.")
        )
    return found


def grave_of(
    page: Any, reason: WithdrawalReason, explanation: str, *, keep_text: bool
) -> dict[str, Any]:
    """Return the values of the page's ``Withdrawal``.

    Raises:
        WithdrawalRefused: no explanation, or no text that could stay.
    """
    if not explanation.strip():
        raise WithdrawalRefused("explanation", _("Say why: citizens read it."))
    # A second withdrawal of the same page still shows what was public last.
    revision = page.live_revision or getattr(
        Withdrawal.objects.filter(page=page.pk).first(), "revision", None
    )
    if keep_text and revision is None:
        raise WithdrawalRefused("keep_text", _("No public text is stored that could stay."))
    return {
        "reason": reason.value,
        "explanation": explanation,
        "withdrawn_at": clock.now(),
        "revision": revision,
        "keep_text": keep_text,
        "successor": None,
    }


def in_words(grave: dict[str, Any]) -> str:
    """Return what citizens find from now on, as a reader of the trail understands it."""
    words = [
        _("withdrawn (%(reason)s): %(explanation)s")
        % {
            "reason": WithdrawalReason(grave["reason"]).label,
            "explanation": grave["explanation"],
        }
    ]
    if grave["keep_text"]:
        words.append(_("the text stays readable, marked as out of date"))
    if grave["successor"]:
        words.append(_("citizens go to “%(title)s”") % {"title": grave["successor"].title})
    return "; ".join(words)
