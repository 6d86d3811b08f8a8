"""Putting a page into the tree and, when it is to be public, through the door."""

from typing import Any

from django.utils.html import escape

from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate


def add(parent: Any, page: Any, *, author: Any) -> Any:
    """Add a draft with its first revision, as the author would have saved it."""
    page.live = False
    page.owner = author
    parent.refresh_from_db()
    parent.add_child(instance=page)
    page.save_revision(user=author, clean=False)
    return page


def publish(page: Any) -> Any:
    """Publish the page's latest revision under the demo's own system mandate."""
    return door.publish(
        page_id=page.pk,
        revision_id=page.latest_revision_id,
        authority=Authority.of_system(SystemMandate.DEMO),
        actor=None,
    )


def body_of(row: dict[str, Any], key: str = "sections") -> list[tuple[str, Any]]:
    """Return headings and paragraphs as stream data."""
    stream: list[tuple[str, Any]] = []
    for section in row.get(key, []):
        stream.append(("heading", section["heading"]))
        stream.append(("paragraph", paragraphs(section["text"])))
    return stream


def paragraphs(text: str) -> str:
    """Return plain text as running text: a paragraph for each that an empty line parts."""
    return "".join(f"<p>{escape(part.strip())}</p>" for part in text.split("\n\n") if part.strip())
