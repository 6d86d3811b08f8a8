"""What a file of cards refers to, read at once: folders, dictionaries, acts, files, cards, links."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.documents import get_document_model
from wagtail.models import Locale, Page

from kpum.media.enums import FileKind
from kpum.media.models import StoredFile
from kpum.org.export_cells import BadCell
from kpum.org.models import Unit
from services.card_columns import Entry, Row
from services.card_held import HeldCard, held_cards, source_cards
from services.card_markup import links_in
from services.card_rows import GROUPINGS, FileName, file_names
from services.models import LegalAct, PrivacyNotice, UnitFolderPage

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_KEYS = 15


@dataclass(frozen=True)
class References:
    """What the rows of a file name."""

    codes: frozenset[str]
    forms: tuple[Entry, ...]
    links: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Self:
        """Gather them."""
        codes: set[str] = set()
        forms: list[Entry] = []
        links: set[tuple[str, int]] = set()
        for row in rows:
            codes |= {row.get("code", "")} | {one["card"] for one in row.get("relations", ())}
            forms += row.get("forms", ())
            for text in running_texts(row):
                links |= _links(text)
        return cls(frozenset(codes), tuple(forms), frozenset(links))


def running_texts(row: Row) -> list[str]:
    """Return the running text of a row: the parts in which links may stand."""
    body = [one["text"] for one in row.get("body", ()) if one["kind"] == "paragraph"]
    return [row.get("description", ""), *body]


def _links(text: str) -> set[tuple[str, int]]:
    try:
        return links_in(text)
    except BadCell:
        # Its fault is told where the cell is judged.
        return set()


@dataclass(frozen=True)
class Context:
    """The rows of the database that a file refers to, by the names that files have for them.

    ``cards`` and ``slugs`` grow by the new cards of the file while its rows are judged.
    """

    held: Mapping[str, list[HeldCard]]
    folders: Mapping[str, UnitFolderPage]
    units: frozenset[str]
    groupings: Mapping[str, Mapping[str, int]]
    notices: Mapping[str, int]
    acts: frozenset[str]
    cards: dict[str, list[int]]
    files: tuple[FileName, ...]
    links: frozenset[tuple[str, int]]
    slugs: dict[int, set[str]]

    @classmethod
    def read(cls, rows: Iterable[Row]) -> Self:
        """Read what the rows refer to, and hold their folders and cards until the transaction ends.

        As many queries for a thousand rows as for one.
        """
        held_rows = list(rows)
        named = References.of(held_rows)
        folders = _folders({row.get("unit", "") for row in held_rows})
        cards = source_cards().filter(code__in={row.get("code", "") for row in held_rows} - {""})
        _hold([*cards.values_list("pk", flat=True), *(folder.pk for folder in folders.values())])
        held: dict[str, list[HeldCard]] = {}
        for card in held_cards(cards.order_by("path")):
            held.setdefault(card.code, []).append(card)
        return cls(
            held=held,
            folders=_folders(set(folders)),
            units=frozenset(Unit.objects.values_list("code", flat=True)),
            groupings={
                name: dict(model.objects.values_list("slug", "pk"))
                for name, model in GROUPINGS.items()
            },
            notices=dict(PrivacyNotice.objects.values_list("slug", "pk")),
            acts=frozenset(LegalAct.objects.values_list("eli", flat=True)),
            cards=_cards(named.codes),
            files=_files(named.forms),
            links=_found(named.links),
            slugs=_slugs(folders.values()),
        )

    def file_of(self, form: Entry) -> FileName:
        """Return the stored file that a form means: by its number, else by hash and title.

        Raises:
            BadCell: there is none, or there are several.
        """
        for name in ("media", "sha256", "file"):
            if found := [one for one in self.files if form[name] and one.told[name] == form[name]]:
                break
        else:
            raise BadCell(_("There is no such file in the portal: upload it first."))
        if form["sha256"]:
            found = [one for one in found if one.sha256 == form["sha256"]]
            if not found:
                raise BadCell(_("The file has changed: its SHA-256 is another one."))
        titled = [one for one in found if one.told["file"] == form["file"]] or found
        if len(titled) > 1 and not form["sha256"]:
            raise BadCell(_("Several files bear this title: give the number or the SHA-256."))
        return titled[0]


def _folders(units: set[str]) -> dict[str, UnitFolderPage]:
    folders = UnitFolderPage.objects.filter(
        unit__code__in=units, locale=Locale.get_default(), alias_of__isnull=True
    )
    found: dict[str, Any] = {}
    for folder in folders.select_related("unit").order_by("path"):
        found.setdefault(folder.unit.code, folder)
    return found


def _hold(page_ids: Iterable[int]) -> None:
    """Lock the pages: a second import, an editor who saves, and the door wait here."""
    list(Page.objects.select_for_update().filter(pk__in=set(page_ids)).order_by("path"))


def _cards(codes: frozenset[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for pk, code in (
        source_cards().filter(code__in=codes).order_by("path").values_list("pk", "code")
    ):
        found.setdefault(code, []).append(pk)
    return found


def _files(forms: Iterable[Entry]) -> tuple[FileName, ...]:
    named = {name: {form[name] for form in forms} - {""} for name in ("media", "sha256", "file")}
    if not any(named.values()):
        return ()
    media = {word for word in named["media"] if _UUID.fullmatch(word)}
    stored = StoredFile.objects.filter(kind=FileKind.DOCUMENT).filter(
        Q(media_id__in=media) | Q(sha256__in=named["sha256"])
    )
    keys = [int(key) for key in stored.values_list("object_id", flat=True) if key.isdecimal()]
    titled = get_document_model()._default_manager.filter(title__in=named["file"])
    keys += titled.values_list("pk", flat=True)
    return tuple(file_names(pk__in=keys))


def _found(links: Iterable[tuple[str, int]]) -> frozenset[tuple[str, int]]:
    """Return the links that lead to a page or a file."""
    models: dict[str, Any] = {"page": Page, "document": get_document_model()}
    found = set()
    for kind, model in models.items():
        keys = {key for linked, key in links if linked == kind and len(str(key)) <= _KEYS}
        if keys:
            rows = model._default_manager.filter(pk__in=keys).values_list("pk", flat=True)
            found |= {(kind, pk) for pk in rows}
    return frozenset(found)


def _slugs(folders: Iterable[UnitFolderPage]) -> dict[int, set[str]]:
    """Return the addresses that are taken in each folder."""
    by_path = {folder.path: folder.pk for folder in folders}
    slugs: dict[int, set[str]] = {pk: set() for pk in by_path.values()}
    below = Q()
    for path in by_path:
        below |= Q(path__startswith=path)
    if by_path:
        for path, slug in Page.objects.filter(below).values_list("path", "slug"):
            parent = by_path.get(path[: -Page.steplen])
            if parent is not None:
                slugs[parent].add(slug)
    return slugs
