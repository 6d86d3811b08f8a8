"""Who may see which file, which file an address means, and which files a text uses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.log_actions import get_active_log_context
from wagtail.models import Collection, Page, ReferenceIndex
from wagtail.permissions import policy_registry

from kpum.core import memo
from kpum.media.enums import FileKind
from kpum.media.models import PublicFile, StoredFile, UnitCollection, pages_using
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.models import Unit
from kpum.org.powers import Place, reach_of
from kpum.org.registry import place_of_page

Use = tuple[FileKind, str]
#: No key of ours has more digits, and no database is asked for one that has.
_DIGITS = 18


def file_models() -> dict[FileKind, Any]:
    """Return the image and the document model of this installation."""
    return {FileKind.IMAGE: get_image_model(), FileKind.DOCUMENT: get_document_model()}


def kind_of(file: Any) -> FileKind | None:
    """Return whether it is a picture or a file; None when it is neither."""
    return next((kind for kind, model in file_models().items() if isinstance(file, model)), None)


def is_public(file: Any) -> bool:
    """Return whether a public page uses the file at this moment."""
    kind = kind_of(file)
    return kind is not None and pages_using(kind, file.pk).exists()


def first_in_use(files: Iterable[Any]) -> tuple[Any, Page] | None:
    """Return one of the files that a public page uses, with the page; None when there is none."""
    by_use = {(kind.value, str(file.pk)): file for file in files if (kind := kind_of(file))}
    rows = PublicFile.objects.filter(
        object_id__in={key for _kind, key in by_use}, page__in=Page.objects.live().public()
    )
    for row in rows.select_related("page").order_by("page__path", "kind"):
        if (file := by_use.get((row.kind, row.object_id))) is not None:
            return file, row.page
    return None


def holds_public_files(collections: QuerySet[Collection]) -> bool:
    """Return whether a public page uses a file in any of the collections."""
    for kind, model in file_models().items():
        used = PublicFile.objects.filter(kind=kind, page__in=Page.objects.live().public())
        keys = _keys(model, used.values_list("object_id", flat=True).distinct())
        if model._default_manager.filter(collection__in=collections, pk__in=keys).exists():
            return True
    return False


def place_of_collection(collection_id: int) -> Place:
    """Return where its files lie: with a unit, or, in a collection of nobody's, nowhere."""
    row = UnitCollection.objects.filter(collection=collection_id).select_related("unit").first()
    return Place.of_unit(row.unit) if row else Place("")


def may_see(user: Any, file: Any) -> bool:
    """Return whether the person finds the file in the admin."""
    if not (user.is_authenticated and user.is_active):
        return False
    policy: Any = policy_registry.get_by_type(type(file))
    return bool(policy.user_has_permission_for_instance(user, "choose", file))


def acting_person() -> Any:
    """Return who works in Wagtail's admin at this moment, or None."""
    user = get_active_log_context().user or memo.remembered(memo.PERSON, lambda: None)
    return user if user is not None and user.is_authenticated else None


def is_of_a_unit(collection_id: int) -> bool:
    """Return whether the collection is a unit's own."""
    return UnitCollection.objects.filter(collection=collection_id).exists()


def collections_within(user: Any, rights: Iterable[Right]) -> QuerySet[Collection] | None:
    """Return where the person holds any of the rights by mandate; None when nowhere.

    Portal roles reach every collection, units' roles those of their units, a branch's roles that
    of the unit the branch belongs to.
    """
    reach = reach_of(org.powers_in_request(user), rights)
    if not reach:
        return None
    if reach.whole_portal:
        return Collection.objects.all()
    within = org.units_in_reach(reach)
    if reach.branch_paths:
        within |= Q(path__in=_owners_of_branches(reach.branch_paths))
    units = Unit.objects.filter(within).order_by()
    own = UnitCollection.objects.filter(unit__in=units)
    return Collection.objects.filter(pk__in=own.values("collection"))


def collection_ids_within(user: Any, rights: frozenset[Right]) -> frozenset[int]:
    """Return the same as ids, asked once in a request: lists ask for every row."""

    def ask() -> frozenset[int]:
        found = collections_within(user, rights)
        return frozenset() if found is None else frozenset(found.values_list("pk", flat=True))

    return memo.remembered(("collections", user.pk, rights), ask)


def _owners_of_branches(paths: Iterable[str]) -> set[str]:
    places = [place_of_page(page) for page in Page.objects.filter(path__in=tuple(paths))]
    return {place.unit_path for place in places if place is not None}


@dataclass(frozen=True)
class Upload:
    """What lies at a media address: the stored file, and the picture or file it belongs to."""

    owner: Any
    stored: Any


def upload_at(name: str) -> Upload | None:
    """Return what lies at the storage name; None when nothing of ours does."""
    if "\x00" in name:
        return None
    images = get_image_model()
    renditions = images.get_rendition_model()._default_manager.select_related("image")
    if (rendition := renditions.filter(file=name).first()) is not None:
        return Upload(rendition.image, rendition.file)
    for model in (images, get_document_model()):
        if (owner := model._default_manager.filter(file=name).first()) is not None:
            return Upload(owner, owner.file)
    return None


def portrait_at(name: str) -> Any:
    """Return the stored picture of a colleague (Wagtail's avatar) at the name, or None."""
    if "\x00" in name or not apps.is_installed("wagtail.users"):
        return None
    profile = apps.get_model("wagtailusers", "UserProfile")._default_manager.filter(avatar=name)
    row = profile.exclude(avatar="").first()
    return row.avatar if row else None


def uses_of(content: Any) -> set[Use]:
    """Return the pictures and files that an object's fields, streams and running texts name."""
    types = {
        ContentType.objects.get_for_model(model, for_concrete_model=False).pk: kind
        for kind, model in file_models().items()
    }
    # Wagtail stores what it finds; the search itself it keeps to itself.
    references = ReferenceIndex._extract_references_from_object(content)  # noqa: SLF001
    return {
        (types[type_id], object_id)
        for type_id, object_id, _model_path, _path in references
        if type_id in types
    }


def unseen_uses(content: Any, user: Any) -> list[Use]:
    """Return the files named in the content that the person does not find in the admin."""
    uses = uses_of(content)
    unseen: list[Use] = []
    for kind, model in file_models().items():
        ids = {object_id for used, object_id in uses if used is kind}
        if not ids:
            continue
        policy: Any = policy_registry.get_by_type(model)
        visible = policy.instances_user_has_any_permission_for(user, ["choose"])
        found = {
            str(pk) for pk in visible.filter(pk__in=_keys(model, ids)).values_list("pk", flat=True)
        }
        unseen += [(kind, object_id) for object_id in sorted(ids - found)]
    return unseen


def _keys(model: Any, words: Iterable[str]) -> list[Any]:
    """Return the words that can be keys of the model; others, however odd, name nothing."""
    keys = []
    for word in words:
        try:
            key = model._meta.pk.to_python(word)
        except ValidationError:
            continue
        if not isinstance(key, int) or len(word) <= _DIGITS:
            keys.append(key)
    return keys


def files_of_pages(page_ids: Iterable[int]) -> dict[int, list[tuple[FileKind, Any]]]:
    """Return the pictures and files that each page's public text uses, in a lasting order.

    One query, and one for each kind of file in use; a page without files is not named. None at all
    in a host's project, whose files are its own.
    """
    if not apps.is_installed("kpum.media"):
        return {}
    rows = PublicFile.objects.filter(page__in=list(page_ids)).order_by("page", "kind")
    uses = list(rows.values_list("page", "kind", "object_id"))
    files: dict[Use, Any] = {}
    for kind, model in file_models().items():
        keys = _keys(model, {object_id for _page, used, object_id in uses if used == kind})
        found = model._default_manager.filter(pk__in=keys) if keys else ()
        files |= {(kind, str(file.pk)): file for file in found}
    of_pages: dict[int, list[tuple[FileKind, Any]]] = {}
    for page_id, used, object_id in uses:
        if (file := files.get((FileKind(used), object_id))) is not None:
            of_pages.setdefault(page_id, []).append((FileKind(used), file))
    for named in of_pages.values():
        named.sort(key=lambda one: (one[0], one[1].pk))
    return of_pages


def facts_by_object(files: Iterable[tuple[FileKind, Any]]) -> dict[tuple[str, str], StoredFile]:
    """Return what is known of the bytes of these pictures and files: (kind, key) → facts."""
    keys = [str(file.pk) for _kind, file in files]
    rows = StoredFile.objects.filter(object_id__in=keys) if keys else ()
    return {(row.kind, row.object_id): row for row in rows}


def stored_file(media_id: Any) -> tuple[StoredFile, Any] | None:
    """Return a stored file by its own id, with its picture or file; None when there is none."""
    row = StoredFile.objects.filter(media_id=media_id).first()
    if row is None:
        return None
    model = file_models()[FileKind(row.kind)]
    owner = model._default_manager.filter(pk__in=_keys(model, [row.object_id])).first()
    return (row, owner) if owner is not None and owner.file.name == row.name else None
