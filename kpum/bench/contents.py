"""What a page says, whichever API says it: the same form for ours, stock v2 and stock v3.

Compared is everything that both sides send. Ours sends more (owner, stewardship, files); stock sends
what only it has (ids of the database, its own addresses).
"""

import json
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.html import linebreaks

from kpum.bench.asking import Invalid

Content = dict[str, Any]
Key = tuple[str, str]
#: Pages of one side, packed: fifty thousand of them, three times, must fit into memory.
Held = dict[Key, bytes]
#: For each relation, the slugs of words by their ids, which is all that stock says of them.
Words = Mapping[str, Mapping[str, str]]

_PLAIN = (
    "code", "summary", "applicants", "audiences", "free_of_charge", "processing_duration",
    "processing_text", "outcome_kind", "outcome",
)  # fmt: skip
_LISTS = ("documents", "fees", "legal_bases", "channels")
_APPEAL = ("possible", "authority", "days", "text")


def of_document(document: Mapping[str, Any]) -> Content:
    """Return what a document of ours says."""
    content = _common(document, document["locale"], document["url"], document["first_published_at"])
    if document["type"] == "page":
        content |= {"lead": document["lead"], "body": document["body"]}
    if document["type"] == "service_card":
        content |= {name: document[name] for name in (*_PLAIN, *_LISTS, "appeal", "body")}
        # What an act is called, stock sends nowhere: its cards hold the key alone.
        content["legal_bases"] = [
            {name: basis[name] for name in ("eli", "article")} for basis in document["legal_bases"]
        ]
        content["keywords"] = document["keywords"]
        for name in ("categories", "life_events"):
            content[name] = [word["slug"] for word in document[name]]
    return content


def of_stock(item: Mapping[str, Any], words: Words) -> Content:
    """Return what an item of stock Wagtail's APIs says; both have the same fields."""
    meta = item["meta"]
    content = _common(item, meta["locale"], meta["html_url"], meta["first_published_at"])
    content["id"] = item["translation_key"]
    if "lead" in item:
        content |= {"lead": item["lead"], "body": _parts(item["body"])}
    if "code" in item:
        content |= {name: item[name] for name in _PLAIN}
        content |= {name: [_entry(block["value"]) for block in item[name]] for name in _LISTS}
        content["appeal"] = {name: item[f"appeal_{name}"] for name in _APPEAL}
        content["body"] = _parts(item["steps_and_notes"])
        content["keywords"] = [word.strip() for word in item["keywords"].split(",")]
        for name in ("categories", "life_events"):
            content[name] = sorted(words[name][_id_of(word)] for word in item[name])
    return content


def _common(item: Mapping[str, Any], locale: str, url: str, published: str) -> Content:
    return {
        "id": item["id"],
        "locale": locale,
        "title": item["title"],
        "url": url,
        "first_published_at": _moment(published),
    }


def _moment(text: str) -> str:
    """Return a moment as all three can say it: v3 leaves out what is finer than a millisecond."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="milliseconds")


def _id_of(word: Any) -> str:
    return str(word["id"] if isinstance(word, dict) else word)


def _entry(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of a list of a card as our documents have it."""
    entry = {
        # An empty text may be stored as nothing; a day that is not given is nothing in ours, too.
        name: "" if part is None and not name.startswith("valid_") else part
        for name, part in value.items()
        if name != "demo"
    }
    if "amount" in entry:
        entry |= {"amount": f"{float(entry['amount']):.2f}", "currency": "PLN"}
    return entry


def _parts(stream: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_part(block["type"], block["value"]) for block in stream]


def _part(kind: str, value: Any) -> dict[str, Any]:
    part: dict[str, Any] = {"kind": kind, "title": "", "html": "", "items": []}
    if kind == "heading":
        part["title"] = value
    elif kind == "paragraph":
        part["html"] = value
    elif kind == "notice":
        part |= {"title": value["title"], "html": _html(value["text"])}
    else:
        steps = [{"title": step["title"], "html": _html(step["text"])} for step in value]
        part["items"] = [{"kind": kind, "items": [], **step} for step in steps]
    return part


def _html(text: str) -> str:
    return linebreaks(text or "", autoescape=True)


def hold(held: Held, content: Content) -> None:
    """Keep a page's content.

    Raises:
        Invalid: the same page came twice.
    """
    key = (content["id"], content["locale"])
    if key in held:
        raise Invalid(f"The page {key[0]} ({key[1]}) came twice.")
    held[key] = zlib.compress(json.dumps(content, sort_keys=True).encode(), level=1)


def require_same(ours: Held, theirs: Held, whose: str, *, whole: bool = True) -> None:
    """Go on only if both sides hold the same pages, and of each the same content.

    Args:
        ours: what our documents say.
        theirs: what the other side says.
        whose: the other side, as a reader calls it.
        whole: False when the other side holds a sample of the pages.

    Raises:
        Invalid: names the first page, and the field, that differs.
    """
    missing = sorted(theirs.keys() - ours.keys()) + (
        sorted(ours.keys() - theirs.keys()) if whole else []
    )
    if missing:
        there = "ours" if missing[0] in ours else whose
        raise Invalid(f"{len(missing)} pages are in {there} alone, the first is {missing[0][0]}.")
    for key in sorted(theirs):
        if ours[key] != theirs[key]:
            raise Invalid(_difference(key, _unpack(ours[key]), _unpack(theirs[key]), whose))


def _unpack(packed: bytes) -> Content:
    content: Content = json.loads(zlib.decompress(packed))
    return content


def _difference(key: Key, ours: Content, theirs: Content, whose: str) -> str:
    fields = sorted(
        name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)
    )
    name = fields[0]
    return (
        f"The page {key[0]} ({key[1]}) says another “{name}”: ours {str(ours.get(name))[:200]!r},"
        f" {whose} {str(theirs.get(name))[:200]!r}."
    )
