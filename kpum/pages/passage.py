"""What every act at the door does alike: open it, ask for the power, change, tell, project."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page

from kpum.audit.actions import record
from kpum.core.errors import KpumError
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.outbox.actions import enqueue
from kpum.pages import door, queries, registry
from kpum.pages.authority import Authority, AuthorityKind
from kpum.pages.enums import GoneReason
from kpum.pages.errors import NoAuthority, OwnerMissing
from kpum.pages.models import PortalPage, Withdrawal


@contextmanager
def at_the_door(page_id: int, authority: Authority) -> Iterator[PortalPage]:
    """Hold the door open for one page of ours: its row is locked, and every statement is one transaction.

    Raises:
        KpumError: there is no such page, or it is none of the portal's.
    """
    with door.opened(authority), transaction.atomic():
        row = Page.objects.select_for_update().filter(pk=page_id).first()
        page = row.specific if row else None
        if not isinstance(page, PortalPage):
            raise KpumError(_("There is no page %(number)s of the portal.") % {"number": page_id})
        yield page


def require_power(actor: Any, authority: Authority, page: Any, right: Right) -> Authority:
    """Return the authority with the mandate behind it, or raise unless the right is held now.

    Raises:
        NoAuthority: no mandate, or only the approval of a text.
        OwnerMissing: the page belongs to no unit.
    """
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


def leave_public(
    page: Any, gone: GoneReason, *, actor: Any, withdrawal: dict[str, Any] | None = None
) -> None:
    """Take a page from the public: the one place where a page stops being public.

    Deleting aside, whatever follows a page out of the public (files, mirrors) follows from here,
    by the projectors. Its schedules end; ``withdrawal`` says what its address answers from now on.
    """
    if page.live:
        expired = gone is GoneReason.EXPIRED
        UnpublishPageAction(page, user=actor, set_expired=expired).execute(
            skip_permission_checks=True
        )
    if withdrawal is not None:
        Withdrawal.objects.update_or_create(page_id=page.pk, defaults=withdrawal)
    project([page.pk, *queries.alias_ids(page)], gone)


def tell(  # noqa: PLR0913 - what the trail and the outbox are told
    *,
    action: str,
    page: Page,
    actor: Any,
    authority: Authority,
    data: dict[str, Any],
    before: str = "",
    after: str = "",
) -> None:
    """Write the audit row and the event of one act."""
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


def project(page_ids: Iterable[int], reason: GoneReason) -> None:
    """Have everything that follows the public read these pages afresh."""
    ids = list(page_ids)
    for projector in registry.projectors():
        projector.pages_changed(ids, reason)


def mark_below(page: Page) -> None:
    """Have everything below read afresh by the worker."""
    if page.numchild:
        for projector in registry.projectors():
            projector.subtree_changed(page.pk)


def moment(at: Any) -> str:
    """Return a time as a reader of the trail writes it."""
    return date_format(timezone.localtime(at), "j E Y H:i")


def address_of(page: Page) -> str:
    """Return the page's address without the host."""
    return page.get_url() or page.url_path
