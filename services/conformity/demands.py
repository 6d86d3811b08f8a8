"""What each rule demands of a card: a generator of evidence that it is not so."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kpum.org.enums import UnitKind
from services import plain_polish
from services.conformity.evidence import Evidence
from services.conformity.prose import prose_of
from services.enums import Completion, EpuapGround, FilingChannel
from services.queries import bases_of

if TYPE_CHECKING:
    from services.conformity.surroundings import Surroundings
    from services.models import ServiceCardPage

#: Formats that the city accepts and that free programs and screen readers open.
FORMATS = frozenset({"odt", "ods", "pdf", "docx", "xlsx", "rtf", "txt", "xml", "csv"})
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_ENOUGH_WORDS = 3
_ELECTRONIC = {FilingChannel.ONLINE, FilingChannel.E_DELIVERY, FilingChannel.EPUAP}
Found = Iterator[Evidence]


def _ways(card: "ServiceCardPage") -> list[Any]:
    return [block.value for block in card.channels]


def unit_in_being(card: "ServiceCardPage", around: "Surroundings") -> Found:
    unit = around.unit
    if unit.is_closed:
        yield Evidence("", _("“%(unit)s” no longer exists: move the card.") % {"unit": unit.name})
    if not (unit.address or card.places):
        told = _("Neither “%(unit)s” nor the card has an address: name the place.")
        yield Evidence("places", told % {"unit": unit.name})
    if not (unit.phone or unit.email or card.contact_phone or card.contact_email):
        told = _("Neither “%(unit)s” nor the card has a phone or an e-mail: give one.")
        yield Evidence("contact_phone", told % {"unit": unit.name})


def way_open(card: "ServiceCardPage", around: "Surroundings") -> Found:
    ways = _ways(card)
    if ways and all(way["valid_to"] and way["valid_to"] < around.today for way in ways):
        yield Evidence("channels", _("Every way to apply has ended: give one that is open."))


def no_filing_by_mail(card: "ServiceCardPage", _around: "Surroundings") -> Found:
    for way in _ways(card):
        found = _MAIL.search(way["address"] or "") or way["url"].startswith("mailto:")
        if found:
            yield Evidence(
                "channels",
                _("“%(way)s”: an application sent by e-mail is left unread by law.")
                % {"way": way["title"]},
            )


def epuap_grounded(card: "ServiceCardPage", _around: "Surroundings") -> Found:
    for way in _ways(card):
        if way["kind"] == FilingChannel.EPUAP and way["ground"] not in EpuapGround.values:
            yield Evidence(
                "channels",
                _("“%(way)s”: say why by ePUAP; e-Doręczenia comes first.") % {"way": way["title"]},
            )


def electronic_way(card: "ServiceCardPage", _around: "Surroundings") -> Found:
    if not any(
        way["kind"] in _ELECTRONIC and way["filing"] != Completion.NONE for way in _ways(card)
    ):
        yield Evidence("channels", _("Nobody can bring the matter in from home."))


def still_holds(card: "ServiceCardPage", around: "Surroundings") -> Found:
    if card.valid_to and card.valid_to < around.today:
        yield Evidence("valid_to", _("The rules of this card have ended."))


def acts_registered(card: "ServiceCardPage", around: "Surroundings") -> Found:
    for eli, _article in bases_of(card):
        if eli not in around.acts:
            yield Evidence("legal_bases", _("The register has no act “%(eli)s”.") % {"eli": eli})


def acts_unchanged(card: "ServiceCardPage", around: "Surroundings") -> Found:
    for eli in dict(bases_of(card)):
        act = around.acts.get(eli)
        if act is None or act.changed_on is None:
            continue
        if around.last_verified is None or act.changed_on > around.last_verified:
            yield Evidence(
                "legal_bases",
                _("“%(act)s” changed on %(day)s: %(change)s")
                % {"act": act.title, "day": act.changed_on, "change": act.change},
            )


def payable_fees(card: "ServiceCardPage", _around: "Surroundings") -> Found:
    for block in card.fees:
        fee = block.value
        if not fee["base"]:
            yield Evidence(
                "fees", _("“%(fee)s”: name what it rests on.") % {"fee": fee["description"]}
            )
        if fee["amount"] and not (fee["account"] or fee["cash_desk"]):
            yield Evidence(
                "fees",
                _("“%(fee)s”: give the account or the cash desk.") % {"fee": fee["description"]},
            )


def usable_forms(card: "ServiceCardPage", around: "Surroundings") -> Found:
    forms = [block["value"] for block in card.forms.get_prep_value()]
    for number, times in Counter(form["number"] for form in forms).items():
        if times > 1:
            yield Evidence(
                "forms", _("Two forms bear the number “%(number)s”.") % {"number": number}
            )
    for form in forms:
        extension = around.files.get(str(form.get("file")))
        if extension is None:
            yield Evidence(
                "forms", _("The form “%(number)s” lacks its file.") % {"number": form["number"]}
            )
        elif extension not in FORMATS:
            yield Evidence(
                "forms",
                _("The form “%(number)s” is a file that not everybody can open (%(extension)s).")
                % {"number": form["number"], "extension": extension},
            )  # fmt: skip


def files_accessible(_card: "ServiceCardPage", around: "Surroundings") -> Found:
    for title in around.unchecked:
        told = _(
            "“%(file)s”: nobody has checked whether it is accessible. Check it, and say so at the file."
        )
        yield Evidence("", told % {"file": title})


def told_otherwise(card: "ServiceCardPage", _around: "Surroundings") -> Found:
    if not card.sign_language_video:
        yield Evidence("sign_language_video", _("There is no film in Polish Sign Language."))
    if not card.etr_text.strip():
        yield Evidence("etr_text", _("There is no easy-to-read text."))


def counterparts(card: "ServiceCardPage", around: "Surroundings") -> Found:
    if around.unit.kind == UnitKind.CELL and not card.bip_url:
        yield Evidence("bip_url", _("Give the address of the procedure in BIP."))
    by_epuap = any(way["kind"] == FilingChannel.EPUAP for way in _ways(card))
    if by_epuap and not (
        card.epuap_url
        or any(way["url"] for way in _ways(card) if way["kind"] == FilingChannel.EPUAP)
    ):
        yield Evidence("epuap_url", _("Give the address of the card in ePUAP."))


def readable(card: "ServiceCardPage", _around: "Surroundings") -> Found:
    measured = plain_polish.measure(prose_of(card))
    if measured.is_warning:
        yield Evidence("", str(measured.advice))


def plain(card: "ServiceCardPage", _around: "Surroundings") -> Found:
    for finding in plain_polish.examine(prose_of(card)):
        yield Evidence("", finding.message)


def findable(card: "ServiceCardPage", _around: "Surroundings") -> Found:
    words = [word for word in card.keywords.split(",") if word.strip()]
    if len(words) < _ENOUGH_WORDS:
        yield Evidence("keywords", _("Give at least three other words that people search with."))


def related_public(_card: "ServiceCardPage", around: "Surroundings") -> Found:
    for title in around.hidden:
        yield Evidence("relations", _("“%(title)s” is not public.") % {"title": title})


def code_of_unit(card: "ServiceCardPage", around: "Surroundings") -> Found:
    symbol = card.code.rsplit("-", 1)[0]
    if symbol and not around.unit.code.startswith(symbol):
        yield Evidence(
            "code", _("Cards of this unit begin with %(code)s-.") % {"code": around.unit.code}
        )


def links_alive(_card: "ServiceCardPage", around: "Surroundings") -> Found:
    for address, row in around.broken.items():
        yield Evidence(
            around.links[address],
            _("“%(address)s” leads nowhere since %(day)s (%(answer)s): correct or remove the link.")
            % {
                "address": address,
                "day": f"{localtime(row.failing_since):%Y-%m-%d}" if row.failing_since else "",
                "answer": row.words,
            },
        )
