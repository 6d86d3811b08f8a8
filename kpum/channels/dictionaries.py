"""The words of the catalogue's dictionaries, as the API gives them (D-25)."""

import hashlib
import json
from typing import Any

from services.models import Category, Grouping, LifeEvent

_MODELS: dict[str, tuple[type[Grouping], str]] = {
    "categories": (Category, "Categories"),
    "life-events": (LifeEvent, "Life events"),
}


def codes() -> list[str]:
    """Return the codes of the dictionaries."""
    return list(_MODELS)


def dictionary(code: str) -> dict[str, Any]:
    """Return a dictionary with its words and their version.

    Raises:
        KeyError: there is none of this code.
    """
    model, title = _MODELS[code]
    words = [
        {"id": str(document_id), "slug": slug, "name": name, "summary": summary, "order": order}
        for document_id, slug, name, summary, order in model._default_manager.order_by(
            "order", "name", "slug"
        ).values_list("document_id", "slug", "name", "summary", "order")
    ]
    version = hashlib.sha256(json.dumps(words).encode()).hexdigest()
    return {"code": code, "title": title, "version": version, "words": words}


def overview() -> list[dict[str, Any]]:
    """Return every dictionary without its words."""
    found = [dictionary(code) for code in codes()]
    return [
        {name: own[name] for name in ("code", "title", "version")} | {"count": len(own["words"])}
        for own in found
    ]
