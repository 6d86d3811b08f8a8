"""Whether public cards agree with their counterparts in BIP, in ePUAP and on gov.pl (I-30, D-46, P-21)."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpum.channels import hand_over
from kpum.channels.receipt_models import ReceiptState
from kpum.core import clock
from kpum.core.conf import portal_settings
from kpum.org.enums import UnitKind
from kpum.pages.channel_rules import kept_rules
from kpum.pages.enums import Channel
from kpum.pages.models import Placement
from services.enums import FilingChannel
from services.models import ServiceCardPage

#: A sister portal that has not answered for so long is asked about it.
PATIENCE = timedelta(days=14)


class Kind(models.TextChoices):
    """What does not agree; the codes stand in the addresses of the filter."""

    MISSING = "missing", gettext_lazy("an address is missing")
    NOWHERE = "nowhere", gettext_lazy("an address leads elsewhere")
    RETURNED = "returned", gettext_lazy("another portal returned the text")
    UNANSWERED = "unanswered", gettext_lazy("another portal has not answered")


@dataclass(frozen=True)
class Fault:
    """One thing that does not agree, in words for the unit."""

    kind: Kind
    words: str


@dataclass(frozen=True)
class _Facts:
    """What of a card its counterparts are measured by."""

    pk: int
    bip_url: str
    epuap_url: str
    govpl_url: str
    ways: list[dict[str, Any]]
    is_cell: bool
    channels: frozenset[str]


def faults_of(cards: QuerySet[ServiceCardPage]) -> dict[int, list[Fault]]:
    """Return what does not agree, by the card's key; cards without a fault are left out.

    A fixed number of queries: the cards, their places in channels, and one for each channel that is
    handed over.
    """
    found: defaultdict[int, list[Fault]] = defaultdict(list)
    for facts in _facts_of(cards):
        for fault in (*_missing(facts), *_elsewhere(facts)):
            found[facts.pk].append(fault)
    ids = set(cards.values_list("pk", flat=True))
    for pk, fault in _answers():
        if pk in ids:
            found[pk].append(fault)
    return dict(found)


def _facts_of(cards: QuerySet[ServiceCardPage]) -> Iterator[_Facts]:
    placed: defaultdict[int, set[str]] = defaultdict(set)
    rows = Placement.objects.filter(page__in=cards.order_by().values("pk"))
    for page_id, channel in rows.values_list("page", "channel"):
        placed[page_id].add(channel)
    names = ("pk", "bip_url", "epuap_url", "govpl_url", "channels", "stewardship__owner_unit__kind")
    for pk, bip, epuap, govpl, ways, kind in cards.values_list(*names):
        stored = [block["value"] for block in ways.get_prep_value()]
        channels = frozenset(placed[pk])
        yield _Facts(pk, bip, epuap, govpl, stored, kind == UnitKind.CELL, channels)


def _missing(card: _Facts) -> Iterator[Fault]:
    hosts = portal_settings().GOVPL_HOSTS
    if not card.bip_url:
        if card.is_cell:
            yield _lacks(_("the address of the procedure in BIP"))
        elif Channel.BIP in card.channels:
            yield _lacks(_("the address of the procedure in BIP, to which the card is sent"))
    if not card.epuap_url:
        if any(way.get("kind") == FilingChannel.EPUAP for way in card.ways):
            yield _lacks(_("the address in ePUAP, which is among the ways to apply"))
        elif Channel.EPUAP in card.channels:
            yield _lacks(_("the address in ePUAP, to which the card is sent"))
    if not card.govpl_url and any(_lies_at(way.get("url") or "", hosts) for way in card.ways):
        yield _lacks(_("the address on gov.pl, to which one of the ways leads"))


def _lacks(what: str) -> Fault:
    return Fault(Kind.MISSING, _("Missing: %(what)s.") % {"what": what})


def _elsewhere(card: _Facts) -> Iterator[Fault]:
    told = portal_settings()
    for name, address, hosts in (
        (_("BIP"), card.bip_url, told.BIP_HOSTS),
        (_("ePUAP"), card.epuap_url, told.EPUAP_HOSTS),
        (_("gov.pl"), card.govpl_url, told.GOVPL_HOSTS),
    ):
        if not address:
            continue
        if not _lies_at(address, hosts):
            words = _("The address of %(portal)s leads to another host: %(address)s")
        elif _is_first_page(address):
            words = _("The address of %(portal)s leads to its first page only: %(address)s")
        else:
            continue
        yield Fault(Kind.NOWHERE, words % {"portal": name, "address": address})
    for way in card.ways:
        address = way.get("url") or ""
        if way.get("kind") == FilingChannel.EPUAP and not _lies_at(address, told.EPUAP_HOSTS):
            words = _("The way “%(way)s” does not lead to ePUAP: %(address)s")
            yield Fault(Kind.NOWHERE, words % {"way": way.get("title", ""), "address": address})


def _lies_at(address: str, hosts: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme in {"http", "https"} and any(
        host == known or host.endswith(f".{known}") for known in hosts
    )


def _is_first_page(address: str) -> bool:
    parts = urlsplit(address)
    return not (parts.path.strip("/") or parts.query or parts.fragment)


def _answers() -> Iterator[tuple[int, Fault]]:
    """Yield what sister portals returned, and what they have left without an answer."""
    since = clock.now() - PATIENCE
    for code, rule in kept_rules().items():
        if rule.is_open:
            continue
        rows: Any = hand_over.queue(code)
        wanted = Q(standing=ReceiptState.RETURNED) | Q(
            standing=hand_over.WAITING, changed_at__lt=since
        )
        for page_id, standing, told in rows.filter(wanted).values_list(
            "page_id", "standing", "told"
        ):
            if page_id is None:
                continue
            names = {"portal": rule.name, "message": told or ""}
            if standing == ReceiptState.RETURNED:
                words = _("%(portal)s returned the text: %(message)s") % names
                yield page_id, Fault(Kind.RETURNED, words)
            else:
                words = _("%(portal)s has not answered for two weeks.") % names
                yield page_id, Fault(Kind.UNANSWERED, words)
