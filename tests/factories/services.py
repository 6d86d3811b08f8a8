"""Service cards that lack nothing a citizen needs."""

from contextlib import AbstractContextManager
from typing import Any

from kpum.pages import door
from kpum.pages.authority import Authority, SystemMandate
from services.models import LegalAct, PrivacyNotice, ServiceCardPage

IBAN = "PL92999900010000000000000001"


def at_the_door() -> AbstractContextManager[None]:
    """Let the test write entries of dictionaries by itself."""
    return door.opened(Authority.of_system(SystemMandate.TESTS))


def entry(model: Any, **values: Any) -> Any:
    """Return a new entry of a dictionary, stored past its action."""
    with at_the_door():
        return model.objects.create(**values)


def complete_card(city: Any, **changes: Any) -> ServiceCardPage:
    """Return an unsaved card with every required part; ``changes`` replace parts of it."""
    values: dict[str, Any] = {
        "code": "SA-14",
        "title": "Zameldowanie na pobyt stały",
        "summary": "Zgłoś nowy adres.",
        "applicants": "Każdy mieszkaniec.",
        "audiences": ["residents"],
        "documents": [
            (
                "document",
                {"name": "Dowód osobisty", "mandatory": True, "form": "original", "note": ""},
            )
        ],
        "fees": [
            (
                "fee",
                {
                    "amount": "17.00",
                    "kind": "stamp_duty",
                    "description": "Zaświadczenie",
                    "exemption": "",
                    "account": IBAN,
                    "base": "ustawa o opłacie skarbowej",
                },
            )
        ],
        "processing_duration": "P1D",
        "processing_text": "Od ręki.",
        "outcome_kind": "entry",
        "outcome": "Wpis w rejestrze.",
        "appeal_possible": True,
        "appeal_authority": "Wojewoda Małopolski",
        "appeal_days": 14,
        "appeal_text": "W ciągu 14 dni.",
        "channels": [
            (
                "channel",
                {
                    "kind": "office",
                    "title": "W urzędzie",
                    "url": "",
                    "address": "al. Powstania Warszawskiego 10",
                    "note": "",
                    "demo": False,
                },
            )
        ],
        "legal_bases": [
            (
                "act",
                {"eli": "DU/2010/1427", "article": "art. 24"},
            )
        ],
        "privacy_notice": privacy_notice(),
        "contact_phone": "12 616 55 55",
        "places": [
            (
                "place",
                {
                    "name": "Punkt obsługi",
                    "address": "os. Zgody 2",
                    "hours": "7.40–15.30",
                    "booking_url": "",
                    "note": "",
                },
            )
        ],
        "steps_and_notes": [("heading", "Jak to zrobić"), ("paragraph", "<p>Przyjdź do nas.</p>")],
        "keywords": "meldunek, adres",
        "targets": ["public", "bip"],
    }
    population_act()
    card = ServiceCardPage(**(values | changes))
    card.categories = [city.category]
    card.life_events = [city.life_event]
    return card


def population_act() -> LegalAct:
    """Return the act that cards of the small city rest on."""
    named = {"title": "Ustawa o ewidencji ludności", "journal": "Dz.U. 2010 nr 217 poz. 1427"}
    with at_the_door():
        return LegalAct.objects.get_or_create(eli="DU/2010/1427", defaults=named)[0]


def privacy_notice() -> PrivacyNotice:
    """Return the privacy notice of cards of the small city."""
    told = {name: f"Część {name}." for name in PrivacyNotice.PARTS}
    named = told | {"title": "Jak dbamy o twoje dane"}
    with at_the_door():
        return PrivacyNotice.objects.get_or_create(slug="ogolna", defaults=named)[0]
