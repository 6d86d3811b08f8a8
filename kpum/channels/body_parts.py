"""Running text as the parts that documents carry."""

from collections.abc import Iterable
from typing import Any

from django.utils.html import linebreaks
from wagtail.rich_text import expand_db_html

from kpum.channels import schemas


def parts_of(stream: Any) -> Iterable[schemas.BodyPart]:
    """Yield each block of running text.

    Raises:
        KeyError: a block has no form in the API; a test walks all kinds.
    """
    for block in stream:
        kind: str = block.block_type
        match kind:
            case "heading":
                yield schemas.BodyPart(kind="heading", title=block.value)
            case "paragraph":
                yield schemas.BodyPart(kind="paragraph", html=expand_db_html(block.value.source))
            case "notice":
                yield schemas.BodyPart(kind="notice", **_titled(block.value))
            case "steps":
                items = [schemas.BodyPart(kind="steps", **_titled(step)) for step in block.value]
                yield schemas.BodyPart(kind="steps", items=items)
            case _:
                raise KeyError(f"The block “{kind}” has no form in the API.")


def _titled(value: Any) -> dict[str, Any]:
    return {"title": value["title"], "html": linebreaks(value["text"] or "", autoescape=True)}
