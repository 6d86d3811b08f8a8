"""The one door: nothing but these acts changes what is public.

Each act is one transaction: authority, change, audit row, outbox event, projectors (the read
model last, so that its lock is the last one taken). Killed anywhere, it has not happened.
"""

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Page, Revision

from kpum.core import clock
from kpum.core.errors import KpumError
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Place, rights_over
from kpum.pages import addresses, graves, queries, registry, stewards
from kpum.pages.authority import Authority, AuthorityKind, SystemMandate
from kpum.pages.enums import GoneReason, WithdrawalReason
from kpum.pages.errors import AddressRefused, NoAuthority, NotPublishable
from kpum.pages.models import PortalPage, Withdrawal
from kpum.pages.passage import (
    address_of,
    at_the_door,
    leave_public,
    mark_below,
    moment,
    project,
    require_power,
    tell,
)

logger = logging.getLogger("kpum.pages")


def publish(*, page_id: int, revision_id: int, authority: Authority, actor: Any) -> PortalPage:
    """Make exactly one approved revision public, or schedule it when it names a future time.

    Args:
        page_id: the page.
        revision_id: the revision that was approved; no other is ever published.
        authority: a finished chain of approvals of that revision, or a system mandate.
        actor: who took the last decision; None for the system.

    Raises:
        NoAuthority: the authority does not cover this revision, or is older than a withdrawal.
        NotPublishable: the revision lacks what a citizen needs; names each field.
    """
    authority.require_for_publishing(revision_id)
    with at_the_door(page_id, authority) as page:
        revision = Revision.objects.page_revisions().get(pk=revision_id, object_id=str(page_id))
        candidate = revision.as_object()
        if withdrawal := Withdrawal.objects.filter(page=page_id).first():
            authority.require_later_than(withdrawal.withdrawn_at)
        if errors := candidate.publication_errors():
            raise NotPublishable(candidate.title, errors)
        before = (page.slug, page.live, _state_of(page))
        # Wagtail asks the text whether the page is public, and would withdraw it unsaid when the text
        # was begun before that and is for later.
        revision.content |= {"live_revision": page.live_revision_id}
        PublishPageRevisionAction(revision, user=actor).execute(skip_permission_checks=True)
        return _after_publication(page_id, before, revision_id, authority, actor)


def _after_publication(
    page_id: int, before: tuple[str, bool, str], revision_id: int, authority: Authority, actor: Any
) -> PortalPage:
    page = Page.objects.get(pk=page_id).specific
    went_live = page.live_revision_id == revision_id
    if went_live:
        Withdrawal.objects.filter(page=page.pk).delete()
        owner_changed = stewards.settle(page)
        stewards.place(page)
        if owner_changed:
            stewards.settle_below(page)
        tell(
            action="page.published",
            page=page,
            actor=actor,
            authority=authority,
            before=before[2],
            after=_state_of(page),
            data={"revision": revision_id, "responsible": stewards.answer_for(page)},
        )
        if owner_changed or before[:2] != (page.slug, True):
            mark_below(page)
        project([page.pk, *queries.alias_ids(page)], GoneReason.WITHDRAWN)
    else:
        at = Revision.objects.get(pk=revision_id).approved_go_live_at
        tell(
            action="page.scheduled",
            page=page,
            actor=actor,
            authority=authority,
            before=before[2],
            after=_("goes live on %(moment)s") % {"moment": moment(at)},
            data={"revision": revision_id, "go_live_at": str(at)},
        )
        if before[0] != page.slug:
            # A page that is not public takes its new address now, and what lies below with it.
            mark_below(page)
    return page


def _state_of(page: Page) -> str:
    """Return how the page stands, as a reader of the trail understands it."""
    if not page.live:
        return _("not public")
    return _("public: “%(title)s”, %(address)s") % {
        "title": page.title,
        "address": address_of(page),
    }


def withdraw(  # noqa: PLR0913 - what citizens are told
    *,
    page_id: int,
    reason: WithdrawalReason,
    explanation: str,
    authority: Authority,
    actor: Any,
    keep_text: bool = False,
    successor_id: int | None = None,
) -> PortalPage:
    """Take a page from the public, saying why and where to go instead.

    Args:
        page_id: the page.
        reason: the kind of withdrawal, for machines.
        explanation: the reason in words, for citizens.
        authority: a mandate over the page's unit.
        actor: who withdraws it.
        keep_text: whether the last public text stays readable at its address, marked as out of date.
        successor_id: the public page to go to instead; demanded of what was merged or replaced.

    Raises:
        NoAuthority: no mandate to withdraw; approvals of a text do not withdraw it.
        WithdrawalRefused: no explanation, no successor or one that is not public; names the field.
        KpumError: the page is not public.
    """
    with at_the_door(page_id, authority) as page:
        authority = require_power(actor, authority, page, Right.WITHDRAW)
        if not page.live:
            raise KpumError(_("“%(title)s” is not public.") % {"title": page.title})
        successor = graves.successor_for(page, reason, successor_id)
        grave = graves.grave_of(page, reason, explanation, keep_text=keep_text) | {
            "successor": successor
        }
        before = _("public at %(address)s") % {"address": address_of(page)}
        leave_public(page, GoneReason.WITHDRAWN, actor=actor, withdrawal=grave)
        tell(
            action="page.withdrawn",
            page=page,
            actor=actor,
            authority=authority,
            before=before,
            after=graves.in_words(grave),
            data={
                "reason": reason.value,
                "explanation": explanation,
                "keep_text": keep_text,
                "successor": successor_id,
            },
        )
        return page


def take_down(*, page_id: int, explanation: str, authority: Authority, actor: Any) -> PortalPage:
    """Take a page from the public at once: in every language, with aliases and files (K-27).

    Its reviews and schedules end; the unit's head and coordinators are written to. It comes back
    only by new approvals.

    Raises:
        NoAuthority: no mandate to take down.
        WithdrawalRefused: no explanation.
        KpumError: nothing of the page is public.
    """
    with at_the_door(page_id, authority) as page:
        authority = require_power(actor, authority, page, Right.TAKE_DOWN)
        versions = queries.versions_of(page)
        public = [version for version in versions if _is_readable(version)]
        if not public:
            raise KpumError(_("“%(title)s” is not public.") % {"title": page.title})
        before = _("public at %(addresses)s") % {
            "addresses": ", ".join(address_of(version) for version in public)
        }
        left = {
            version.pk: graves.grave_of(
                version, WithdrawalReason.TAKEN_DOWN, explanation, keep_text=False
            )
            for version in public
        }
        for version in versions:
            _stop_what_is_under_way(version, actor)
        for version in public:
            leave_public(version, GoneReason.TAKEN_DOWN, actor=actor, withdrawal=left[version.pk])
        tell(
            action="page.taken_down",
            page=page,
            actor=actor,
            authority=authority,
            before=before,
            after=_("taken down: %(explanation)s") % {"explanation": explanation},
            data={"explanation": explanation, "pages": sorted(left)},
        )
        return page


def _is_readable(page: Any) -> bool:
    return bool(page.live) or Withdrawal.objects.filter(page=page.pk, keep_text=True).exists()


def _stop_what_is_under_way(page: Any, actor: Any) -> None:
    if state := page.current_workflow_state:
        state.cancel(user=actor)
    page.revisions.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=None)


def cancel_schedule(*, page_id: int, authority: Authority, actor: Any) -> PortalPage:
    """Have an approved text not go live at its time; it stays a draft.

    Raises:
        NoAuthority: no mandate to withdraw.
        KpumError: nothing of the page waits for a time.
    """
    with at_the_door(page_id, authority) as page:
        authority = require_power(actor, authority, page, Right.WITHDRAW)
        waiting = queries.scheduled_revision(page)
        if waiting is None or waiting.approved_go_live_at is None:
            raise KpumError(
                _("Nothing of “%(title)s” waits for a time.") % {"title": page.draft_title}
            )
        page.revisions.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=None)
        tell(
            action="page.schedule_cancelled",
            page=page,
            actor=actor,
            authority=authority,
            before=_("goes live on %(moment)s") % {"moment": moment(waiting.approved_go_live_at)},
            after=_("a draft without a time"),
            data={"revision": waiting.pk},
        )
        return page


def expire(*, page_id: int) -> PortalPage:
    """Take a page from the public because its approved end has come."""
    authority = Authority.of_system(SystemMandate.SCHEDULE)
    with at_the_door(page_id, authority) as page:
        if not (page.live and page.expire_at and page.expire_at <= clock.now()):
            raise KpumError(f"Page {page_id} has not expired.")
        before = _("public at %(address)s") % {"address": address_of(page)}
        leave_public(page, GoneReason.EXPIRED, actor=None)
        tell(
            action="page.expired",
            page=page,
            actor=None,
            authority=authority,
            before=before,
            after=_("not public: its time has ended"),
            data={},
        )
        return page


def move(*, page_id: int, target_id: int, authority: Authority, actor: Any) -> PortalPage:
    """Move a page with everything below it under another page; owners and addresses follow.

    Raises:
        NoAuthority: no mandate over the page, or over the target.
        OwnerMissing: the target belongs to no unit.
        KpumError: the page may not lie there.
    """
    with at_the_door(page_id, authority) as page:
        authority = require_power(actor, authority, page, queries.right_to_restructure(page))
        target = _target(target_id)
        require_power(actor, authority, target, Right.ADD)
        if target.pk == page.pk or target.is_descendant_of(page):
            raise KpumError(_("A page cannot be moved below itself."))
        before = address_of(page)
        MovePageAction(page, target, pos="last-child", user=actor).execute(
            skip_permission_checks=True
        )
        moved = Page.objects.get(pk=page_id).specific
        stewards.settle(moved)
        stewards.settle_below(moved)
        tell(
            action="page.moved",
            page=moved,
            actor=actor,
            authority=authority,
            before=before,
            after=address_of(moved),
            data={"target": target_id},
        )
        mark_below(moved)
        project([moved.pk], GoneReason.WITHDRAWN)
        return moved


def _target(target_id: int) -> Any:
    target = Page.objects.select_for_update().filter(pk=target_id).first()
    if target is None:
        raise KpumError(_("There is no page %(number)s of the portal.") % {"number": target_id})
    return target


def copy(  # noqa: PLR0913 - what a copy is
    *,
    page_id: int,
    target_id: int,
    title: str,
    slug: str,
    authority: Authority,
    actor: Any,
    with_descendants: bool = False,
) -> PortalPage:
    """Copy a page as a draft of its own, never as an alias.

    Raises:
        NoAuthority: no mandate to see the page (and, with descendants, each of them), or to add
            pages under the target.
        OwnerMissing: the target belongs to no unit.
        AddressRefused: the address is no address, or is taken.
        KpumError: the page may not lie there.
    """
    with at_the_door(page_id, authority) as page:
        authority = require_power(actor, authority, page, Right.VIEW)
        target = _target(target_id)
        require_power(actor, authority, target, Right.ADD)
        if not type(page).can_create_at(target.specific):
            raise KpumError(
                _("A page of this kind cannot lie under “%(title)s”.") % {"title": target.title}
            )
        if with_descendants:
            _require_view_of_all(page, authority, actor)
            if target.pk == page.pk or target.is_descendant_of(page):
                raise KpumError(_("A page cannot be copied below itself with all its pages."))
        addresses.check_slug(slug, target, None)
        made = CopyPageAction(
            page,
            to=target,
            update_attrs={"title": title, "draft_title": title, "slug": slug},
            recursive=with_descendants,
            copy_revisions=False,
            keep_live=False,
            user=actor,
        ).execute(skip_permission_checks=True)
        tell(
            action="page.copied",
            page=made,
            actor=actor,
            authority=authority,
            before=_("copy of “%(title)s”, %(address)s")
            % {"title": page.title, "address": address_of(page)},
            after=_("draft “%(title)s”, %(address)s")
            % {"title": title, "address": address_of(made)},
            data={"source": page.pk, "target": target_id, "with_descendants": with_descendants},
        )
        return Page.objects.get(pk=made.pk).specific


def _require_view_of_all(page: Page, authority: Authority, actor: Any) -> None:
    if authority.kind is AuthorityKind.SYSTEM:
        return
    below = page.get_descendants().values_list("stewardship__owner_unit__path", "path")
    powers = org.powers_of(actor)
    for unit_path, page_path in below:
        if unit_path is None or Right.VIEW not in rights_over(powers, Place(unit_path, page_path)):
            raise NoAuthority(
                _("Below “%(title)s” lie pages that you may not see.") % {"title": page.title}
            )


def rename(*, page_id: int, slug: str, authority: Authority, actor: Any) -> PortalPage:
    """Give a page another address; the old one redirects, and everything below follows.

    Raises:
        NoAuthority: no mandate; for what is public, or above it, it takes the chief editor.
        AddressRefused: the address is no address, or is taken; or the text waits for a decision
            or a time, which were given for the present address.
    """
    with at_the_door(page_id, authority) as page:
        authority = require_power(actor, authority, page, queries.right_to_restructure(page))
        if page.current_workflow_state or queries.scheduled_revision(page):
            raise AddressRefused(
                _("“%(title)s” waits for a decision or for its time: cancel that first.")
                % {"title": page.draft_title}
            )
        addresses.check_slug(slug, page.get_parent(), page)
        before = address_of(page)
        page.slug = slug
        page.save(clean=False)
        addresses.carry_into_drafts(page)
        tell(
            action="page.renamed",
            page=page,
            actor=actor,
            authority=authority,
            before=before,
            after=address_of(page),
            data={"slug": slug},
        )
        mark_below(page)
        project([page.pk, *queries.alias_ids(page)], GoneReason.WITHDRAWN)
        return page


def delete(*, page_id: int, authority: Authority, actor: Any) -> None:
    """Delete a page with everything below it; each mirror is told of every document that goes.

    Raises:
        NoAuthority: no mandate to delete it.
    """
    with at_the_door(page_id, authority) as page:
        authority = require_power(actor, authority, page, queries.right_to_restructure(page))
        gone = [
            registry.RemovedPage(row.pk, row.translation_key, row.locale.language_code)
            for row in page.get_descendants(inclusive=True).select_related("locale")
        ]
        below = page.get_descendant_count()
        tell(
            action="page.deleted",
            page=page,
            actor=actor,
            authority=authority,
            before=ngettext(
                "%(address)s, with %(count)s page below",
                "%(address)s, with %(count)s pages below",
                below,
            )
            % {"address": address_of(page), "count": below},
            after=_("deleted"),
            data={"pages": [removed.page_id for removed in gone]},
        )
        Withdrawal.objects.filter(page__in=[removed.page_id for removed in gone]).delete()
        DeletePageAction(page, user=actor).execute(skip_permission_checks=True)
        for projector in registry.projectors():
            projector.pages_removed(gone)


def publish_due() -> tuple[int, int]:
    """Publish what is due and withdraw what has expired; return the two counts.

    What cannot be published stays scheduled and is logged: one bad page holds up no other.
    """
    published = sum(_attempt(_publish_scheduled, pk) for pk in queries.due_revision_ids())
    expired = sum(_attempt(lambda pk: expire(page_id=pk), pk) for pk in queries.expired_page_ids())
    return published, expired


def _publish_scheduled(revision_id: int) -> None:
    revision = Revision.objects.get(pk=revision_id)
    authority = registry.approvals_of(revision_id)
    if authority is None:
        raise NoAuthority(f"No approvals stand behind scheduled revision {revision_id}.")
    publish(
        page_id=int(revision.object_id), revision_id=revision_id, authority=authority, actor=None
    )


def _attempt(act: Any, pk: int) -> bool:
    try:
        act(pk)
    except (KpumError, ObjectDoesNotExist):
        logger.exception("The schedule could not be kept for %s", pk)
        return False
    return True
