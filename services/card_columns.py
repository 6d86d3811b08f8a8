"""The shape of a card in files: one row a card, and a list of entries for each part that repeats.

The names are those of the channels' document of a card (``ServiceCardDocument``) where it has the
part; what belongs to one place in a unit's folder, to channels or to the workflow is no column.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.card_cells import (
    AMOUNT,
    DAY,
    NUMBER,
    SLUGS,
    TEXT,
    WORDS,
    Kind,
    choice,
    number,
    several,
    yes_no,
)
from services.card_markup import RUNNING_TEXT
from services.enums import (
    Audience,
    Completion,
    DocumentForm,
    EpuapGround,
    FeeKind,
    FilingChannel,
    OutcomeKind,
    RelationKind,
    ServiceLanguage,
)
from services.forms import MONTHS_BETWEEN_CHECKS

Row = dict[str, Any]
Entry = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A plain column: its id in files, the card's field, and what its cells hold."""

    name: str
    field: str
    kind: Kind


@dataclass(frozen=True)
class ListColumn:
    """A part that repeats: its id in files, the card's field, and the columns of an entry.

    Attributes:
        block: the name of the block in the card's stream, where the entries are such blocks.
        title: what a person calls the list, where the field does not say it.
    """

    name: str
    field: str
    parts: Mapping[str, Kind]
    block: str = ""

    def empty_entry(self) -> Entry:
        """Return an entry in which nothing was said."""
        return {name: kind.empty for name, kind in self.parts.items()}


CODE, UNIT, SLUG = "code", "unit", "slug"
#: Says in a rejected file why the row was; an import does not read it.
REASON = "reason"

COLUMNS = (
    Column(CODE, "code", TEXT),
    Column(UNIT, "", TEXT),
    Column("title", "title", TEXT),
    Column(SLUG, "slug", TEXT),
    Column("summary", "summary", TEXT),
    Column("description", "description", RUNNING_TEXT),
    Column("applicants", "applicants", TEXT),
    Column("audiences", "audiences", several(Audience)),
    Column("no_documents", "no_documents", yes_no(default=False)),
    Column("free_of_charge", "free_of_charge", yes_no(default=False)),
    Column("processing_duration", "processing_duration", TEXT),
    Column("processing_text", "processing_text", TEXT),
    Column("outcome_kind", "outcome_kind", choice(OutcomeKind)),
    Column("outcome", "outcome", TEXT),
    Column("appeal.possible", "appeal_possible", yes_no(default=True)),
    Column("appeal.authority", "appeal_authority", TEXT),
    Column("appeal.days", "appeal_days", NUMBER),
    Column("appeal.text", "appeal_text", TEXT),
    Column("contact.cell", "contact_cell", TEXT),
    Column("contact.phone", "contact_phone", TEXT),
    Column("contact.email", "contact_email", TEXT),
    Column("privacy_notice", "privacy_notice", TEXT),
    Column("categories", "categories", SLUGS),
    Column("life_events", "life_events", SLUGS),
    Column("business_events", "business_events", SLUGS),
    Column("keywords", "keywords", WORDS),
    Column("sign_language_video", "sign_language_video", TEXT),
    Column("etr_text", "etr_text", TEXT),
    Column("valid_from", "valid_from", DAY),
    Column("valid_to", "valid_to", DAY),
    Column("review_months", "review_months", number(default=MONTHS_BETWEEN_CHECKS)),
    Column("bip_url", "bip_url", TEXT),
    Column("epuap_url", "epuap_url", TEXT),
    Column("govpl_url", "govpl_url", TEXT),
    Column("spatial", "spatial", TEXT),
    Column("languages", "languages", several(ServiceLanguage)),
    Column("sector", "sector", TEXT),
)

LISTS = (
    ListColumn("requirements", "requirements", {"text": TEXT}, "requirement"),
    ListColumn("body", "steps_and_notes", {"kind": TEXT, "title": TEXT, "text": TEXT}),
    ListColumn(
        "documents", "documents",
        {
            "name": TEXT, "mandatory": yes_no(default=True),
            "form": choice(DocumentForm, default=DocumentForm.EITHER.value), "note": TEXT,
            "form_number": TEXT,
        },
        "document",
    ),
    ListColumn(
        "forms", "forms",
        {
            "number": TEXT, "title": TEXT, "version": TEXT, "note": TEXT, "file": TEXT,
            "media": TEXT, "sha256": TEXT,
        },
        "form",
    ),
    ListColumn(
        "fees", "fees",
        {
            "amount": AMOUNT, "kind": choice(FeeKind, default=FeeKind.STAMP_DUTY.value),
            "description": TEXT, "base": TEXT, "exemption": TEXT, "account": TEXT,
            "transfer_title": TEXT, "cash_desk": TEXT,
        },
        "fee",
    ),
    ListColumn(
        "channels", "channels",
        {
            "kind": choice(FilingChannel, default=FilingChannel.OFFICE.value), "title": TEXT,
            "url": TEXT, "address": TEXT, "note": TEXT,
            "filing": choice(Completion, default=Completion.FULL.value),
            "result": choice(Completion, default=Completion.NONE.value),
            "ground": choice(EpuapGround), "ground_note": TEXT, "valid_from": DAY,
            "valid_to": DAY, "demo": yes_no(default=False),
        },
        "channel",
    ),
    ListColumn(
        "places", "places",
        {"name": TEXT, "address": TEXT, "hours": TEXT, "booking_url": TEXT, "note": TEXT},
        "place",
    ),
    ListColumn("legal_bases", "legal_bases", {"eli": TEXT, "article": TEXT}, "act"),
    ListColumn(
        "relations", "relations",
        {"kind": choice(RelationKind, default=RelationKind.RELATED.value), "card": TEXT},
    ),
)  # fmt: skip

COLUMN = {column.name: column for column in COLUMNS}
LIST = {column.name: column for column in LISTS}
#: Every column's id, plain ones first, each in the order in which a citizen reads the card.
NAMES = (*COLUMN, *LIST)

#: What a body's entry is; ``step`` goes on with the list that ``steps`` begins.
BODY_KINDS = ("heading", "paragraph", "steps", "step", "notice")

_HEADINGS: dict[str, Any] = {
    UNIT: _("unit (its code)"),
    SLUG: _("last part of the address"),
    "body.kind": _("heading, paragraph, steps, step or notice"),
    "body.title": _("title"),
    "body.text": _("text"),
    "relations": _("related cards"),
    "requirements.text": _("condition"),
    "forms.file": _("title of the file"),
    "forms.media": _("number of the file"),
    "forms.sha256": _("SHA-256 of the file"),
    "legal_bases.eli": _("act (its identifier)"),
    "relations.kind": _("what it is to this one"),
    "relations.card": _("code of the other card"),
    REASON: _("why the row was not taken"),
}


@cache
def _card_model() -> Any:
    from services.models import ServiceCardPage

    return ServiceCardPage


def heading_of(name: str) -> str:
    """Return what a person reads above a column, such as ``fees`` or ``fees.amount``."""
    if name in _HEADINGS:
        return str(_HEADINGS[name])
    if name in COLUMN or name in LIST:
        column: Any = COLUMN.get(name) or LIST[name]
        return str(_card_model()._meta.get_field(column.field).verbose_name)
    listed, part = name.split(".", 1)
    if part == CODE:
        return gettext("code")
    return str(struct_of(LIST[listed]).child_blocks[part].label)


def struct_of(column: ListColumn) -> Any:
    """Return the block that an entry of the list is."""
    stream = _card_model()._meta.get_field(column.field).stream_block
    return stream.child_blocks[column.block]


def parts_in_order() -> Iterator[tuple[ListColumn, str, Kind]]:
    """Yield every column of every list."""
    for column in LISTS:
        for name, kind in column.parts.items():
            yield column, name, kind
