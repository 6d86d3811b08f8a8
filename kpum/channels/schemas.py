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


class MediaReference(Schema):
    """A picture or a file that a document uses; other bytes have another ``id``."""

    id: UUID
    kind: Literal["image", "document"]
    title: str
    alt: str
    url: str
    content_type: str
    size: int
    sha256: str


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
    #: When the unit last said that the text is right, and when it will look again (since 1.1).
    last_verified: date | None = None
    review_due: date | None = None


class PageDocument(Schema):
    """What every page has."""

    id: UUID
    locale: str
    title: str
    url: str
    owner_unit: UnitReference
    first_published_at: datetime
    last_published_at: datetime
    media: list[MediaReference]

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
    #: The number of one of the card's forms; empty when any paper will do.
    form_number: str = ""


class DownloadableForm(Schema):
    """A form to download; its file is among the document's media, by the same id."""

    number: str
    title: str
    version: str
    note: str
    media: UUID | None
    url: str


class Fee(Schema):
    """A payment; ``amount`` is in ``currency``, with two decimals."""

    amount: str
    currency: Literal["PLN"] = "PLN"
    kind: str
    description: str
    exemption: str
    account: str
    base: str = ""
    transfer_title: str = ""
    cash_desk: str = ""


class FilingChannelDocument(Schema):
    """A way to bring the matter in."""

    kind: str
    title: str
    url: str
    address: str
    note: str
    #: How much of the matter this way carries there and back: full, partial or none.
    filing: str = "full"
    result: str = "none"
    #: Why by ePUAP: specific_rule or own_e_service; else empty.
    ground: str = ""
    ground_note: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


class Place(Schema):
    """Where the matter is handled in person, beside the unit's own address."""

    name: str
    address: str
    hours: str
    booking_url: str
    note: str


class Contact(Schema):
    """The team that answers questions about the matter."""

    cell: str
    phone: str
    email: str


class RelatedCard(Schema):
    """Another public card: ``requires`` is needed before this one, ``related`` often, too."""

    id: UUID
    kind: Literal["requires", "related"]


class PrivacyNoticeReference(Schema):
    """The privacy notice of the matter; its text is in the dictionary ``privacy-notices``."""

    slug: str
    title: str
    version: int


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
    # Since 1.1:
    description: str = ""
    requirements: list[str] = []
    forms: list[DownloadableForm] = []
    places: list[Place] = []
    contact: Contact = Contact(cell="", phone="", email="")
    business_events: list[GroupingReference] = []
    relations: list[RelatedCard] = []
    privacy_notice: PrivacyNoticeReference | None = None
    sign_language_video: str = ""
    etr_text: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    bip_url: str = ""
    epuap_url: str = ""
    govpl_url: str = ""
    spatial: str = ""
    languages: list[str] = []
    sector: str = ""


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


class NamedChange(Schema):
    """A document as it is now, only named (``ids=1``)."""

    status: Literal["live"] = "live"
    sequence: int
    id: UUID
    locale: str
    type: str
    etag: str


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
    """A page of the feed: apply ``changes`` in order, store ``next``, ask again while ``more``.

    When ``epoch`` is not that of the last page, the portal went back to a backup: start from 0.
    """

    channel: str
    epoch: str = ""
    #: The cursor that this page answers.
    after: int = 0
    next: int
    more: bool
    changes: list[LiveChange | NamedChange | GoneChange]


class DocumentsPage(Schema):
    """A page of a list; ``next`` is the cursor of the next one, null on the last."""

    channel: str
    next: str | None
    documents: list[Document]


class Found(Schema):
    """The document at an address; ``redirected_from`` is the address asked for, when it leads on."""

    redirected_from: str | None
    etag: str
    document: Document


class UnitEntry(Schema):
    """A unit, and how many live documents of the channel are its own."""

    documents: int
    unit: UnitDocument


class UnitList(Schema):
    """The units with documents in the channel, by code."""

    channel: str
    units: list[UnitEntry]


class DictionaryReference(Schema):
    """A dictionary; ``version`` is the hash of its words: the same words have the same version."""

    code: str
    title: str
    version: str
    count: int


class DictionaryList(Schema):
    """The dictionaries of the catalogue."""

    dictionaries: list[DictionaryReference]


class WordPart(Schema):
    """A part of a longer word, with its heading."""

    title: str
    text: str


class Word(Schema):
    """A word of a dictionary; ``slug`` is how documents name it."""

    id: UUID
    slug: str
    name: str
    summary: str
    order: int
    #: The parts of a privacy notice; other words have none.
    parts: list[WordPart] = []


class Dictionary(Schema):
    """A dictionary with its words, in their order."""

    code: str
    title: str
    version: str
    words: list[Word]


class TypeRoot(Schema):
    """What a true copy holds of one type."""

    type: str
    count: int
    root: str


class Manifest(Schema):
    r"""What a true copy of the channel holds when its cursor is ``sequence``.

    The root of a type is the SHA-256 of its lines ``<id> <locale> <etag>\n``, sorted as bytes; the
    whole root is that of the lines ``<type> <count> <root>\n``, sorted. ``jws`` is a compact JWS
    (RFC 7515, EdDSA) whose payload is this object without ``jws``.
    """

    channel: str
    epoch: str = ""
    sequence: int
    count: int
    root: str
    types: list[TypeRoot]
    jws: str


class SigningKey(Schema):
    """A public key of the manifests (RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    x: str
    kid: str
    use: Literal["sig"] = "sig"
    alg: Literal["EdDSA"] = "EdDSA"


class SigningKeys(Schema):
    """The keys that manifests may be signed with: the present one first, then former ones."""

    keys: list[SigningKey]


class SchemaReference(Schema):
    """A document type and the address of its JSON Schema."""

    type: str
    version: str
    url: str


class SchemaList(Schema):
    """The types of documents."""

    schemas: list[SchemaReference]


class Problem(Schema):
    """RFC 9457 problem details; ``type`` is stable."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []
    successor: Successor | None = None
