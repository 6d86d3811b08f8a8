"""Links of public pages that lead nowhere, or may."""

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.fields.json import KeyTextTransform
from wagtail.models import Page

from kpum.integrations.link_checks.enums import AddressState
from kpum.pages.link_models import PageLink
from kpum.pages.models import Withdrawal


def dead_links() -> Q:
    """Return the condition on links for those that lead nowhere, judged now.

    Those are links to addresses that are broken, and to pages that are not public.
    """
    return Q(address__state=AddressState.BROKEN) | dead_links_inside()


def dead_links_inside() -> Q:
    """Return the condition on links for those to pages that are not public, judged now."""
    public = Page.objects.live().public().filter(pk=OuterRef("target_page"))
    return Q(target_page__isnull=False) & ~Q(Exists(public))


def links_of_live_pages() -> QuerySet[PageLink]:
    """Return the links that stand in what is public now: a page may have gone since they were gathered."""
    return PageLink.objects.filter(page__live=True)


def with_what_is_there(links: QuerySet[PageLink]) -> QuerySet[PageLink]:
    """Add ``since``, ``target_exists`` and, of a withdrawn page, the title that the public knew.

    No other title is told: a page that was never public is somebody's draft.
    """
    told: Any = Withdrawal.objects.filter(page=OuterRef("target_page"))
    return links.annotate(
        since=Case(
            When(address__isnull=False, then=F("address__failing_since")),
            default=Subquery(told.values("withdrawn_at")),
        ),
        target_title=Subquery(told.values(told=KeyTextTransform("title", "revision__content"))),
        target_exists=Exists(Page.objects.filter(pk=OuterRef("target_page"))),
    )
