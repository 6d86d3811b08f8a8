"""What a card holds, as a row of files: of its public text, or of its latest draft."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from wagtail.documents import get_document_model

from kpum.media.enums import FileKind
from kpum.media.models import StoredFile
from services.card_cells import kept_text
from services.card_columns import CODE, COLUMNS, LISTS, UNIT, Entry, ListColumn, Row
from services.card_markup import RUNNING_TEXT
from services.models import BusinessEvent, Category, LifeEvent, PrivacyNotice, ServiceCardPage

GROUPINGS: Mapping[str, Any] = {
    "categories": Category,
    "life_events": LifeEvent,
    "business_events": BusinessEvent,
}
_WITH_TITLE_AND_TEXT = frozenset({"notice"})


@dataclass(frozen=True)
class FileName:
    """How files of cards name a stored file."""

    key: int
    title: str
    media: str
    sha256: str

    @property
    def told(self) -> Entry:
        """Return the cells that name it."""
        return {"file": kept_text(self.title), "media": self.media, "sha256": self.sha256}


@dataclass(frozen=True)
class Names:
    """By which names files know the rows that cards refer to by keys."""

    groupings: Mapping[str, Mapping[int, str]]
    notices: Mapping[int, str]
    cards: Mapping[int, str]
    files: Mapping[int, FileName]

    @classmethod
    def read(cls, contents: Iterable[Mapping[str, Any]]) -> Self:
        """Read the names that these texts need: as many queries for a thousand as for one."""
        files = {key for content in contents for key in _file_keys(content)}
        return cls(
            {
                field: dict(model.objects.values_list("pk", "slug"))
                for field, model in GROUPINGS.items()
            },
            dict(PrivacyNotice.objects.values_list("pk", "slug")),
            dict(ServiceCardPage.objects.values_list("pk", "code")),
            {file.key: file for file in file_names(pk__in=files)},
        )


def file_names(**which: Any) -> Iterator[FileName]:
    """Yield the names of stored files; two queries."""
    titles = dict(get_document_model()._default_manager.filter(**which).values_list("pk", "title"))
    rows = StoredFile.objects.filter(kind=FileKind.DOCUMENT, object_id__in=map(str, titles))
    facts = {row.object_id: row for row in rows}
    for key, title in sorted(titles.items()):
        row = facts.get(str(key))
        media, sha256 = (str(row.media_id), row.sha256) if row else ("", "")
        yield FileName(key, title, media, sha256)


def content_of(card: ServiceCardPage) -> dict[str, Any]:
    """Return what the card's own row holds, in the form of a revision's content.

    The card is read with its groupings and relations.
    """
    content = {
        column.field: getattr(card, column.field)
        for column in COLUMNS
        if column.field and column.field not in GROUPINGS and column.field != "privacy_notice"
    }
    content["privacy_notice"] = card.privacy_notice_id
    for field in GROUPINGS:
        content[field] = [row.pk for row in getattr(card, field).all()]
    for column in LISTS:
        if column.field != "relations":
            content[column.field] = list(getattr(card, column.field).get_prep_value())
    content["relations"] = [
        {"kind": one.kind, "card": one.card_id, "sort_order": one.sort_order}
        for one in card.relations.all()
    ]
    return content


def row_of(content: Mapping[str, Any], *, code: str, unit: str, names: Names) -> Row:
    """Return the row that says what the content says.

    Args:
        content: a revision's content, or ``content_of`` a card.
        code: the card's code; a draft does not change it.
        unit: the code of the unit it lies with.
        names: the names of what it refers to.
    """
    row: Row = {}
    for column in COLUMNS:
        row[column.name] = column.kind.kept(_plain(content, column.field, names))
    row |= {CODE: code, UNIT: unit}
    for listed in LISTS:
        row[listed.name] = _entries(content, listed, names)
    return row


def _plain(content: Mapping[str, Any], field: str, names: Names) -> Any:
    value = content.get(field)
    if field in GROUPINGS:
        known = names.groupings[field]
        return [known[key] for key in value or () if key in known]
    if field == "privacy_notice":
        return names.notices.get(value, "") if value else ""
    return value


def _entries(content: Mapping[str, Any], column: ListColumn, names: Names) -> list[Entry]:
    if column.name == "relations":
        return list(_relations(content, names))
    blocks = stored_blocks(content.get(column.field))
    if column.name == "body":
        return [entry for block in blocks for entry in _body(block)]
    if column.name == "requirements":
        return [{"text": kept_text(block.get("value"))} for block in blocks]
    if column.name == "forms":
        return [_form(block["value"], column, names) for block in blocks]
    return [_entry(block["value"], column) for block in blocks]


def _entry(value: Any, column: ListColumn) -> Entry:
    held = value if isinstance(value, dict) else {}
    return {
        name: kind.kept(held[name]) if name in held else kind.empty
        for name, kind in column.parts.items()
    }


def _form(value: Any, column: ListColumn, names: Names) -> Entry:
    held = {name: text for name, text in value.items() if name != "file"}
    named = names.files.get(_key(value.get("file")))
    return _entry(held, column) | (named.told if named else {})


def _key(value: Any) -> int:
    return int(value) if isinstance(value, int) or str(value or "").isdecimal() else 0


def _relations(content: Mapping[str, Any], names: Names) -> Iterator[Entry]:
    rows = content.get("relations") or ()
    for one in sorted(rows, key=lambda row: row.get("sort_order") or 0):
        yield {"kind": kept_text(one.get("kind")), "card": names.cards.get(one.get("card"), "")}


def _body(block: Mapping[str, Any]) -> Iterator[Entry]:
    kind, value = block["type"], block.get("value")
    if kind == "heading":
        yield _part("heading", title=value)
    elif kind == "paragraph":
        yield _part("paragraph", text=RUNNING_TEXT.kept(value))
    elif kind in _WITH_TITLE_AND_TEXT:
        held = value or {}
        yield _part(kind, title=held.get("title"), text=held.get("text"))
    elif kind == "steps":
        # Each member of a list is wrapped since Wagtail 2.16, and was not before.
        steps = [one.get("value", one) for one in value or ()] or [{}]
        for order, step in enumerate(steps):
            yield _part(
                "step" if order else "steps", title=step.get("title"), text=step.get("text")
            )


def _part(kind: str, *, title: Any = "", text: Any = "") -> Entry:
    return {"kind": kind, "title": kept_text(title), "text": kept_text(text)}


def stored_blocks(stream: Any) -> Sequence[Any]:
    """Return the blocks of a stream as it is stored: JSON, or what JSON says."""
    blocks: Sequence[Any] = json.loads(stream) if isinstance(stream, str) and stream else stream
    return blocks or ()


def _file_keys(content: Mapping[str, Any]) -> set[int]:
    blocks = stored_blocks(content.get("forms"))
    return {_key(block["value"].get("file")) for block in blocks} - {0}
