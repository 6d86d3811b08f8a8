"""What a published card owes a citizen (rows of part D.2 marked required), one rule a line."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kpum.pages.channel_demands import Requirement as ChannelRequirement
from services.enums import FilingChannel

if TYPE_CHECKING:
    from services.models import ServiceCardPage


class Requirement(NamedTuple):
    """One rule: the field it names, when it is met, and what to tell the editor."""

    field: str
    is_met: Callable[[Any], bool]
    message: Promise


REQUIREMENTS = (
    Requirement("code", lambda c: bool(c.code), _("Give the card its code, such as SA-14.")),
    Requirement(
        "summary", lambda c: bool(c.summary.strip()), _("Say in short what the citizen gets.")
    ),
    Requirement("applicants", lambda c: bool(c.applicants.strip()), _("Say who may apply.")),
    Requirement(
        "audiences", lambda c: bool(c.audiences), _("Choose at least one group it is for.")
    ),
    Requirement(
        "documents",
        lambda c: bool(len(c.documents)) != c.no_documents,
        _("List the documents, or tick that none are needed; not both."),
    ),
    Requirement(
        "fees",
        lambda c: bool(len(c.fees)) != c.free_of_charge,
        _("List the fees, or tick that it is free of charge; not both."),
    ),
    Requirement(
        "processing_duration", lambda c: bool(c.processing_duration), _("Give the processing time.")
    ),
    Requirement(
        "processing_text",
        lambda c: bool(c.processing_text.strip()),
        _("Say in words how long it takes."),
    ),
    Requirement("outcome_kind", lambda c: bool(c.outcome_kind), _("Choose the kind of outcome.")),
    Requirement("outcome", lambda c: bool(c.outcome.strip()), _("Say what the citizen receives.")),
    Requirement(
        "appeal_text",
        lambda c: bool(c.appeal_text.strip()),
        _("Say how to appeal, or why there is no appeal."),
    ),
    Requirement(
        "appeal_authority",
        lambda c: bool(c.appeal_authority.strip()) or not c.appeal_possible,
        _("Say to whom one may appeal."),
    ),
    Requirement(
        "appeal_days",
        lambda c: bool(c.appeal_days) or not c.appeal_possible,
        _("Say within how many days one may appeal."),
    ),
    Requirement("channels", lambda c: len(c.channels) > 0, _("Give at least one way to apply.")),
    Requirement("legal_bases", lambda c: len(c.legal_bases) > 0, _("Name the legal basis.")),
    Requirement(
        "privacy_notice",
        lambda c: c.privacy_notice_id is not None,
        _("Choose the privacy notice: a citizen must know what becomes of his data."),
    ),
    Requirement(
        "forms",
        lambda c: numbers_of_documents(c) <= numbers_of_forms(c),
        _("A document names a form that is not among the forms to download."),
    ),
    Requirement(
        "categories", lambda c: c.categories.count() > 0, _("Choose at least one category.")
    ),
)


def numbers_of_forms(card: "ServiceCardPage") -> set[str]:
    """Return the numbers of the forms to download."""
    return {block["value"]["number"] for block in card.forms.get_prep_value()}


def numbers_of_documents(card: "ServiceCardPage") -> set[str]:
    """Return the numbers of the forms that documents are to be given on."""
    named = {block.value.get("form_number") or "" for block in card.documents}
    return named - {""}


def missing(card: "ServiceCardPage") -> Iterator[tuple[str, str]]:
    """Yield (field, message) for every requirement the card does not meet."""
    for requirement in REQUIREMENTS:
        if not requirement.is_met(card):
            yield requirement.field, str(requirement.message)


def is_filed_through_epuap(card: Any, _unit_path: str | None) -> bool:
    """Return whether one of the ways to apply is ePUAP (I-30)."""
    return any(way.value["kind"] == FilingChannel.EPUAP for way in card.channels)


#: What the channel of ePUAP links may demand of a card.
EPUAP_FILING = ChannelRequirement(
    "epuap_filing", _("ePUAP among the ways to apply"), is_filed_through_epuap
)
