"""The traces of drafts that were written in bulk: history, references, the search's index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.blocks import StreamValue
from wagtail.documents import get_document_model
from wagtail.models import Page, PageLogEntry, ReferenceIndex
from wagtail.search.backends import get_search_backends_with_name

from services.card_judge import Fate, JudgedCard
from services.models import CardRelation, ServiceCardPage


@dataclass
class Draft:
    """A card on its way into the tables.

    Attributes:
        judged: the row that asks for it.
        content: what its revision will keep.
        card: the card as its own tables hold it.
        revision_id: the revision that was written.
    """

    judged: JudgedCard
    content: dict[str, Any]
    card: ServiceCardPage
    revision_id: int = 0

    @property
    def is_live(self) -> bool:
        """Return whether the public reads the card: then only its revisions grow."""
        return self.judged.held is not None and self.judged.held.is_live

    @property
    def is_new(self) -> bool:
        """Return whether there was no such card."""
        return self.judged.fate is Fate.NEW


def leave_traces(drafts: Sequence[Draft], now: datetime) -> None:
    """Write what signals and the editor's form would have written beside the drafts."""
    _write_history(drafts, now)
    _write_references(drafts)
    _index(drafts)


def _write_history(drafts: Iterable[Draft], now: datetime) -> None:
    """Write the lines of the pages' own history that the editor's form would."""
    kind = ContentType.objects.get_for_model(ServiceCardPage)
    PageLogEntry.objects.bulk_create(
        PageLogEntry(
            content_type=kind,
            label=draft.card.title,
            action="wagtail.create" if draft.is_new else "wagtail.edit",
            timestamp=now,
            page_id=draft.card.pk,
            revision_id=draft.revision_id,
            content_changed=True,
        )
        for draft in drafts
    )


def _write_references(drafts: Sequence[Draft]) -> None:
    """Write what the cards' own rows refer to; those of public cards have not changed."""
    own = [draft for draft in drafts if not draft.is_live]
    base = ContentType.objects.get_for_model(Page)
    kind = ContentType.objects.get_for_model(ServiceCardPage)
    old = [str(draft.card.pk) for draft in own if not draft.is_new]
    ReferenceIndex.objects.filter(
        base_content_type=base, content_type__in=[base, kind], object_id__in=old
    ).delete()
    _lay_in_files([draft.card for draft in own])
    ReferenceIndex.objects.bulk_create(
        ReferenceIndex(
            content_type=kind,
            base_content_type=base,
            object_id=str(draft.card.pk),
            to_content_type_id=to_type,
            to_object_id=to_id,
            model_path=model_path,
            content_path=content_path,
            content_path_hash=ReferenceIndex._get_content_path_hash(content_path),  # noqa: SLF001
        )
        for draft in own
        for to_type, to_id, model_path, content_path in _references(draft)
    )


def _lay_in_files(cards: Iterable[ServiceCardPage]) -> None:
    """Give the forms of all cards their files at once: each card would ask for its own."""
    with_forms = [card for card in cards if card.forms]
    keys = {block["value"]["file"] for card in with_forms for block in card.forms.raw_data}
    files = get_document_model()._default_manager.in_bulk(keys)
    for card in with_forms:
        stream = card.forms.stream_block
        form = stream.child_blocks["form"]
        card.forms = StreamValue(
            stream,
            [
                (
                    block["type"],
                    form.normalize(block["value"] | {"file": files.get(block["value"]["file"])}),
                    block["id"],
                )
                for block in card.forms.raw_data
            ],
        )


def _references(draft: Draft) -> set[tuple[Any, str, str, str]]:
    card: Any = draft.card
    card.relations = [
        CardRelation(pk=one["pk"], page_id=one["page"], card_id=one["card"], kind=one["kind"])
        for one in draft.content["relations"]
    ]
    card.wagtail_admin_comments = []
    # Wagtail stores what it finds; the search itself it keeps to itself.
    return set(ReferenceIndex._extract_references_from_object(card))  # noqa: SLF001


def _index(drafts: Sequence[Draft]) -> None:
    """Have the admin's search find the drafts, as it would after the editor's form."""
    cards = [draft.card for draft in drafts if not draft.is_live]
    for _name, backend in get_search_backends_with_name(with_auto_update=True):
        backend.add_bulk(ServiceCardPage, cards)
