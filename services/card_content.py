"""From the cells of a row to what a revision keeps: keys for names, and streams of blocks."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Locale

from services.card_columns import COLUMN, LIST, SLUG, Entry, Row
from services.card_context import Context
from services.card_rows import GROUPINGS, stored_blocks
from services.models import ServiceCardPage


def new_content() -> dict[str, Any]:
    """Return the content of a card in which nothing was said yet; each card gets a copy."""
    blank: Any = ServiceCardPage(
        locale=Locale.get_default(),
        content_type=ContentType.objects.get_for_model(ServiceCardPage),
        live=False,
        has_unpublished_changes=True,
    )
    # In memory: a page without a key has no rows that could be read.
    blank.relations = []
    blank.wagtail_admin_comments = []
    content: dict[str, Any] = blank.serializable_data()
    return content


def patch_of(changes: Row, context: Context, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the changes make of fields of a revision's content; relations come later.

    Args:
        changes: settled values, by column.
        context: the keys behind names.
        before: the content that changes: its blocks keep their ids where they keep their place.
    """
    patch: dict[str, Any] = {}
    for name, value in changes.items():
        if name in COLUMN:
            patch[COLUMN[name].field] = _plain(name, value, context)
        elif name != "relations":
            field = LIST[name].field
            blocks = list(_blocks(name, value, context))
            patch[field] = json.dumps(_with_ids(blocks, stored_blocks(before.get(field))))
    return patch


def fields_of(changes: Iterable[str]) -> list[str]:
    """Return the fields that columns stand for, relations aside."""
    names = [name for name in changes if name not in {"relations", SLUG}]
    return [COLUMN[name].field if name in COLUMN else LIST[name].field for name in names]


def _plain(name: str, value: Any, context: Context) -> Any:
    if name in GROUPINGS:
        return [context.groupings[name][slug] for slug in value]
    if name == "privacy_notice":
        return context.notices[value] if value else None
    return ", ".join(value) if name == "keywords" else value


def _blocks(name: str, entries: Sequence[Entry], context: Context) -> Iterator[dict[str, Any]]:
    if name == "body":
        yield from _body(entries)
        return
    for entry in entries:
        yield {"type": LIST[name].block, "value": _value(name, entry, context)}


def _value(name: str, entry: Entry, context: Context) -> Any:
    if name == "requirements":
        return entry["text"]
    if name == "forms":
        told = {part: entry[part] for part in ("number", "title", "version", "note")}
        return told | {"file": context.file_of(entry).key}
    return entry


def _body(entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    for entry in entries:
        kind, told = entry["kind"], {"title": entry["title"], "text": entry["text"]}
        if kind in {"steps", "step"}:
            item = {"type": "item", "value": told, "id": str(uuid.uuid4())}
            if kind == "steps":
                steps = []
                yield {"type": "steps", "value": steps}
            steps.append(item)
        elif kind == "notice":
            yield {"type": kind, "value": told}
        else:
            yield {"type": kind, "value": entry["title" if kind == "heading" else "text"]}


def _with_ids(blocks: Sequence[dict[str, Any]], before: Sequence[Any]) -> list[dict[str, Any]]:
    for order, block in enumerate(blocks):
        same = order < len(before) and before[order]["type"] == block["type"]
        block["id"] = (before[order].get("id") if same else None) or str(uuid.uuid4())
    return list(blocks)


def card_from(content: Mapping[str, Any], page_id: int | None = None) -> ServiceCardPage:
    """Return the card that the content describes, without a question to the database."""
    values: dict[str, Any] = {}
    for field in ServiceCardPage._meta.concrete_fields:
        if field.name not in content or field.primary_key:
            continue
        value = content[field.name]
        values[field.attname] = value if field.is_relation else field.to_python(value)
    card = ServiceCardPage(**values)
    if page_id is not None:
        take_key(card, page_id)
    return card


def take_key(card: ServiceCardPage, page_id: int) -> None:
    """Give the card the key of its page."""
    keyed: Any = card
    keyed.pk = keyed.id = keyed.page_ptr_id = page_id
    card._state.adding = False
