"""Gathering where public texts lead, so that what leads nowhere can be told to the units (M-18)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from django.db import transaction
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from kpum.core import clock
from kpum.integrations.link_checks.addresses import digest_of, host_of
from kpum.integrations.link_checks.models import LinkedAddress
from kpum.pages.link_models import PageLink
from kpum.pages.link_reading import Link, links_of
from kpum.pages.queries import portal_page_models

#: Pages read, and rows written, at once.
BATCH = 200
Place = tuple[int, Link]
T = TypeVar("T")


@dataclass(frozen=True)
class Gathered:
    """What was found, and what it changed.

    Attributes:
        pages: public pages that lead anywhere.
        addresses: addresses outside that public texts lead to.
        inside: links to other pages.
        new: addresses that nothing led to before.
        forgotten: addresses that nothing leads to any more.
    """

    pages: int
    addresses: int
    inside: int
    new: int
    forgotten: int


def gather_links(*, dry_run: bool = False) -> Gathered:
    """Read every public text of ours, and keep where it leads; an address nobody names is forgotten.

    Queries grow with batches of pages, not with pages. A dry run writes nothing.
    """
    wanted = set(_found())
    addresses = {link.target for _page, link in wanted if isinstance(link.target, str)}
    known = {row.address: row.pk for row in LinkedAddress.objects.only("address").iterator()}
    fresh = sorted(addresses - known.keys())
    stale = sorted(known[address] for address in known.keys() - addresses)
    if not dry_run:
        known |= _add_addresses(fresh)
        _keep_links(wanted, {pk: address for address, pk in known.items()}, known)
        for keys in _batches(stale):
            LinkedAddress.objects.filter(pk__in=keys).delete()
    return Gathered(
        pages=len({page for page, _link in wanted}),
        addresses=len(addresses),
        inside=sum(isinstance(link.target, int) for _page, link in wanted),
        new=len(fresh),
        forgotten=len(stale),
    )


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, BATCH)):
        yield some


def _found() -> Iterator[Place]:
    for model in portal_page_models():
        pages = model._default_manager.live().public().order_by("pk")
        for texts in _batches(pages.iterator(chunk_size=BATCH)):
            for text in texts:
                yield from ((text.pk, link) for link in links_of(text))
            yield from _found_in_rows(model, [text.pk for text in texts])


def _found_in_rows(model: type[Any], pages: list[int]) -> Iterator[Place]:
    """Yield the links of the rows that belong to these pages; one query for each kind of row."""
    for relation in get_all_child_relations(model):
        # Those of every page, such as editors' comments, are no public text.
        if relation.model is Page:
            continue
        key = relation.field.attname
        rows = relation.related_model._default_manager.filter(**{f"{key}__in": pages})
        for row in rows.order_by("pk"):
            for link in links_of(row):
                yield getattr(row, key), Link(relation.get_accessor_name(), link.target)


def _add_addresses(addresses: Iterable[str]) -> dict[str, int]:
    now, today = clock.now(), clock.today()
    added: dict[str, int] = {}
    for some in _batches(addresses):
        rows = LinkedAddress.objects.bulk_create(
            LinkedAddress(
                digest=digest_of(address), address=address, host=host_of(address),
                first_seen=now, next_check=today,
            )
            for address in some
        )  # fmt: skip
        added |= {row.address: row.pk for row in rows}
    return added


def _keep_links(wanted: set[Place], address_of: dict[int, str], key_of: dict[str, int]) -> None:
    kept: set[Place] = set()
    gone: list[int] = []
    rows: Any = PageLink.objects.values_list("pk", "page", "field", "address", "target_page")
    for pk, page, field, address, target in rows.iterator():
        place = page, Link(field, target if address is None else address_of.get(address, ""))
        (kept.add(place) if place in wanted else gone.append(pk))
    missing = sorted(wanted - kept, key=repr)
    for some in _batches(missing):
        with transaction.atomic():
            # A page that was deleted meanwhile is left out.
            pages = Page.objects.select_for_update(no_key=True).order_by("path")
            named = pages.filter(pk__in={page for page, _link in some})
            there = set(named.values_list("pk", flat=True))
            PageLink.objects.bulk_create(
                (_row(page, link, key_of) for page, link in some if page in there),
                ignore_conflicts=True,
            )
    for keys in _batches(gone):
        PageLink.objects.filter(pk__in=keys).delete()


def _row(page: int, link: Link, key_of: dict[str, int]) -> PageLink:
    target = link.target
    if isinstance(target, int):
        return PageLink(page_id=page, field=link.field, target_page=target)
    return PageLink(page_id=page, field=link.field, address_id=key_of[target])
