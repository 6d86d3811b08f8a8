"""What follows units, pages and files by itself, and the guard over files that the public uses (M-04)."""

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction
from wagtail.signals import page_published, page_unpublished

from kpum.media import actions
from kpum.media.errors import CollectionKept, FileInUse
from kpum.media.facts import PRIVATE, differences, facts_of
from kpum.media.models import UnitCollection, in_use, page_using
from kpum.media.queries import acting_person, holds_public_files, is_public, kind_of
from kpum.org.models import Unit

#: The fields of a unit that its collection's name is made of.
_NAMING = {"name", "code"}
_BEFORE = "kpum_before_save"


def follow_unit(sender: Any, instance: Unit, **kwargs: Any) -> None:
    """Make or rename the unit's collection."""
    fields = kwargs.get("update_fields")
    if not kwargs.get("raw") and (fields is None or set(fields) & _NAMING):
        actions.keep_collection(unit=instance)


def follow_page(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Make public what the page now shows, in the transaction that published or withdrew it."""
    actions.settle_files(page_id=instance.pk)


def guard_file_save(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Refuse to swap, rename or redescribe a file that a public page uses.

    Raises:
        FileInUse: says which page, and what to do instead.
    """
    if kwargs.get("raw"):
        return
    stored = sender._default_manager.filter(pk=instance.pk).first() if instance.pk else None
    if stored is None:
        setattr(instance, _BEFORE, None)
        return
    before = facts_of(stored, kwargs.get("update_fields"))
    changed = differences(before, facts_of(instance, kwargs.get("update_fields")))
    if changed - PRIVATE:
        _refuse_if_public(stored)
    if changed & PRIVATE and _is_restricted(instance.collection_id) and is_public(stored):
        raise FileInUse(_("The collection is not public, and a public page uses the file."))
    setattr(instance, _BEFORE, {name: before[name] for name in changed})


def tell_of_save(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:  # noqa: FBT001
    """Put what was added or changed into the trail."""
    if kwargs.get("raw"):
        return
    if created:
        author = acting_person() or instance.uploaded_by_user
        actions.tell_of_file(
            act="added", file=instance, actor=author, before=None, after=facts_of(instance)
        )
    elif before := getattr(instance, _BEFORE, None):
        after = {name: value for name, value in facts_of(instance).items() if name in before}
        actions.tell_of_file(
            act="changed", file=instance, actor=acting_person(), before=before, after=after
        )


def measure_file(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Work out size and hash of a new upload."""
    if not kwargs.get("raw"):
        actions.keep_facts(file=instance)


def forget_file(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Forget them with the file."""
    actions.forget_facts(file=instance)


def guard_file_delete(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Refuse to delete a file that a public page uses."""
    _refuse_if_public(instance)


def tell_of_delete(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Put what is gone into the trail."""
    actions.tell_of_file(
        act="deleted", file=instance, actor=acting_person(), before=facts_of(instance), after=None
    )


def guard_privacy(sender: Any, instance: CollectionViewRestriction, **kwargs: Any) -> None:
    """Refuse to hide the collections of units, or public files, by a privacy setting."""
    if not kwargs.get("raw") and _matters(instance.collection):
        raise CollectionKept(
            _(
                "Privacy settings are switched off here: a file is public exactly as long as a"
                " public page uses it."
            )
        )


def guard_collection_delete(sender: Any, instance: Collection, **_kwargs: Any) -> None:
    """Refuse to delete the collection of a unit."""
    if UnitCollection.objects.filter(collection=instance.pk).exists():
        raise CollectionKept(
            _("“%(name)s” is the collection of a unit and stays with it.") % {"name": instance.name}
        )


def _refuse_if_public(file: Any) -> None:
    kind = kind_of(file)
    page = page_using(kind, file.pk) if kind else None
    if page is not None:
        raise FileInUse(in_use(file, page))


def _is_restricted(collection_id: int) -> bool:
    collection = Collection.objects.filter(pk=collection_id).first()
    return collection is not None and collection.get_view_restrictions().exists()


def _matters(collection: Collection) -> bool:
    """Return whether units' collections or public files lie in it or below it."""
    within = collection.get_descendants(inclusive=True)
    if UnitCollection.objects.filter(collection__in=within).exists():
        return True
    return holds_public_files(within)


def connect() -> None:
    """Connect to the models that this installation uses for pictures and files."""
    post_save.connect(follow_unit, sender=Unit, dispatch_uid="kpum-media-unit")
    for signal in (page_published, page_unpublished):
        signal.connect(follow_page, dispatch_uid="kpum-media-page")
    for model in (get_image_model(), get_document_model()):
        name = model._meta.label
        pre_save.connect(guard_file_save, sender=model, dispatch_uid=f"kpum-guard-save-{name}")
        post_save.connect(tell_of_save, sender=model, dispatch_uid=f"kpum-tell-save-{name}")
        post_save.connect(measure_file, sender=model, dispatch_uid=f"kpum-measure-{name}")
        pre_delete.connect(guard_file_delete, sender=model, dispatch_uid=f"kpum-guard-del-{name}")
        post_delete.connect(tell_of_delete, sender=model, dispatch_uid=f"kpum-tell-del-{name}")
        post_delete.connect(forget_file, sender=model, dispatch_uid=f"kpum-forget-{name}")
    pre_save.connect(
        guard_privacy, sender=CollectionViewRestriction, dispatch_uid="kpum-collection-privacy"
    )
    pre_delete.connect(
        guard_collection_delete, sender=Collection, dispatch_uid="kpum-collection-delete"
    )
