"""The one door: publish, withdraw, move, rename and delete, and nothing else changes what is public.

Each act is one transaction: authority, change, audit row, outbox event, projectors (the read
model last, so that its lock is the last one taken). Killed anywhere, it has not happened.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.delete_page import DeletePageAction
from wagtail.actions.move_page import MovePageAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, Revision

from kpum.audit.actions import record
from kpum.core import clock
from kpum.core.errors import KpumError
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.outbox.actions import enqueue
from kpum.pages import door, queries, registry, stewards
from kpum.pages.authority import Authority, AuthorityKind, SystemMandate
from kpum.pages.enums import GoneReason, WithdrawalReason
from kpum.pages.errors import NoAuthority, NotPublishable, OwnerMissing
from kpum.pages.models import PortalPage, Withdrawal

logger = logging.getLogger("kpum.pages")


@contextmanager
def _at_the_door(page_id: int, authority: Authority) -> Iterator[PortalPage]:
    """Hold the door open for one page: its row is locked, and every statement is one transaction."""
    with transaction.atomic(), door.opened(authority):
        row = Page.objects.select_for_update().get(pk=page_id)
        yield row.specific


def _tell(  # noqa: PLR0913 - what the trail and the outbox are told
    *,
    action: str,
    page: Page,
    actor: Any,
    authority: Authority,
    data: dict[str, Any],
    before: str = "",
    after: str = "",
) -> None:
    subject = f"page:{page.pk}"
    record(
        action=action,
        actor=actor,
        subject=subject,
        label=page.title,
        authority=authority.wording,
        acting_for=authority.acting_for,
        before=before,
        after=after,
        data=data,
    )
    enqueue(kind=action, subject=subject, payload={"title": page.title, **data})


def _project(page_ids: list[int], reason: GoneReason) -> None:
    for projector in registry.projectors():
        projector.pages_changed(page_ids, reason)


def _mark_below(page: Page) -> None:
    if page.numchild:
        for projector in registry.projectors():
            projector.subtree_changed(page.pk)


def publish(*, page_id: int, revision_id: int, authority: Authority, actor: Any) -> PortalPage:
    """Make exactly one approved revision public, or schedule it when it names a future time.

    Args:
        page_id: the page.
        revision_id: the revision that was approved; no other is ever published.
        authority: a finished chain of approvals of that revision, or a system mandate.
        actor: who took the last decision; None for the system.

    Raises:
        NoAuthority: the authority does not cover this revision.
        NotPublishable: the revision lacks what a citizen needs; names each field.
    """
    authority.require_for_publishing(revision_id)
    with _at_the_door(page_id, authority) as page:
        revision = Revision.objects.page_revisions().get(pk=revision_id, object_id=str(page_id))
        candidate = revision.as_object()
        if errors := candidate.publication_errors():
            raise NotPublishable(candidate.title, errors)
        before = (page.slug, page.live)
        PublishPageRevisionAction(revision, user=actor).execute(skip_permission_checks=True)
        return _after_publication(page_id, before, revision_id, authority, actor)


def _after_publication(
    page_id: int, before: tuple[str, bool], revision_id: int, authority: Authority, actor: Any
) -> PortalPage:
    page = Page.objects.get(pk=page_id).specific
    went_live = page.live_revision_id == revision_id
    if went_live:
        Withdrawal.objects.filter(page=page.pk).delete()
        owner_changed = stewards.settle(page)
        stewards.place(page)
        if owner_changed:
            stewards.settle_below(page)
        _tell(
            action="page.published",
            page=page,
            actor=actor,
            authority=authority,
            data={"revision": revision_id, "responsible": stewards.answer_for(page)},
        )
        if owner_changed or before != (page.slug, True):
            _mark_below(page)
        _project([page.pk, *queries.alias_ids(page)], GoneReason.WITHDRAWN)
    else:
        _tell(
            action="page.scheduled",
            page=page,
            actor=actor,
            authority=authority,
            data={
                "revision": revision_id,
                "go_live_at": str(Revision.objects.get(pk=revision_id).approved_go_live_at),
            },
        )
    return page


def withdraw(
    *,
    page_id: int,
    reason: WithdrawalReason,
    explanation: str,
    authority: Authority,
    actor: Any,
) -> PortalPage:
    """Take a page from the public, saying why.

    Raises:
        NoAuthority: no mandate to withdraw; approvals of a text do not withdraw it.
        KpumError: the page is not public.
    """
    with _at_the_door(page_id, authority) as page:
        authority = _require_power(actor, authority, page, Right.WITHDRAW)
        if not page.live:
            raise KpumError(_("“%(title)s” is not public.") % {"title": page.title})
        UnpublishPageAction(page, user=actor).execute(skip_permission_checks=True)
        Withdrawal.objects.update_or_create(
            page_id=page.pk,
            defaults={
                "reason": reason.value,
                "explanation": explanation,
                "withdrawn_at": clock.now(),
            },
        )
        _tell(
            action="page.withdrawn",
            page=page,
            actor=actor,
            authority=authority,
            data={"reason": reason.value, "explanation": explanation},
        )
        _project([page.pk, *queries.alias_ids(page)], GoneReason.WITHDRAWN)
        return page


def expire(*, page_id: int) -> PortalPage:
    """Take a page from the public because its approved end has come."""
    authority = Authority.of_system(SystemMandate.SCHEDULE)
    with _at_the_door(page_id, authority) as page:
        if not (page.live and page.expire_at and page.expire_at <= clock.now()):
            raise KpumError(f"Page {page_id} has not expired.")
        UnpublishPageAction(page, set_expired=True).execute(skip_permission_checks=True)
        _tell(action="page.expired", page=page, actor=None, authority=authority, data={})
        _project([page.pk, *queries.alias_ids(page)], GoneReason.EXPIRED)
        return page


def move(*, page_id: int, target_id: int, authority: Authority, actor: Any) -> PortalPage:
    """Move a page with everything below it under another page; owners and addresses follow.

    Raises:
        NoAuthority: no mandate over the page, or over the target.
        OwnerMissing: the target belongs to no unit.
    """
    with _at_the_door(page_id, authority) as page:
        authority = _require_power(actor, authority, page, queries.right_to_restructure(page))
        target = Page.objects.select_for_update().get(pk=target_id)
        _require_power(actor, authority, target, Right.ADD)
        MovePageAction(page, target, pos="last-child", user=actor).execute(
            skip_permission_checks=True
        )
        moved = Page.objects.get(pk=page_id).specific
        stewards.settle(moved)
        stewards.settle_below(moved)
        _tell(
            action="page.moved",
            page=moved,
            actor=actor,
            authority=authority,
            data={"target": target_id},
        )
        _mark_below(moved)
        _project([moved.pk], GoneReason.WITHDRAWN)
        return moved


def delete(*, page_id: int, authority: Authority, actor: Any) -> None:
    """Delete a page with everything below it; each mirror is told of every document that goes.

    Raises:
        NoAuthority: no mandate to delete it.
    """
    with _at_the_door(page_id, authority) as page:
        authority = _require_power(actor, authority, page, queries.right_to_restructure(page))
        gone = [
            registry.RemovedPage(row.pk, row.translation_key, row.locale.language_code)
            for row in page.get_descendants(inclusive=True).select_related("locale")
        ]
        _tell(
            action="page.deleted",
            page=page,
            actor=actor,
            authority=authority,
            data={"pages": [removed.page_id for removed in gone]},
        )
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


def _require_power(actor: Any, authority: Authority, page: Any, right: Right) -> Authority:
    """Return the authority with the mandate behind it, or raise unless the right is held now."""
    if authority.kind is AuthorityKind.SYSTEM:
        return authority
    if authority.kind is AuthorityKind.APPROVALS:
        raise NoAuthority(_("Only a mandate allows this, not the approval of a text."))
    place = queries.place_of(page)
    if place is None:
        raise OwnerMissing
    ground = org.ground_of(actor, place, right)
    if ground is None:
        raise NoAuthority(_("You have no mandate for this on “%(title)s”.") % {"title": page.title})
    return authority.grounded_in(ground)
