"""The rules, each with its number, its version and what it demands; one registry for all (K-16).

A rule that demands something else than before gets a higher version: results and waivers of the older
one no longer count.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services.conformity import demands
from services.conformity.evidence import Evidence, Severity

if TYPE_CHECKING:
    from services.conformity.surroundings import Surroundings
    from services.models import ServiceCardPage

Demand = Callable[["ServiceCardPage", "Surroundings"], Iterator[Evidence]]


class Rule(NamedTuple):
    """One rule.

    Attributes:
        code: its number; never used again for another rule.
        version: grows with what is demanded.
        severity: hard rules bar the approval unless the card has a waiver in force.
        title: what is demanded, as the manager reads it.
        source: the obligation it rests on.
        demand: finds what is not met.
    """

    code: str
    version: int
    severity: Severity
    title: Promise
    source: str
    demand: Demand


RULES: tuple[Rule, ...] = (
    Rule("C-01", 1, Severity.HARD, _("The unit that handles the matter exists, and can be reached"), "D.2: 15, 16; K-21", demands.unit_in_being),
    Rule("C-02", 1, Severity.HARD, _("At least one way to apply is open today or later"), "I-29", demands.way_open),
    Rule("C-03", 1, Severity.HARD, _("No way to apply is e-mail"), "L-8", demands.no_filing_by_mail),
    Rule("C-04", 1, Severity.SOFT, _("ePUAP is offered only on a ground of its own"), "L-8, L-9", demands.epuap_grounded),
    Rule("C-05", 1, Severity.SOFT, _("The matter can be brought in electronically"), "I-29, D-45", demands.electronic_way),
    Rule("C-06", 1, Severity.HARD, _("What the card says holds today or later"), "D.2: 23", demands.still_holds),
    Rule("C-07", 1, Severity.HARD, _("Every act is in the register of acts"), "D-47", demands.acts_registered),
    Rule("C-08", 1, Severity.SOFT, _("No act has changed since the card was checked"), "D-47", demands.acts_unchanged),
    Rule("C-09", 1, Severity.HARD, _("Each payment says what it rests on and how to pay it"), "D.2: 8, 9", demands.payable_fees),
    Rule("C-10", 1, Severity.HARD, _("Each form has a number of its own and a file in an open or common format"), "D.2: 7; C.2", demands.usable_forms),
    Rule("C-11", 1, Severity.SOFT, _("There is a film in Polish Sign Language and an easy-to-read text"), "D-36, A-1, A-5", demands.told_otherwise),
    Rule("C-12", 1, Severity.SOFT, _("The card has its counterpart in BIP; with ePUAP among the ways, there, too"), "I-30, D-46", demands.counterparts),
    Rule("C-13", 1, Severity.SOFT, _("The text is easy enough to read"), "WCAG 3.1.5", demands.readable),
    Rule("C-14", 1, Severity.SOFT, _("The text is free of officialese and heavy sentences"), "WCAG 3.1.5", demands.plain),
    Rule("C-15", 1, Severity.SOFT, _("Citizens' own words lead to the card"), "D.2: 18", demands.findable),
    Rule("C-16", 1, Severity.SOFT, _("The cards it names are public"), "D.2: 20", demands.related_public),
    Rule("C-17", 1, Severity.SOFT, _("The code begins with the symbol of the unit"), "D.2: 2", demands.code_of_unit),
    Rule("C-18", 1, Severity.SOFT, _("No link of the card is broken"), "M-18", demands.links_alive),
    Rule("C-19", 1, Severity.SOFT, _("Everybody can read the files of the card"), "C.2", demands.files_accessible),
)  # fmt: skip


def rule_of(code: str) -> Rule:
    """Return the rule of this number.

    Raises:
        KeyError: there is none.
    """
    found = next((rule for rule in RULES if rule.code == code), None)
    if found is None:
        raise KeyError(code)
    return found
