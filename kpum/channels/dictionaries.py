"""The words of the catalogue's dictionaries, as the API gives them (D-25)."""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.utils import translation

from services.models import BusinessEvent, Category, Grouping, LegalAct, LifeEvent, PrivacyNotice

Words = Iterator[dict[str, Any]]


def _groupings(model: type[Grouping]) -> Words:
    for row in model._default_manager.order_by("order", "name", "slug"):
        yield {
            "id": str(row.document_id), "slug": row.slug, "name": row.name, "summary": row.summary,
            "order": row.order,
        }  # fmt: skip


def _acts() -> Words:
    for order, act in enumerate(LegalAct.objects.order_by("title", "eli")):
        yield {
            "id": str(act.document_id), "slug": act.eli, "name": act.title, "summary": act.journal,
            "order": order,
        }  # fmt: skip


def _notices() -> Words:
    for order, notice in enumerate(PrivacyNotice.objects.order_by("title", "slug")):
        parts = [{"title": str(heading), "text": text} for heading, text in notice.parts()]
        yield {
            "id": str(notice.document_id), "slug": notice.slug, "name": notice.title,
            "summary": notice.purpose, "order": order, "parts": parts,
        }  # fmt: skip


_READERS: dict[str, tuple[Callable[[], Words], str]] = {
    "categories": (partial(_groupings, Category), "Categories"),
    "life-events": (partial(_groupings, LifeEvent), "Life events"),
    "business-events": (partial(_groupings, BusinessEvent), "Business events"),
    "legal-acts": (_acts, "Legal acts"),
    "privacy-notices": (_notices, "Privacy notices"),
}


def codes() -> list[str]:
    """Return the codes of the dictionaries."""
    return list(_READERS)


def dictionary(code: str) -> dict[str, Any]:
    """Return a dictionary with its words and their version; one query.

    Raises:
        KeyError: there is none of this code.
    """
    read, title = _READERS[code]
    # Headings are words of the document: they are Polish whoever asks, as documents of units are.
    with translation.override("pl"):
        words = list(read())
    version = hashlib.sha256(json.dumps(words).encode()).hexdigest()
    return {"code": code, "title": title, "version": version, "words": words}


def overview() -> list[dict[str, Any]]:
    """Return every dictionary without its words."""
    found = [dictionary(code) for code in codes()]
    return [
        {name: own[name] for name in ("code", "title", "version")} | {"count": len(own["words"])}
        for own in found
    ]
