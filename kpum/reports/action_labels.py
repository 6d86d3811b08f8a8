"""The acts of the audit trail in the reader's words; a test finds an act that has none."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTION_LABELS: dict[str, Any] = {
    "branch.policy_set": _("policy of a branch site set"),
    "category.saved": _("category saved"),
    "channel.added": _("channel added"),
    "channel.changed": _("rules of a channel changed"),
    "document.added": _("file added"),
    "document.changed": _("file changed"),
    "document.deleted": _("file deleted"),
    "feed.epoch_started": _("every follower of the channels told to start again"),
    "feed.reconciled": _("feed of the channels put right"),
    "image.added": _("picture added"),
    "image.changed": _("picture changed"),
    "image.deleted": _("picture deleted"),
    "lifeevent.saved": _("life event saved"),
    "mandate.changed": _("mandate's end changed"),
    "mandate.ended": _("mandate ended"),
    "mandate.granted": _("mandate given"),
    "mandate.taken_back": _("mandate taken back before it began"),
    "order.issued": _("internal order stored"),
    "page.approved": _("text approved"),
    "page.copied": _("page copied"),
    "page.deleted": _("page deleted"),
    "page.expired": _("page expired"),
    "page.formally_checked": _("page formally checked"),
    "page.hand_over_answered": _("another portal answered about the page"),
    "page.moved": _("page moved"),
    "page.published": _("page published"),
    "page.reassigned": _("review handed to another person"),
    "page.renamed": _("page's address changed"),
    "page.returned": _("text returned for correction"),
    "page.review_cancelled": _("review cancelled"),
    "page.schedule_cancelled": _("schedule cancelled"),
    "page.scheduled": _("publication scheduled"),
    "page.stage_skipped": _("stage of the approval path skipped"),
    "page.submitted": _("text submitted for approval"),
    "page.taken_down": _("page taken down at once"),
    "page.withdrawn": _("page withdrawn"),
    "regulation.accepted": _("publishing regulation accepted"),
    "regulation.issued": _("publishing regulation put into force"),
    "site.set": _("address of a site set"),
    "substitution.ended": _("substitution ended"),
    "substitution.named": _("substitute named"),
    "unit.added": _("unit added"),
    "unit.changed": _("unit changed"),
    "unit.closed": _("unit closed"),
    "unit.contact_changed": _("contact of a unit changed"),
    "unit.moved": _("unit moved in the tree"),
    "unit.reopened": _("unit opened again"),
}


def action_in_words(action: str) -> str:
    """Return what was done, in words; an act of an older version keeps its code."""
    return str(ACTION_LABELS.get(action, action))
