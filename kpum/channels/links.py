"""Which documents a page's text links to: their addresses stand in it, and change without it."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from wagtail.blocks import RichTextBlock, StreamValue
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.rich_text import extract_references_from_rich_text

from kpum.pages.links import page_key


def links_of(pages: Sequence[Page]) -> dict[int, frozenset[UUID]]:
    """Return the ids of the documents that each specific page links to; none, where it links to none.

    Whatever the language of the page that an editor chose: the link leads to the version in the
    reader's. At most one query.
    """
    linked = {page.pk: set(_linked_ids(page)) for page in pages}
    wanted = set().union(*linked.values())
    if not wanted:
        return {}
    known = dict(Page.objects.filter(pk__in=wanted).values_list("pk", "translation_key"))
    return {
        page_id: frozenset(known[pk] for pk in ids if pk in known)
        for page_id, ids in linked.items()
        if ids
    }


def _linked_ids(page: Page) -> Iterator[int]:
    for field in page._meta.get_fields():
        if isinstance(field, RichTextField):
            yield from _linked_in(getattr(page, field.name))
        elif isinstance(field, StreamField):
            for text in _running_texts(getattr(page, field.name)):
                yield from _linked_in(text)


def _running_texts(stream: StreamValue) -> Iterator[str]:
    """Yield running text as it is stored: values of other blocks might ask the database, page by page."""
    kinds = stream.stream_block.child_blocks
    for block in stream.get_prep_value():
        if isinstance(kinds.get(block["type"]), RichTextBlock):
            yield block["value"]


def _linked_in(text: str) -> Iterator[int]:
    for model, key, _model_path, _path in extract_references_from_rich_text(text):
        if issubclass(model, Page) and (pk := page_key(key)) is not None:
            yield pk
