"""The documents of version 1 of the API. Fields are added, never renamed or removed, within a version."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Schema

from kpum.pages.enums import GoneReason


class UnitReference(Schema):
    """A unit, by the id of its own document and its code."""

    id: UUID
    code: str


class GroupingReference(Schema):
    """A word of the catalogue's dictionaries."""

    slug: str
    name: str


class BodyPart(Schema):
    """A part of running text; ``html`` holds only p, ul, ol, li, b, i, a, br."""

    kind: Literal["heading", "paragraph", "steps", "notice"]
    title: str = ""
    html: str = ""
    items: list["BodyPart"] = []


class Change(Schema):
    """An act on what the public gets: published, withdrawn, taken-down, expired, renamed, moved.

    ``before`` and ``after`` are words for people; ``responsible`` led the unit at that moment.
    """

    at: datetime
    kind: str
    before: str
    after: str
    responsible: str


class Stewardship(Schema):
    """Who answers for the page, since when, and its register of changes; ``owner_unit`` provides it.

    ``responsible`` names who led the unit when the text was published. ``changes`` holds the latest
    fifty, the oldest first.
    """

    responsible: str
    produced_at: datetime | None
    published_at: datetime | None
    changes: list[Change]


class PageDocument(Schema):
    """What every page has."""

    id: UUID
    locale: str
    title: str
    url: str
    owner_unit: UnitReference
    first_published_at: datetime
    last_published_at: datetime
    stewardship: Stewardship


class TextDocument(PageDocument):
    """Home, main areas, catalogue, branch sites, information pages."""

    type: Literal["page"] = "page"
    page_kind: str
    lead: str
    body: list[BodyPart]


class FolderDocument(PageDocument):
    """A unit's folder in the catalogue."""

    type: Literal["folder"] = "folder"


class RequiredDocument(Schema):
    """A document the citizen brings."""

    name: str
    mandatory: bool
    form: str
    note: str


class Fee(Schema):
    """A payment; ``amount`` is in ``currency``, with two decimals."""

    amount: str
    currency: Literal["PLN"] = "PLN"
    kind: str
    description: str
    exemption: str
    account: str


class FilingChannelDocument(Schema):
    """A way to bring the matter in."""

    kind: str
    title: str
    url: str
    address: str
    note: str


class LegalBasis(Schema):
    """An act the card rests on."""

    act: str
    article: str
    journal: str
    eli: str


class Appeal(Schema):
    """Whether, to whom and within how many days one may appeal."""

    possible: bool
    authority: str
    days: int | None
    text: str


class ServiceCardDocument(PageDocument):
    """A service card (domain part D.2); ``processing_duration`` is an ISO 8601 duration."""

    type: Literal["service_card"] = "service_card"
    code: str
    summary: str
    applicants: str
    audiences: list[str]
    documents: list[RequiredDocument]
    fees: list[Fee]
    free_of_charge: bool
    processing_duration: str
    processing_text: str
    outcome_kind: str
    outcome: str
    appeal: Appeal
    legal_bases: list[LegalBasis]
    channels: list[FilingChannelDocument]
    categories: list[GroupingReference]
    life_events: list[GroupingReference]
    keywords: list[str]
    body: list[BodyPart]


class UnitDocument(Schema):
    """A unit of the city; ``url`` is empty while no directory of units is published."""

    type: Literal["unit"] = "unit"
    id: UUID
    locale: str
    code: str
    name: str
    abbreviation: str
    kind: str
    parent: UnitReference | None
    former_names: list[str]
    valid_from: date | None
    valid_to: date | None
    address: str
    phone: str
    email: str
    ade_address: str
    opening_hours: str
    url: str


Document = ServiceCardDocument | TextDocument | FolderDocument | UnitDocument


class LiveChange(Schema):
    """A document as it is now."""

    status: Literal["live"] = "live"
    sequence: int
    id: UUID
    locale: str
    type: str
    etag: str
    document: Document


class Successor(Schema):
    """Where to go instead of a document that is gone: another document, and its address for people.

    It may itself be gone later: then its own tombstone says where to go.
    """

    id: UUID
    locale: str
    url: str


class GoneChange(Schema):
    """A tombstone: remove the document from the copy."""

    status: Literal["gone"] = "gone"
    sequence: int
    id: UUID
    locale: str
    type: str
    reason: GoneReason
    successor: Successor | None = None


class ChangesPage(Schema):
    """A page of the feed: apply ``changes`` in order, store ``next``, ask again while ``more``."""

    channel: str
    next: int
    more: bool
    changes: list[LiveChange | GoneChange]


class Problem(Schema):
    """RFC 9457 problem details; ``type`` is stable."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []
    successor: Successor | None = None
