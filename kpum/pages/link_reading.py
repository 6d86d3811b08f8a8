"""Reading the links of a text, whatever its fields: addresses, running text, blocks, chosen pages.

Blocks are read as they are stored: as values each would ask the database for what it names.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, NamedTuple

from django.db import models
from modelcluster.fields import ParentalKey
from wagtail.blocks import (
    Block,
    ListBlock,
    PageChooserBlock,
    RichTextBlock,
    StreamBlock,
    StructBlock,
    URLBlock,
)
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from kpum.integrations.link_checks.addresses import outside_address
from kpum.pages.links import page_key


class Link(NamedTuple):
    """One link: the field it stands in, and where it leads: an address outside, or a page's key."""

    field: str
    target: str | int


def links_of(text: Any) -> list[Link]:
    """Return the links of a page, or of a row of one, each once in a field, in the fields' order.

    No query; rows that belong to the page (``ParentalKey``) are read by themselves.
    """
    found = [
        Link(field.name, target)
        for field in text._meta.concrete_fields
        if field.model is not Page
        for target in _targets_of_field(field, text)
    ]
    return list(dict.fromkeys(found))


def outside_addresses(text: Any) -> dict[str, str]:
    """Return address → the first field of the text in which it stands; no query."""
    found: dict[str, str] = {}
    for field, target in links_of(text):
        if isinstance(target, str):
            found.setdefault(target, field)
    return found


def _targets_of_field(field: Any, text: Any) -> Iterator[str | int]:
    match field:
        case models.URLField():
            yield from _outside(field.value_from_object(text))
        case RichTextField():
            yield from _in_html(field.value_from_object(text))
        case StreamField():
            yield from _in_block(field.stream_block, getattr(text, field.name).get_prep_value())
        case models.ForeignKey() if _is_choice_of_page(field):
            yield from _inside(field.value_from_object(text))


def _is_choice_of_page(field: Any) -> bool:
    structural = isinstance(field, ParentalKey) or field.remote_field.parent_link
    return not structural and issubclass(field.related_model, Page)


def _in_block(block: Block, stored: Any) -> Iterator[str | int]:
    for child, part in _parts_of(block, stored):
        yield from _in_block(child, part)
    match block:
        case URLBlock():
            yield from _outside(stored)
        case RichTextBlock():
            yield from _in_html(stored)
        case PageChooserBlock():
            yield from _inside(stored)
        case _:
            return


def _parts_of(block: Block, stored: Any) -> Iterator[tuple[Block, Any]]:
    """Yield what a block is made of, each part with its block; whatever does not fit is left out."""
    match block, stored:
        case StreamBlock(), list():
            named = [part for part in stored if isinstance(part, dict)]
            for part in named:
                if part.get("type") in block.child_blocks:
                    yield block.child_blocks[part["type"]], part.get("value")
        case StructBlock(), dict():
            yield from ((child, stored.get(name)) for name, child in block.child_blocks.items())
        case ListBlock(), list():
            for part in stored:
                yield block.child_block, part["value"] if _is_item(part) else part
        case _:
            return


def _is_item(part: Any) -> bool:
    return isinstance(part, dict) and part.get("type") == "item" and "value" in part


def _outside(link: Any) -> Iterator[str]:
    address = outside_address(link)
    if address is not None:
        yield address


def _inside(key: Any) -> Iterator[int]:
    found = page_key(key)
    if found is not None:
        yield found


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str | int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            return
        given = dict(attrs)
        match given.get("linktype"):
            case "page":
                self.found.extend(_inside(given.get("id")))
            case None:
                self.found.extend(_outside(given.get("href")))
            case _:
                return


def _in_html(html: Any) -> list[str | int]:
    if not isinstance(html, str):
        return []
    reader = _Anchors()
    reader.feed(html)
    reader.close()
    return reader.found
