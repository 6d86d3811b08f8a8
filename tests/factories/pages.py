"""Pages in the tree: a draft as an author leaves it, and what the door makes of it."""

from typing import Any

from wagtail.models import Page

from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate


def draft(parent: Page, page: Any, *, author: Any = None) -> Any:
    """Add a page as a draft with one revision."""
    page.live = False
    page.owner = author
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    page.save_revision(user=author, clean=False)
    return page


def publish(page: Any) -> Any:
    """Publish the page's latest revision under the tests' own system mandate."""
    return door.publish(
        page_id=page.pk,
        revision_id=page.latest_revision_id,
        authority=Authority.of_system(SystemMandate.TESTS),
        actor=None,
    )


def edit(page: Any, *, author: Any = None, **changes: Any) -> Any:
    """Save another revision with changes; the live page stays as it is."""
    fresh = Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(fresh, name, value)
    fresh.save_revision(user=author, clean=False)
    return Page.objects.get(pk=page.pk).specific
