"""What a draft may hold, cell by cell: the rules of the editor's form, and what cells refer to."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.blocks import StructBlockValidationError

from kpum.org.export_cells import BadCell, fitting
from services.card_cells import shown
from services.card_columns import BODY_KINDS, COLUMN, LIST, Entry, Row, struct_of
from services.card_context import Context
from services.card_markup import RUNNING_TEXT, links_in
from services.card_rows import GROUPINGS
from services.models import ServiceCardPage

#: What small numbers hold in every database.
_LARGEST = 32_767
#: A part of an entry, and what is wrong with it.
PartFaults = Iterator[tuple[str, str]]


def settled(name: str, value: Any, context: Context) -> Any:
    """Return what the card will hold of a value that was read.

    Raises:
        BadCell: it cannot be held; where the value is a list, in one of its parts.
    """
    if name in COLUMN:
        return COLUMN[name].kind.settle(value)
    return [settled_entry(name, entry, context) for entry in value]


def settled_entry(name: str, entry: Entry, context: Context) -> Entry:
    """Return an entry as the card will hold it.

    Raises:
        BadCell: its running text holds what it may not, or there is no such file.
    """
    if name == "body" and entry["kind"] == "paragraph":
        return entry | {"text": RUNNING_TEXT.settle(entry["text"])}
    if name == "forms":
        return entry | context.file_of(entry).told
    return entry


def faults_of_cell(name: str, value: Any, context: Context) -> Iterator[str]:
    """Yield what is wrong with the settled value of a plain column."""
    if name in GROUPINGS or name == "privacy_notice":
        yield from _unknown_words(name, value, context)
        return
    if name == "title" and not value:
        yield _("The title is missing.")
    if name == "description":
        yield from _dead_links(value, context)
    yield from _field_faults(COLUMN[name].field, ", ".join(value) if name == "keywords" else value)


def _unknown_words(name: str, value: Any, context: Context) -> Iterator[str]:
    known = context.groupings[name] if name in GROUPINGS else context.notices
    for word in value if isinstance(value, list) else filter(None, [value]):
        if word not in known:
            yield _("There is no “%(word)s” in the dictionary.") % {"word": shown(word)}


def _field_faults(name: str, value: Any) -> Iterator[str]:
    field: Any = ServiceCardPage._meta.get_field(name)
    if isinstance(value, int) and value > _LARGEST:
        yield _("The number is too large: at most %(limit)s.") % {"limit": _LARGEST}
        return
    try:
        if isinstance(value, str) and field.max_length:
            fitting(value, field.max_length)
        field.run_validators(value)
    except BadCell as error:
        yield str(error)
    except ValidationError as error:
        yield from error.messages


def _dead_links(text: str, context: Context) -> Iterator[str]:
    for kind, key in sorted(links_in(text) - context.links):
        told = {"kind": kind, "key": key}
        yield _("A link leads to what is not there: %(kind)s %(key)s.") % told


def faults_of_entry(name: str, entry: Entry, row: Row, context: Context) -> PartFaults:
    """Yield (part, what is wrong with it) of a settled entry of a list; ``row`` is the card's."""
    rule = _RULES.get(name)
    if rule is not None:
        yield from rule(entry, row, context)
    else:
        yield from _struct_faults(name, entry)


@cache
def _block(name: str) -> Any:
    return struct_of(LIST[name])


@cache
def _body_blocks() -> Any:
    return ServiceCardPage._meta.get_field("steps_and_notes").stream_block.child_blocks


def _struct_faults(name: str, entry: Entry) -> PartFaults:
    block = _block(name)
    held = {
        part: None if value == "" and part == "amount" else value for part, value in entry.items()
    }
    try:
        block.clean(block.to_python(held))
    except StructBlockValidationError as error:
        for part, wrong in (error.block_errors or {}).items():
            for message in wrong.messages:
                yield part, message


def _part_faults(block: Any, part: str, value: Any) -> PartFaults:
    try:
        block.clean(block.to_python(value))
    except ValidationError as error:
        for message in error.messages:
            yield part, message


def _judge_requirement(entry: Entry, _row: Row, _context: Context) -> PartFaults:
    yield from _part_faults(_block("requirements"), "text", entry["text"])


def _judge_form(entry: Entry, _row: Row, _context: Context) -> PartFaults:
    for part, block in _block("forms").child_blocks.items():
        if part != "file":
            yield from _part_faults(block, part, entry[part])


def _judge_basis(entry: Entry, _row: Row, context: Context) -> PartFaults:
    if entry["eli"] not in context.acts:
        message = _("There is no act “%(eli)s” in the register.")
        yield "eli", message % {"eli": shown(entry["eli"])}
    yield from _part_faults(
        _block("legal_bases").child_blocks["article"], "article", entry["article"]
    )


def _judge_relation(entry: Entry, row: Row, context: Context) -> PartFaults:
    code = entry["card"]
    if code == row["code"]:
        yield "card", _("A card is not related to itself.")
    elif not context.cards.get(code):
        yield (
            "card",
            _("There is no card %(code)s, in the file or in the portal.") % {"code": shown(code)},
        )
    elif len(context.cards[code]) > 1:
        yield "card", _("Several cards bear the code %(code)s.") % {"code": shown(code)}


def _judge_body(entry: Entry, _row: Row, context: Context) -> PartFaults:
    kind = entry["kind"]
    if kind not in BODY_KINDS:
        message = _("“%(text)s” is not among: %(choices)s.")
        yield "kind", message % {"text": shown(kind), "choices": ", ".join(BODY_KINDS)}
    elif kind == "heading":
        yield from _part_faults(_body_blocks()["heading"], "title", entry["title"])
        if entry["text"]:
            yield "text", _("A heading has a title only.")
    elif kind == "paragraph":
        yield from _paragraph_faults(entry, context)
    else:
        steps = _body_blocks()["steps"].child_block
        block = _body_blocks()["notice"] if kind == "notice" else steps
        for part in ("title", "text"):
            yield from _part_faults(block.child_blocks[part], part, entry[part])


def _paragraph_faults(entry: Entry, context: Context) -> PartFaults:
    if entry["title"]:
        yield "title", _("Running text has no title: put a heading before it.")
    if not entry["text"]:
        yield "text", _("This field is required.")
    for message in _dead_links(entry["text"], context):
        yield "text", message


_RULES: dict[str, Callable[[Entry, Row, Context], PartFaults]] = {
    "requirements": _judge_requirement,
    "body": _judge_body,
    "forms": _judge_form,
    "legal_bases": _judge_basis,
    "relations": _judge_relation,
}
