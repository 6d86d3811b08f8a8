"""Building the document of a page or a unit, once, as the bytes every channel is sent."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.html import linebreaks
from wagtail.models import Page
from wagtail.rich_text import expand_db_html

from kpum.channels import schemas
from kpum.channels.stewardship import stewardship_of
from kpum.org.models import Unit
from kpum.portal.models import TextPage, UnitDirectoryPage
from services.models import Grouping, ServiceCardPage, UnitFolderPage

#: Units are described in one language.
UNIT_LOCALE = "pl"


@dataclass(frozen=True)
class Built:
    """A document ready to store: its key, its bytes and their hash."""

    document_id: UUID
    locale: str
    kind: str
    body: str
    etag: str


def build_page(page: Page) -> Built:
    """Build the document of a specific page.

    Raises:
        KeyError: the page's type has no document; a test walks all types.
    """
    for model, builder in _BUILDERS.items():
        if isinstance(page, model):
            return _finish(builder(page))
    raise KeyError(f"{type(page).__name__} has no document")


def build_unit(unit: Unit) -> Built:
    """Build the document of a unit."""
    parent = unit.get_parent()
    directory = UnitDirectoryPage.objects.live().first()
    document = schemas.UnitDocument(
        id=unit.document_id,
        locale=UNIT_LOCALE,
        code=unit.code,
        name=unit.name,
        abbreviation=unit.abbreviation,
        kind=unit.kind,
        parent=_unit_reference(parent) if parent else None,
        former_names=sorted(unit.former_names.values_list("name", flat=True)),
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
    return _finish(document)


def _finish(document: Any) -> Built:
    body = document.model_dump_json()
    digest = hashlib.sha256(body.encode()).hexdigest()
    return Built(document.id, document.locale, document.type, body, digest)


def _absolute(page: Page) -> str:
    return page.full_url or ""


def _unit_reference(unit: Unit) -> schemas.UnitReference:
    return schemas.UnitReference(id=unit.document_id, code=unit.code)


def _common(page: Any) -> dict[str, Any]:
    return {
        "id": page.translation_key,
        "locale": page.locale.language_code,
        "title": page.title,
        "url": _absolute(page),
        "owner_unit": _unit_reference(page.owner_unit),
        "first_published_at": page.first_published_at,
        "last_published_at": page.last_published_at,
        "stewardship": stewardship_of(page),
    }


def _text(page: TextPage) -> schemas.TextDocument:
    return schemas.TextDocument(
        **_common(page),
        page_kind=str(page._meta.model_name),
        lead=page.lead,
        body=list(_parts(page.body)),
    )


def _folder(page: UnitFolderPage) -> schemas.FolderDocument:
    return schemas.FolderDocument(**_common(page))


def _card(page: ServiceCardPage) -> schemas.ServiceCardDocument:
    return schemas.ServiceCardDocument(
        **_common(page),
        code=page.code,
        summary=page.summary,
        applicants=page.applicants,
        audiences=page.audiences,
        documents=[schemas.RequiredDocument(**_plain(block)) for block in page.documents],
        fees=[schemas.Fee(**_plain(block)) for block in page.fees],
        free_of_charge=page.free_of_charge,
        processing_duration=page.processing_duration,
        processing_text=page.processing_text,
        outcome_kind=page.outcome_kind,
        outcome=page.outcome,
        appeal=schemas.Appeal(
            possible=page.appeal_possible,
            authority=page.appeal_authority,
            days=page.appeal_days,
            text=page.appeal_text,
        ),
        legal_bases=[schemas.LegalBasis(**_plain(block)) for block in page.legal_bases],
        channels=[schemas.FilingChannelDocument(**_plain(block)) for block in page.channels],
        categories=_groupings(page.categories.all()),
        life_events=_groupings(page.life_events.all()),
        keywords=[word.strip() for word in page.keywords.split(",") if word.strip()],
        body=list(_parts(page.steps_and_notes)),
    )


def _plain(block: Any) -> dict[str, Any]:
    values = {name: "" if value is None else value for name, value in block.value.items()}
    if "amount" in values:
        values["amount"] = f"{values['amount']:.2f}"
    return values


def _groupings(rows: Iterable[Grouping]) -> list[schemas.GroupingReference]:
    return [
        schemas.GroupingReference(slug=row.slug, name=row.name)
        for row in sorted(rows, key=lambda row: row.slug)
    ]


def _parts(stream: Any) -> Iterable[schemas.BodyPart]:
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


_BUILDERS: dict[type[Model], Callable[[Any], Any]] = {
    ServiceCardPage: _card,
    UnitFolderPage: _folder,
    TextPage: _text,
}
