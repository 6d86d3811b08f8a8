"""As many published pages as one likes, in little time: the frame by the door, the rest in bulk.

Rows written in bulk pass by the door, the guard and the searches; their tree paths, revisions,
stewardships, placements and lines of the trail are those that the door would have written. The read
model is filled by our own worker.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from wagtail.models import Locale, Page, Revision

from kpum.audit.models import AuditEntry
from kpum.bench import texts
from kpum.channels.actions import mark_subtree, rebuild_marked
from kpum.org.enums import UnitKind
from kpum.org.models import Unit
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.models import Placement, Stewardship
from kpum.pages.sites import set_site
from kpum.portal.models import InformationPage, PortalHomePage, UnitDirectoryPage
from services.models import (
    CataloguePage,
    Category,
    LegalAct,
    LifeEvent,
    PrivacyNotice,
    ServiceCardPage,
    UnitFolderPage,
)

HOST = "bench.example.org"
#: The site's name, by which a database is known to be the bench's own.
MARK = "kpum bench: invented pages"
#: Wagtail's first migration makes a root and a page of welcome.
_STOCK_PAGES = 2
_BATCH = 500
#: Home, catalogue and directory.
_FRAME = 3
_FEW, _MANY, _LARGE = 4, 20, 1000
_WRITTEN = datetime(2026, 1, 5, 8, tzinfo=UTC)
_KEYS = uuid.UUID("6a3c2f0e-52a5-4f0b-9f43-0a5c5f1d7b10")
_AUTHORITY = Authority.of_system(SystemMandate.DEMO)


class ForeignDatabase(Exception):
    """The database holds pages that the bench did not make."""


@dataclass(frozen=True)
class Built:
    """What was built: how many pages are public, and units beside them."""

    pages: int
    units: int


def require_own() -> None:
    """Go on only where there is nothing but what Wagtail's migrations made, or the bench itself.

    Raises:
        ForeignDatabase: there are other pages; names the database.
    """
    held = Page.objects.count()
    if held > _STOCK_PAGES and not is_own():
        raise ForeignDatabase(
            f"“{connection.settings_dict['NAME']}” holds {held} pages that the bench did not make."
            " Nothing was changed. Name an empty database for the bench alone."
        )


def is_own() -> bool:
    """Return whether the bench has built its pages in this database."""
    with connection.cursor() as cursor:
        if "wagtailcore_site" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT 1 FROM wagtailcore_site WHERE site_name = %s", [MARK])
        return cursor.fetchone() is not None


def build(pages: int, *, say: Callable[[str], object] = lambda _words: None) -> Built:
    """Build so many public pages, their folders and what is above them among these.

    Args:
        pages: how many; at least as many as the frame has, and one to a folder.
        say: told what is being done.

    Raises:
        ForeignDatabase: as ``require_own``.
        ValueError: too few pages to build a portal of.
    """
    units = _MANY if pages >= _LARGE else _FEW
    leaves = pages - _FRAME - units
    if leaves < units:
        raise ValueError(f"{pages} pages are too few: at least {_FRAME + 2 * _FEW} are needed.")
    require_own()
    with transaction.atomic():
        folders = _frame(units)
        say(f"{leaves} pages in {units} folders")
        for batch in _batches(_leaves(folders, leaves)):
            _write(batch)
        home = PortalHomePage.objects.get()
        mark_subtree(home.pk)
    say("documents of the channels, as the worker builds them")
    rebuild_marked()
    _analyse()
    return Built(pages, Unit.objects.count())


def _frame(units: int) -> list[UnitFolderPage]:
    """Build what is above the pages; return the folders."""
    root: Any = Page.objects.get(depth=1)
    for sample in root.get_children():
        sample.specific.delete()
    Locale.objects.get_or_create(language_code="pl")
    _words()
    chosen = _units(units)
    above = {"unit": chosen[0], "lead": texts.Writer(0).text(3)}
    home = _publish(root, PortalHomePage(title="Portal", slug="portal", **above))
    set_site(
        hostname=HOST, port=443, root_page_id=home.pk, name=MARK, only=True, authority=_AUTHORITY
    )
    _publish(home, UnitDirectoryPage(title="Jednostki", slug="jednostki", **above))
    catalogue = _publish(home, CataloguePage(title="Usługi", slug="uslugi", **above))
    return [
        _publish(catalogue, UnitFolderPage(title=unit.name, slug=unit.slug, unit=unit))
        for unit in chosen
    ]


def _words() -> None:
    groupings: tuple[Any, ...] = (Category, LifeEvent)
    for number, title in enumerate(("Meldunek", "Drogi", "Zieleń", "Rodzina")):
        for model in groupings:
            model.objects.bulk_create(
                [
                    model(
                        slug=f"{model._meta.model_name}-{number}",
                        name=title,
                        summary=f"{title}: wszystkie sprawy.",
                        icon="home",
                    )
                ]
            )
    LegalAct.objects.bulk_create(
        LegalAct(
            eli=texts.eli_of(number),
            title=f"Ustawa o sprawach miejskich, część {number}",
            journal="Dz.U. 2020 poz. 1",
        )
        for number in range(1, texts.ACTS + 1)
    )
    told = {name: texts.Writer(0).text(2) for name in PrivacyNotice.PARTS}
    PrivacyNotice.objects.bulk_create([PrivacyNotice(slug="bench", title="Twoje dane", **told)])


def _units(number: int) -> list[Unit]:
    office = Unit.add_root(code="UM", name="Urząd Miasta", kind=UnitKind.CITY_OFFICE)
    for order in range(number):
        # Each child changes its parent's row: read anew for the next.
        Unit.objects.get(pk=office.pk).add_child(
            code=f"W-{order:02}", name=f"Wydział {order}", kind=UnitKind.CELL
        )
    return list(Unit.objects.filter(depth=2).order_by("code"))


def _publish(parent: Page, page: Any) -> Any:
    page.live = False
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    revision = page.save_revision(clean=False)
    return door.publish(page_id=page.pk, revision_id=revision.pk, authority=_AUTHORITY, actor=None)


def _leaves(folders: list[UnitFolderPage], number: int) -> Iterator[Any]:
    """Yield unsaved pages, cards and information by turns, so that every part of the tree is alike."""
    each, rest = divmod(number, len(folders))
    order = 0
    for place, folder in enumerate(folders):
        children = each + (1 if place < rest else 0)
        owner = Stewardship.objects.get(page=folder.pk).owner_unit_id
        Page.objects.filter(pk=folder.pk).update(numchild=children)
        for position in range(1, children + 1):
            order += 1
            leaf = _leaf(folder, position, order)
            leaf.owner_unit_id = owner
            yield leaf


def _leaf(folder: Page, position: int, number: int) -> Any:
    writer, is_card = texts.Writer(number), number % 2 == 0
    model: Any = ServiceCardPage if is_card else InformationPage
    content = writer.card() if is_card else writer.information()
    title, slug = texts.title_of(number), f"sprawa-{number}"
    moment = _WRITTEN + timedelta(minutes=number)
    page = model(
        path=Page._get_path(folder.path, folder.depth + 1, position),  # noqa: SLF001 - as treebeard
        depth=folder.depth + 1,
        numchild=0,
        title=title,
        draft_title=title,
        slug=slug,
        url_path=f"{folder.url_path}{slug}/",
        translation_key=uuid.uuid5(_KEYS, str(number)),
        locale_id=folder.locale_id,
        content_type=ContentType.objects.get_for_model(model),
        live=True,
        first_published_at=moment,
        last_published_at=moment,
        latest_revision_created_at=moment,
        **content,
    )
    if is_card:
        page.privacy_notice = _notice()
        page.categories = [_groupings(Category)[number % 4]]
        page.life_events = [_groupings(LifeEvent)[number % 3]]
    return page


@cache
def _groupings(model: Any) -> list[Any]:
    return list(model.objects.order_by("pk"))


@cache
def _notice() -> PrivacyNotice:
    return PrivacyNotice.objects.get()


def _batches(leaves: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for leaf in leaves:
        batch.append(leaf)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
    # The words belong to one database.
    _groupings.cache_clear()


def _write(leaves: list[Any]) -> None:
    """Write pages with everything that the door writes about them, its documents aside."""
    shared = [field for field in Page._meta.local_concrete_fields if not field.primary_key]
    rows = Page.objects.bulk_create(
        Page(**{field.attname: getattr(leaf, field.attname) for field in shared}) for leaf in leaves
    )
    for leaf, row in zip(leaves, rows, strict=True):
        leaf.pk = leaf.id = leaf.page_ptr_id = row.pk
    for model in (InformationPage, ServiceCardPage):
        _write_halves(model, [leaf for leaf in leaves if isinstance(leaf, model)])
    _write_revisions(leaves)
    Stewardship.objects.bulk_create(
        Stewardship(page_id=leaf.pk, owner_unit_id=leaf.owner_unit_id, inherited=True)
        for leaf in leaves
    )
    Placement.objects.bulk_create(
        Placement(page_id=leaf.pk, channel=channel) for leaf in leaves for channel in leaf.targets
    )
    AuditEntry.objects.bulk_create(_told(leaf) for leaf in leaves)


def _write_halves(model: Any, leaves: list[Any]) -> None:
    """Write the halves of pages that lie in their types' own tables, and the words they name."""
    if not leaves:
        return
    model._base_manager._insert(leaves, fields=model._meta.local_concrete_fields, using="default")  # noqa: SLF001
    for field in model._meta.local_many_to_many:
        through = field.remote_field.through
        through.objects.bulk_create(
            through(
                **{
                    f"{field.m2m_field_name()}_id": leaf.pk,
                    f"{field.m2m_reverse_field_name()}_id": word.pk,
                }
            )
            for leaf in leaves
            for word in getattr(leaf, field.name).all()
        )


def _write_revisions(leaves: list[Any]) -> None:
    base = ContentType.objects.get_for_model(Page)
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=leaf.content_type,
            base_content_type=base,
            object_id=str(leaf.pk),
            object_str=leaf.title,
            created_at=leaf.first_published_at,
            content=leaf.serializable_data(),
        )
        for leaf in leaves
    )
    for leaf, revision in zip(leaves, revisions, strict=True):
        leaf.latest_revision_id = leaf.live_revision_id = revision.pk
    rows = [
        Page(pk=leaf.pk, latest_revision_id=leaf.latest_revision_id, live_revision_id=leaf.live_revision_id)
        for leaf in leaves
    ]  # fmt: skip
    Page.objects.bulk_update(rows, ["latest_revision", "live_revision"], batch_size=100)


def _told(leaf: Any) -> AuditEntry:
    return AuditEntry(
        at=leaf.first_published_at,
        action="page.published",
        actor_name="system",
        subject=f"page:{leaf.pk}",
        subject_label=leaf.title,
        authority=_AUTHORITY.wording,
        before="nie jest publiczna",
        after=f"publiczna: „{leaf.title}”",
        data={"revision": leaf.live_revision_id, "responsible": ""},
    )


def _analyse() -> None:
    """Have the database look at its tables and tidy them, as it does by itself in a portal that lives.

    Else PostgreSQL begins with it in the midst of a measurement.
    """
    with connection.cursor() as cursor:
        # Within somebody's transaction nothing is tidied.
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
        else:
            cursor.execute("ANALYZE")
