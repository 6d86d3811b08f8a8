"""What search engines are told of a card: schema.org's GovernmentService, with terms that it really has."""

import json

import pytest
from rdflib import SDO

from services.linked.schema_org import government_service
from services.linked.writing import for_a_script
from tests.factories import schema_org
from tests.factories.linked import CARD, KRAKOW, OTHER, UNIT, full_documents


def told(**changes):
    return government_service(full_documents(**changes), KRAKOW)


def test_the_service_has_every_field_that_schema_org_has_a_place_for():
    service = told()

    assert service["@type"] == "GovernmentService"
    assert service["@id"] == f"urn:uuid:{CARD}"
    assert service["name"] == "Zameldowanie na pobyt stały"
    assert service["identifier"] == "SA-14"
    assert service["description"].startswith("Zgłoś nowy adres.\nMeldunek to obowiązek.")
    assert service["url"] == "https://portal.example.org/uslugi/sa/zameldowanie/"
    assert service["sameAs"] == [
        "https://www.bip.krakow.pl/?proc=SA-14",
        "https://epuap.gov.pl/sa14",
        "https://www.gov.pl/web/meldunek",
    ]
    assert service["category"] == ["Meldunek", "Przeprowadzam się", "Zmieniam siedzibę"]
    assert service["areaServed"]["name"] == "Dzielnice XIV–XVIII"
    assert service["isRelatedTo"] == [{"@type": "GovernmentService", "@id": f"urn:uuid:{OTHER}"}]
    assert service["serviceOutput"]["description"] == "Zaświadczenie o zameldowaniu."


def test_the_city_provides_what_the_unit_operates():
    service = told()
    unit = service["serviceOperator"]

    assert service["provider"]["name"] == KRAKOW.name
    assert unit["@id"] == f"urn:uuid:{UNIT}"
    assert unit["name"] == "Wydział Spraw Administracyjnych"
    assert unit["contactPoint"]["telephone"] == "12 616 91 11"
    assert unit["address"]["streetAddress"] == "al. Powstania Warszawskiego 10"
    assert service["hoursAvailable"]["description"] == "poniedziałek–piątek 7.40–15.30"


def test_fees_are_offers_and_what_is_free_is_offered_for_nothing():
    (offer,) = told()["offers"]
    (free,) = told(free_of_charge=True, fees=[])["offers"]

    assert (offer["price"], offer["priceCurrency"]) == ("17.00", "PLN")
    assert offer["name"] == "Zaświadczenie"
    assert "Nie płacą uczniowie." in offer["description"]
    assert free["price"] == "0.00"


def test_each_way_says_where_it_leads():
    online, office, phone, post, delivery, place = told()["availableChannel"]

    assert online["serviceUrl"] == "https://www.gov.pl/meldunek"
    assert online["availableLanguage"] == ["pl", "en", "uk"]
    assert online["processingTime"] == "P2W"
    assert office["serviceLocation"]["address"]["streetAddress"] == "os. Zgody 2"
    assert phone["servicePhone"]["telephone"] == "12 616 55 55"
    assert post["servicePostalAddress"]["streetAddress"] == "os. Zgody 2, 31-949 Kraków"
    assert delivery["identifier"] == "AE:PL-12345-67890-ABCDE-12"
    hours = place["serviceLocation"]["openingHoursSpecification"]
    assert hours["description"] == "codziennie 8–15"


def test_whom_it_is_for_and_how_else_it_is_told():
    service = told()

    assert service["audience"][0]["audienceType"] == "mieszkańcy"
    assert service["audience"][-1]["description"] == "Każdy, kto zamieszkał w Krakowie."
    film, easy = service["subjectOf"]
    assert (film["url"], film["inLanguage"]) == ("https://film.example.org/pjm", "sgn-PL")
    assert easy["text"] == "Tu powiesz, gdzie mieszkasz."


def test_the_page_has_what_belongs_to_the_text():
    page = told()["mainEntityOfPage"]

    assert page["dateModified"] == "2026-11-03T09:30:00Z"
    assert page["keywords"] == "meldunek, adres"
    assert [form["identifier"] for form in page["hasPart"]] == ["SA-14/Z1", "SA-14/Z2"]
    assert page["hasPart"][0]["version"] == "2 z 1.03.2026"


def test_only_terms_of_schema_org_are_used():
    assert schema_org.unknown_terms(full_documents()) == set()


def test_our_list_of_terms_holds_none_that_schema_org_has_not():
    for kind, names in schema_org.TERMS.items():
        assert {kind, *names} <= {str(term).removeprefix(str(SDO)) for term in dir_of_schema_org()}


def dir_of_schema_org():
    """Return the terms of schema.org, as rdflib keeps them."""
    return [SDO[name] for name in SDO.__annotations__]


def test_a_term_that_schema_org_has_not_is_seen(monkeypatch):
    monkeypatch.setitem(schema_org.TERMS, "Offer", schema_org.TERMS["Offer"] - {"price"})

    assert schema_org.unknown_terms(full_documents()) == {"Offer.price"}


@pytest.mark.parametrize("text", ["</script><script>", "<!--", "a & b", "\u2028"])
def test_nothing_in_a_card_can_end_the_script_that_holds_it(text):
    written = for_a_script(told(title=text))

    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written)["name"] == text
