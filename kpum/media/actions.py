"""Collections follow their units, files become public with pages, and every change is in the trail."""

import hashlib
import uuid
from mimetypes import guess_type
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from wagtail.models import Collection, Page

from kpum.audit.actions import record, subject_of
from kpum.media.facts import Facts, in_words
from kpum.media.models import PublicFile, StoredFile, UnitCollection
from kpum.media.queries import file_models, kind_of, place_of_collection, uses_of
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.models import Unit
from kpum.org.powers import Ground

_LONGEST_KEY = PublicFile._meta.get_field("object_id").max_length or 0
_LONGEST = Collection._meta.get_field("name").max_length or 0


def collection_name(unit: Unit) -> str:
    """Return what a unit's collection is called: its name and, to tell namesakes apart, its code."""
    ending = f" ({unit.code})"
    return unit.name[: _LONGEST - len(ending)] + ending


@transaction.atomic
def keep_collection(*, unit: Unit) -> Collection:
    """Give the unit its collection, or rename the one it has, and return it."""
    name = collection_name(unit)
    row = UnitCollection.objects.select_related("collection").filter(unit=unit.pk).first()
    if row is not None:
        if row.collection.name != name:
            row.collection.name = name
            row.collection.save(update_fields=["name"])
            row.collection.move(_root(), "sorted-child")
        return row.collection
    collection = _root().add_child(name=name)
    UnitCollection.objects.create(unit=unit, collection=collection)
    return collection


def _root() -> Collection:
    """Return the root, locked: places in the tree are given one after another."""
    root = Collection.objects.select_for_update().filter(depth=1).first()
    # Wagtail's migrations make it; a database that was flushed has none.
    return root or Collection.add_root(name="Root")


@transaction.atomic
def settle_files(*, page_id: int) -> bool:
    """Make the public files of a page exactly those that its public text uses.

    None when the page is not public: withdrawn, expired, taken down, or never published.

    Returns:
        Whether anything changed.
    """
    page = Page.objects.filter(pk=page_id, live=True).first()
    uses = uses_of(page.specific) if page else set()
    # What is longer than any key names no file.
    wanted = {(kind.value, key) for kind, key in uses if len(key) <= _LONGEST_KEY}
    rows = {(row.kind, row.object_id): row.pk for row in PublicFile.objects.filter(page=page_id)}
    gone = [pk for use, pk in rows.items() if use not in wanted]
    added = sorted(wanted - rows.keys())
    PublicFile.objects.filter(pk__in=gone).delete()
    PublicFile.objects.bulk_create(
        PublicFile(page_id=page_id, kind=kind, object_id=key) for kind, key in added
    )
    return bool(gone or added)


def settle_all_files() -> int:
    """Do so for every page that is public or counted as such; return how many changed."""
    stale = PublicFile.objects.values("page")
    pages = Page.objects.filter(Q(live=True) | Q(pk__in=stale)).values_list("pk", flat=True)
    return sum(settle_files(page_id=pk) for pk in pages)


_UNKNOWN_TYPE = "application/octet-stream"


@transaction.atomic
def keep_facts(*, file: Any) -> StoredFile | None:
    """Write down size and hash of the bytes of a picture or a file, once for each upload.

    Returns:
        What is known of it; None when it is neither, or its bytes are not there.
    """
    kind = kind_of(file)
    if kind is None or not file.file:
        return None
    name = file.file.name
    row = StoredFile.objects.filter(kind=kind, object_id=str(file.pk)).first()
    if row is not None and row.name == name:
        return row
    try:
        size, digest = _measure(file.file.storage, name)
    except OSError:
        return None
    row = row or StoredFile(kind=kind, object_id=str(file.pk))
    row.media_id, row.name, row.size, row.sha256 = uuid.uuid4(), name, size, digest
    row.content_type = guess_type(name)[0] or _UNKNOWN_TYPE
    row.save()
    return row


def _measure(storage: Any, name: str) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    # Read from the storage, not from the upload: what is there is what will be sent.
    with storage.open(name, "rb") as stored:
        while part := stored.read(1 << 20):
            digest.update(part)
            size += len(part)
    return size, digest.hexdigest()


def forget_facts(*, file: Any) -> None:
    """Forget a picture or a file that is no more; its id is never given to another."""
    StoredFile.objects.filter(kind=kind_of(file), object_id=str(file.pk)).delete()


def keep_all_facts() -> int:
    """Do ``keep_facts`` for what was stored before there were any; return how many were measured."""
    measured = 0
    for kind, model in file_models().items():
        known = set(StoredFile.objects.filter(kind=kind).values_list("object_id", "name"))
        for file in model._default_manager.order_by("pk").iterator(chunk_size=200):
            if (str(file.pk), file.file.name) not in known:
                measured += keep_facts(file=file) is not None
    return measured


def tell_of_file(
    *, act: str, file: models.Model, actor: Any, before: Facts | None, after: Facts | None
) -> None:
    """Write into the trail that a picture or a file was added, changed or deleted.

    Args:
        act: ``added``, ``changed`` or ``deleted``.
        file: the picture or the file.
        actor: who did it; None for the system.
        before: its facts, those that the act changed; None for a new one.
        after: the same; None for one that is gone.
    """
    kind = kind_of(file)
    if kind is None:
        raise TypeError(f"{file!r} is neither a picture nor a file")
    names = (after or before or {}).keys()
    ground = _ground(file, actor)
    with transaction.atomic(savepoint=False):
        record(
            action=f"{kind.value}.{act}",
            actor=actor,
            subject=subject_of(file),
            label=str(file),
            authority=ground.wording,
            acting_for=ground.acting_for,
            before=in_words(type(file), before or {}, names),
            after=in_words(type(file), after or {}, names),
        )


def _ground(file: Any, actor: Any) -> Ground:
    """Return the mandate the person worked under, as the trail quotes it."""
    if actor is None:
        return Ground("system")
    place = place_of_collection(file.collection_id)
    if (ground := org.ground_of(actor, place, Right.ADD)) is not None:
        return ground
    return Ground("superuser" if actor.is_superuser else "")
