"""Writing many drafts at once, with everything that the editor's form leaves behind (ADR 0017).

Rows written in bulk pass by signals; this writes what those would: owners, revisions, lines of
the page's history, references, the search's index. Drafts have no documents in channels.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import F
from wagtail.models import Page, Revision

from kpum.core import clock, memo
from kpum.pages.models import Stewardship
from services.card_columns import SLUG, UNIT
from services.card_content import card_from, fields_of, new_content, patch_of, take_key
from services.card_context import Context
from services.card_judge import Fate, JudgedCard
from services.card_rows import GROUPINGS
from services.card_traces import Draft, leave_traces
from services.models import CardRelation, ServiceCardPage

_BATCH = 200
Progress = Callable[[int, int], None]


def write_drafts(
    cards: Sequence[JudgedCard], context: Context, progress: Progress | None
) -> list[Draft]:
    """Write the drafts that judged rows ask for; inside the transaction that judged them.

    A new card becomes a draft, the draft of a card gets a new revision; what is public stays.

    Args:
        cards: rows without faults, in their order.
        context: what they refer to; its folders and cards are locked.
        progress: called with the number of cards done and of all of them.
    """
    now = clock.now()
    drafts = _new(cards, context, now) + _changed(cards, context, now)
    keys = {draft.judged.row["code"]: draft.card.pk for draft in drafts if draft.is_new}
    keys = {code: pks[0] for code, pks in context.cards.items()} | keys
    for begin in range(0, len(drafts), _BATCH):
        batch = drafts[begin : begin + _BATCH]
        _write_relations(batch, keys)
        _write_groupings(batch)
        _write_revisions(batch, now)
        leave_traces(batch, now)
        if progress:
            progress(begin + len(batch), len(drafts))
    memo.forget()
    return drafts


def _new(cards: Sequence[JudgedCard], context: Context, now: datetime) -> list[Draft]:
    template = new_content()
    drafts = []
    by_folder: dict[int, list[JudgedCard]] = {}
    for card in cards:
        if card.fate is Fate.NEW:
            by_folder.setdefault(context.folders[card.row[UNIT]].pk, []).append(card)
    for members in by_folder.values():
        folder = context.folders[members[0].row[UNIT]]
        for position, judged in enumerate(members, start=_next_position(folder)):
            drafts.append(_draft(judged, folder, position, template, context, now))
        Page.objects.filter(pk=folder.pk).update(numchild=F("numchild") + len(members))
    for begin in range(0, len(drafts), _BATCH):
        _insert(drafts[begin : begin + _BATCH], context)
    return drafts


def _next_position(folder: Page) -> int:
    last = folder.get_children().order_by("-path").values_list("path", flat=True).first()
    return int(Page._str2int(last[-Page.steplen :])) + 1 if last else 1  # noqa: SLF001 - as treebeard


def _draft(
    judged: JudgedCard,
    folder: Page,
    position: int,
    template: Mapping[str, Any],
    context: Context,
    now: datetime,
) -> Draft:
    title = judged.changes["title"]
    content = {
        **template,
        "code": judged.row["code"],
        "path": Page._get_path(folder.path, folder.depth + 1, position),  # noqa: SLF001
        "depth": folder.depth + 1,
        "draft_title": title,
        "url_path": f"{folder.url_path}{judged.slug}/",
        SLUG: judged.slug,
        "translation_key": str(ServiceCardPage._meta.get_field("translation_key").get_default()),
    }
    changes = {name: value for name, value in judged.changes.items() if name != SLUG}
    content |= patch_of(changes, context, {})
    card = card_from(content)
    card.latest_revision_created_at = now
    return Draft(judged, content, card)


def _insert(drafts: Sequence[Draft], context: Context) -> None:
    shared = [field for field in Page._meta.local_concrete_fields if not field.primary_key]
    rows = Page.objects.bulk_create(
        Page(**{field.attname: getattr(draft.card, field.attname) for field in shared})
        for draft in drafts
    )
    for draft, row in zip(drafts, rows, strict=True):
        draft.content["pk"] = row.pk
        take_key(draft.card, row.pk)
    # Django has no public way to insert the half of a row that lies in the type's own table.
    halves: Any = ServiceCardPage._base_manager  # noqa: SLF001
    halves._insert(  # noqa: SLF001
        [draft.card for draft in drafts],
        fields=ServiceCardPage._meta.local_concrete_fields,
        using=connection.alias,
    )
    Stewardship.objects.bulk_create(
        Stewardship(
            page_id=draft.card.pk,
            owner_unit_id=context.folders[draft.judged.row[UNIT]].unit_id,
            inherited=True,
        )
        for draft in drafts
    )


def _changed(cards: Sequence[JudgedCard], context: Context, now: datetime) -> list[Draft]:
    drafts = []
    for judged in cards:
        if judged.fate is Fate.CHANGED and judged.held is not None:
            held = judged.held
            patch = patch_of(judged.changes, context, held.content)
            content = {**held.content, **patch}
            card = card_from(content, held.pk)
            card.draft_title, card.latest_revision_created_at = card.title, now
            drafts.append(Draft(judged, content, card))
    own = [draft for draft in drafts if not draft.is_live]
    fields = {name for draft in own for name in fields_of(draft.judged.changes)}
    if fields := fields - GROUPINGS.keys():
        ServiceCardPage.objects.bulk_update(
            [draft.card for draft in own], sorted(fields), batch_size=50
        )
    return drafts


def _write_relations(drafts: Sequence[Draft], keys: Mapping[str, int]) -> None:
    """Write which cards a card names: with its draft, and beside it where it is not public."""
    told = [draft for draft in drafts if "relations" in draft.judged.changes]
    changed = [draft.card.pk for draft in told if not (draft.is_new or draft.is_live)]
    CardRelation.objects.filter(page__in=changed).delete()
    named = {draft.card.pk: _relations(draft, keys) for draft in told}
    CardRelation.objects.bulk_create(
        row for draft in told if not draft.is_live for row in named[draft.card.pk]
    )
    for draft in told:
        draft.content["relations"] = [
            {
                "pk": row.pk, "sort_order": row.sort_order, "page": row.page_id, "kind": row.kind,
                "card": row.card_id,
            }
            for row in named[draft.card.pk]
        ]  # fmt: skip


def _relations(draft: Draft, keys: Mapping[str, int]) -> list[CardRelation]:
    return [
        CardRelation(
            page_id=draft.card.pk, kind=one["kind"], card_id=keys[one["card"]], sort_order=order
        )
        for order, one in enumerate(draft.judged.changes["relations"])
    ]


def _write_groupings(drafts: Sequence[Draft]) -> None:
    for name in GROUPINGS:
        field: Any = ServiceCardPage._meta.get_field(name)
        through = field.remote_field.through
        own, other = f"{field.m2m_field_name()}_id", f"{field.m2m_reverse_field_name()}_id"
        told = [draft for draft in drafts if name in draft.judged.changes and not draft.is_live]
        old = [draft.card.pk for draft in told if not draft.is_new]
        through.objects.filter(**{f"{own}__in": old}).delete()
        through.objects.bulk_create(
            through(**{own: draft.card.pk, other: key})
            for draft in told
            for key in draft.content[name]
        )


def _write_revisions(drafts: Sequence[Draft], now: datetime) -> None:
    base = ContentType.objects.get_for_model(Page)
    kind = ContentType.objects.get_for_model(ServiceCardPage)
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=kind,
            base_content_type=base,
            object_id=str(draft.card.pk),
            object_str=draft.card.title,
            created_at=now,
            content=draft.content,
        )
        for draft in drafts
    )
    rows = []
    for draft, revision in zip(drafts, revisions, strict=True):
        draft.revision_id = revision.pk
        rows.append(
            Page(
                pk=draft.card.pk,
                latest_revision_id=revision.pk,
                latest_revision_created_at=now,
                draft_title=draft.card.title,
                has_unpublished_changes=True,
            )
        )
    Page.objects.bulk_update(
        rows,
        ["latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes"],
        batch_size=100,
    )
