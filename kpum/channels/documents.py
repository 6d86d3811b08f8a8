"""Building the document of a page or a unit, once, as the bytes every channel is sent."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self
from urllib.parse import urljoin
from uuid import UUID

from django.db.models import Model, prefetch_related_objects
from django.utils import translation
from wagtail.models import Page

from kpum.channels import schemas
from kpum.channels.body_parts import parts_of
from kpum.channels.card_documents import CardFacts, build_card
from kpum.channels.links import links_of
from kpum.channels.models import LONGEST_URL, Mention
from kpum.channels.stewardship import stewards_of
from kpum.media import queries as media
from kpum.media.actions import keep_facts
from kpum.media.enums import FileKind
from kpum.media.models import StoredFile
from kpum.org.models import Unit
from kpum.pages.models import PortalPage
from kpum.portal.models import TextPage, UnitDirectoryPage
from services.models import ServiceCardPage, UnitFolderPage

#: Units are described in the language of the register.
UNIT_LOCALE = "pl"


@dataclass(frozen=True)
class Built:
    """A document ready to store: its key, its bytes and their hash, and what lists filter by."""

    document_id: UUID
    locale: str
    kind: str
    body: str
    etag: str
    unit_code: str
    code: str
    url: str
    mentions: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _Known:
    """What the database says of a batch of pages beside the pages themselves, read at once."""

    stewards: Mapping[int, tuple[schemas.UnitReference, schemas.Stewardship]]
    files: Mapping[int, list[tuple[FileKind, Any]]]
    facts: Mapping[tuple[str, str], StoredFile]
    links: Mapping[int, frozenset[UUID]]
    cards: CardFacts

    @classmethod
    def of(cls, pages: Sequence[Page]) -> Self:
        files = media.files_of_pages(page.pk for page in pages)
        facts = media.facts_by_object(chain.from_iterable(files.values()))
        cards = [page for page in pages if isinstance(page, ServiceCardPage)]
        named = CardFacts.of(cards)
        links = links_of(pages)
        links |= {card.pk: links.get(card.pk, frozenset()) | named.links_of(card) for card in cards}
        return cls(stewards_of(pages), files, facts, links, named)


def read_specific(page_ids: Iterable[int]) -> list[Any]:
    """Return the portal's pages among these, in the tree's order, with all that documents say of them.

    As many queries for a hundred pages as for one of each type.
    """
    found = Page.objects.filter(pk__in=page_ids).order_by("path").specific()
    read = found.select_related("locale", for_specific_subqueries=True)
    pages = [page for page in read if isinstance(page, PortalPage)]
    cards = [page for page in pages if isinstance(page, ServiceCardPage)]
    prefetch_related_objects(
        cards, "categories", "life_events", "business_events", "privacy_notice"
    )
    return pages


def build_pages(pages: Sequence[Page]) -> dict[int, Built]:
    """Build the documents of specific pages, by the pages' keys.

    Raises:
        KeyError: a page's type has no document; a test walks all types.
    """
    builders = {page.pk: _builder_of(page) for page in pages}
    known = _Known.of(pages)
    built = {}
    for page in pages:
        # Links lead to the version in the document's language, whoever publishes.
        with translation.override(page.locale.language_code):
            document = builders[page.pk](page, known)
        built[page.pk] = _finish(document, known.links.get(page.pk, ()))
    return built


def build_page(page: Page) -> Built:
    """Build the document of one specific page; raises ``KeyError`` as ``build_pages`` does."""
    return build_pages([page])[page.pk]


def _builder_of(page: Page) -> Callable[[Any, _Known], Any]:
    for model, builder in _BUILDERS.items():
        if isinstance(page, model):
            return builder
    raise KeyError(f"{type(page).__name__} has no document")


def build_units(units: Sequence[Unit]) -> list[Built]:
    """Build the documents of units, in their order; as many queries for all as for one."""
    prefetch_related_objects(units, "former_names")
    above = {unit.path[: -Unit.steplen] for unit in units}
    parents = {unit.path: unit for unit in Unit.objects.filter(path__in=above)}
    directory = UnitDirectoryPage.objects.live().public().order_by("pk").first()
    return [
        _finish(_unit(unit, parents.get(unit.path[: -Unit.steplen]), directory)) for unit in units
    ]


def _unit(
    unit: Unit, parent: Unit | None, directory: UnitDirectoryPage | None
) -> schemas.UnitDocument:
    return schemas.UnitDocument(
        id=unit.document_id,
        locale=UNIT_LOCALE,
        code=unit.code,
        name=unit.name,
        abbreviation=unit.abbreviation,
        kind=unit.kind,
        parent=_unit_reference(parent) if parent else None,
        former_names=sorted(row.name for row in unit.former_names.all()),
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        address=unit.address,
        phone=unit.phone,
        email=unit.email,
        ade_address=unit.ade_address,
        opening_hours=unit.opening_hours,
        url=_absolute(directory) + directory.reverse_subpage("unit", args=[unit.slug])
        if directory
        else "",
    )


def _finish(document: Any, links: Iterable[UUID] = ()) -> Built:
    body = document.model_dump_json()
    owner = getattr(document, "owner_unit", document)
    url: str = document.url
    return Built(
        document_id=document.id,
        locale=document.locale,
        kind=document.type,
        body=body,
        etag=hashlib.sha256(body.encode()).hexdigest(),
        unit_code=owner.code,
        code=getattr(document, "code", ""),
        url=url if len(url) <= LONGEST_URL else "",
        mentions=frozenset(_mentions(document, links)),
    )


def _mentions(document: Any, links: Iterable[UUID]) -> Iterable[tuple[str, str]]:
    for word in getattr(document, "categories", ()):
        yield Mention.Kind.CATEGORY.value, word.slug
    for word in getattr(document, "life_events", ()):
        yield Mention.Kind.LIFE_EVENT.value, word.slug
    for word in getattr(document, "business_events", ()):
        yield Mention.Kind.BUSINESS_EVENT.value, word.slug
    for file in getattr(document, "media", ()):
        yield Mention.Kind.MEDIA.value, str(file.id)
    for link in links:
        yield Mention.Kind.LINK.value, str(link)


def _media(page: Page, known: _Known) -> list[schemas.MediaReference]:
    """Return the files that the page's public text uses; their addresses get the page's host."""
    return [described for _file, described in _described(page, known)]


def _described(
    page: Page, known: _Known
) -> Iterator[tuple[tuple[FileKind, Any], schemas.MediaReference]]:
    address = _absolute(page)
    for kind, file in known.files.get(page.pk, ()):
        # Stored before there were facts: measured now, if its bytes are there at all.
        row = known.facts.get((kind, str(file.pk))) or keep_facts(file=file)
        if row is not None:
            yield (kind, file), describe_file(row, file, address)


def describe_file(row: Any, file: Any, base: str) -> schemas.MediaReference:
    """Return a file as documents and the API name it; ``base`` gives its address a host."""
    address = file.url if row.kind == FileKind.DOCUMENT else file.file.url
    return schemas.MediaReference(
        id=row.media_id,
        kind=row.kind,
        title=file.title,
        alt=getattr(file, "default_alt_text", "") or "",
        url=urljoin(base, address),
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
    )


def _absolute(page: Page) -> str:
    return page.full_url or ""


def _unit_reference(unit: Unit) -> schemas.UnitReference:
    return schemas.UnitReference(id=unit.document_id, code=unit.code)


def _common(page: Any, known: _Known) -> dict[str, Any]:
    address = _absolute(page)
    unit, stewardship = known.stewards[page.pk]
    return {
        "id": page.translation_key,
        "locale": page.locale.language_code,
        "title": page.title,
        "url": address,
        "owner_unit": unit,
        "first_published_at": page.first_published_at,
        "last_published_at": page.last_published_at,
        "media": _media(page, known),
        "stewardship": stewardship,
    }


def _text(page: TextPage, known: _Known) -> schemas.TextDocument:
    return schemas.TextDocument(
        **_common(page, known),
        page_kind=str(page._meta.model_name),
        lead=page.lead,
        body=list(parts_of(page.body)),
    )


def _folder(page: UnitFolderPage, known: _Known) -> schemas.FolderDocument:
    return schemas.FolderDocument(**_common(page, known))


def _card(page: ServiceCardPage, known: _Known) -> schemas.ServiceCardDocument:
    files = {
        str(file.pk): described
        for (kind, file), described in _described(page, known)
        if kind == FileKind.DOCUMENT
    }
    return build_card(page, _common(page, known), known.cards, files)


_BUILDERS: dict[type[Model], Callable[[Any, _Known], Any]] = {
    ServiceCardPage: _card,
    UnitFolderPage: _folder,
    TextPage: _text,
}
