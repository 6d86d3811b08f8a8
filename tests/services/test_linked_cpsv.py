"""Every field of a card that CPSV-AP has a place for is told there, in the form that the profile's shapes demand."""

from urllib.parse import urlsplit

import jsonschema
import pytest
from rdflib import DCAT, DCTERMS, FOAF, ORG, RDF, SKOS, XSD, BNode, Literal, Namespace, URIRef

from kpum.channels import kinds
from services.linked import iris
from services.linked.context import profile
from services.linked.cpsv import nodes_of
from services.linked.sources import CardDocuments
from services.linked.values import lines, plain_text, xsd_duration
from services.linked.writing import as_json_ld, as_turtle
from tests.factories.linked import (
    CARD,
    KRAKOW,
    OTHER,
    UNIT,
    full_documents,
    full_nodes,
    graph_of,
    triples_of,
    violations,
    wrong_paths,
)

CPSV = Namespace("http://purl.org/vocab/cpsv#")
CV = Namespace("http://data.europa.eu/m8g/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
SERVICE = URIRef(f"urn:uuid:{CARD}")
AUTHORITY = "http://publications.europa.eu/resource/authority"


@pytest.fixture(scope="module")
def graph():
    return graph_of(full_nodes())


def pl(text):
    return Literal(text, lang="pl")


def part(name):
    return URIRef(f"urn:uuid:{CARD}#pl-{name}")


def about(graph, subject):
    """Return property → values of one thing."""
    found = {}
    for name, value in graph.predicate_objects(subject):
        found.setdefault(name, set()).add(value)
    return found


def test_the_service_itself_has_every_plain_field(graph):
    told = about(graph, SERVICE)

    assert told[RDF.type] == {CPSV.PublicService}
    assert told[DCTERMS.title] == {pl("Zameldowanie na pobyt stały")}
    assert told[DCTERMS.identifier] == {Literal("SA-14")}
    assert told[DCTERMS.description] == {
        pl("Zgłoś nowy adres.\nMeldunek to obowiązek.\nNic nie kosztuje.")
    }
    assert told[DCAT.keyword] == {pl("meldunek"), pl("adres")}
    assert told[CV.processingTime] == {Literal("P14D", datatype=XSD.duration)}
    assert told[ADMS.status] == {URIRef("http://purl.org/adms/status/Completed")}
    assert told[CV.sector] == {URIRef("http://data.europa.eu/ux2/nace2/8411")}
    assert told[DCTERMS.language] == {
        *(URIRef(f"{AUTHORITY}/language/{code}") for code in ("POL", "ENG", "UKR")),
        URIRef("http://lexvo.org/id/iso639-3/pso"),
    }


def test_those_it_is_for_and_the_words_it_is_found_by_are_concepts(graph):
    told = about(graph, SERVICE)

    assert told[DCTERMS.audience] == {
        URIRef("urn:kpum:code:audience:residents"),
        URIRef("urn:kpum:code:audience:foreigners"),
        part("applicants"),
    }
    assert about(graph, part("applicants"))[SKOS.definition] == {
        pl("Każdy, kto zamieszkał w Krakowie.")
    }
    assert told[CV.thematicArea] == {URIRef("urn:kpum:word:categories:meldunek")}
    assert told[CV.isGroupedBy] == {
        URIRef("urn:kpum:word:life-events:przeprowadzka"),
        URIRef("urn:kpum:word:business-events:nowa-siedziba"),
    }
    event = about(graph, URIRef("urn:kpum:word:business-events:nowa-siedziba"))
    assert event[RDF.type] == {CV.BusinessEvent, CV.Event}
    assert event[DCTERMS.title] == {pl("Zmieniam siedzibę")}


def test_the_unit_is_the_competent_authority_and_its_team_answers(graph):
    told = about(graph, SERVICE)
    unit = about(graph, URIRef(f"urn:uuid:{UNIT}"))
    contact = about(graph, part("contact"))

    assert told[CV.hasCompetentAuthority] == {URIRef(f"urn:uuid:{UNIT}")}
    assert unit[RDF.type] == {CV.PublicOrganisation, ORG.Organization}
    assert unit[SKOS.prefLabel] == {pl("Wydział Spraw Administracyjnych")}
    assert unit[DCTERMS.spatial] == {URIRef(KRAKOW.iri)}
    assert unit[FOAF.homepage] == {URIRef("https://portal.example.org/jednostki/sa/")}
    assert told[CV.contactPoint] == {part("contact")}
    assert contact[SKOS.prefLabel] == {pl("Referat Meldunków")}
    assert contact[CV.telephone] == {Literal("12 616 91 11")}
    assert contact[CV.email] == {Literal("meldunki@example.org")}
    assert about(graph, part("contact-hours"))[DCTERMS.description] == {
        pl("poniedziałek–piątek 7.40–15.30")
    }


def test_conditions_documents_and_forms_are_what_it_asks_for(graph):
    told = about(graph, SERVICE)
    first, second = about(graph, part("document-1")), about(graph, part("document-2"))
    form = URIRef("https://portal.example.org/documents/7/sa-14-z1.odt")

    assert told[CV.holdsRequirement] == {part("requirement-1")}
    assert about(graph, part("requirement-1"))[DCTERMS.title] == {pl("Mieszkasz pod tym adresem.")}
    assert told[CPSV.hasInput] == {part("document-1"), part("document-2")}
    assert told[CV.hasInputType] == {
        URIRef("urn:kpum:code:evidence-type:original"),
        URIRef("urn:kpum:code:evidence-type:copy"),
    }
    assert first[DCTERMS.title] == {pl("Zgłoszenie")}
    assert first[DCTERMS.description] == {pl("Podpisane.")}
    assert first[DCTERMS.conformsTo] == {URIRef("urn:kpum:code:evidence-type:original")}
    assert first[DCTERMS.type] == {URIRef("urn:kpum:code:document-duty:always")}
    assert second[DCTERMS.type] == {URIRef("urn:kpum:code:document-duty:sometimes")}
    assert first[FOAF.page] == {form}
    assert FOAF.page not in second
    assert about(graph, form)[DCTERMS.title] == {pl("Zgłoszenie pobytu stałego")}
    assert about(graph, form)[URIRef("http://www.w3.org/ns/dcat#version")] == {
        Literal("2 z 1.03.2026")
    }
    assert URIRef(f"{form}2") in told[FOAF.page]


def test_fees_have_their_value_in_zlotys(graph):
    cost = about(graph, part("cost-1"))

    assert about(graph, SERVICE)[CV.hasCost] == {part("cost-1")}
    assert [value.toPython() for value in cost[CV.hasValue]] == [17.0]
    assert cost[CV.currency] == {URIRef(f"{AUTHORITY}/currency/PLN")}
    assert cost[DCTERMS.description] == {
        pl("Zaświadczenie\nUstawa o opłacie skarbowej\nNie płacą uczniowie.")
    }
    assert cost[DCTERMS.type] == {URIRef("urn:kpum:code:fee-kind:stamp_duty")}


def test_what_is_free_costs_nothing():
    graph = graph_of(full_nodes(fees=[], free_of_charge=True))

    costs = graph.objects(SERVICE, CV.hasCost)

    assert [graph.value(cost, CV.hasValue).toPython() for cost in costs] == [0.0]


def test_the_outcome_and_the_appeal_are_told(graph):
    told = about(graph, SERVICE)
    output, rule = about(graph, part("output")), about(graph, part("appeal"))

    assert told[CPSV.produces] == {part("output")}
    assert output[DCTERMS.description] == {pl("Zaświadczenie o zameldowaniu.")}
    assert output[DCTERMS.type] == {URIRef("urn:kpum:code:outcome-kind:certificate")}
    assert told[CPSV.follows] == {part("appeal")}
    text = next(iter(rule[DCTERMS.description]))
    assert text.startswith("Złóż odwołanie.")
    assert "Wojewoda Małopolski" in text
    assert "14" in text


def test_a_matter_without_appeal_says_why():
    appeal = {"possible": False, "authority": "", "days": None, "text": "To czynność techniczna."}
    graph = graph_of(full_nodes(appeal=appeal))

    assert graph.value(part("appeal"), DCTERMS.description) == pl("To czynność techniczna.")


def test_acts_are_named_by_their_eli_and_articles_are_parts_of_them(graph):
    act = URIRef("https://eli.gov.pl/eli/DU/2010/1427")
    local = URIRef("urn:kpum:act:KRK/LXXI-1234-21")

    assert about(graph, SERVICE)[CV.hasLegalResource] == {act, local, part("legal-basis-1")}
    assert about(graph, act)[DCTERMS.title] == {pl("Ustawa o ewidencji ludności")}
    assert about(graph, act)[DCTERMS.bibliographicCitation] == {
        Literal("Dz.U. 2010 nr 217 poz. 1427")
    }
    assert about(graph, part("legal-basis-1"))[ELI.is_part_of] == {act}
    assert about(graph, part("legal-basis-1"))[DCTERMS.title] == {pl("art. 24")}


def test_ways_and_places_are_channels(graph):
    told = about(graph, SERVICE)
    online, office = about(graph, part("channel-1")), about(graph, part("channel-2"))
    place = about(graph, part("place-1"))

    ways = {part(f"channel-{number}") for number in range(1, 6)}
    assert told[CV.hasChannel] == {*ways, part("place-1")}
    assert online[DCTERMS.type] == {URIRef("urn:kpum:code:channel:online")}
    assert online[FOAF.page] == {URIRef("https://www.gov.pl/meldunek")}
    assert "Zaloguj się." in next(iter(online[DCTERMS.description]))
    assert about(graph, part("channel-1-period"))[DCAT.startDate] == {
        Literal("2026-01-01", datatype=XSD.date)
    }
    assert CV.ownedBy not in online
    assert office[CV.ownedBy] == {URIRef(f"urn:uuid:{UNIT}")}
    assert place[CV.openingHours] == {part("place-1-hours")}
    assert about(graph, part("place-1-hours"))[DCTERMS.description] == {pl("codziennie 8–15")}
    assert about(graph, part("place-1-location"))[LOCN.address] == {part("place-1-address")}
    assert about(graph, part("place-1-address"))[LOCN.fullAddress] == {
        pl("os. Zgody 2, 31-949 Kraków")
    }
    assert place[FOAF.page] == {URIRef("https://rezerwacja.example.org/sa")}


def test_without_places_of_its_own_a_card_has_its_units():
    graph = graph_of(full_nodes(places=[]))

    assert graph.value(part("place-1-address"), LOCN.fullAddress) == pl(
        "al. Powstania Warszawskiego 10"
    )


def test_related_cards_territory_period_and_other_pages_are_told(graph):
    told = about(graph, SERVICE)

    assert told[DCTERMS.requires] == {URIRef(f"urn:uuid:{OTHER}")}
    assert CV.relatedService not in told
    assert told[DCTERMS.spatial] == {part("spatial")}
    assert about(graph, part("spatial"))[SKOS.prefLabel] == {pl("Dzielnice XIV–XVIII")}
    assert about(graph, part("period"))[DCAT.endDate] == {Literal("2027-12-31", datatype=XSD.date)}
    assert {
        URIRef("https://portal.example.org/uslugi/sa/zameldowanie/"),
        URIRef("https://www.bip.krakow.pl/?proc=SA-14"),
        URIRef("https://epuap.gov.pl/sa14"),
        URIRef("https://www.gov.pl/web/meldunek"),
        URIRef("https://film.example.org/pjm"),
    } <= told[FOAF.page]


def test_whoever_answers_for_the_content_takes_part(graph):
    taking = about(graph, part("participation"))

    assert about(graph, SERVICE)[CV.hasParticipation] == {part("participation")}
    assert taking[CV.hasParticipant] == {part("responsible")}
    assert taking[CV.role] == {URIRef("urn:kpum:code:role:responsible")}
    assert about(graph, part("responsible"))[DCTERMS.title] == {pl("Irena Dębska")}


def test_the_whole_city_is_named_by_its_region():
    graph = graph_of(full_nodes(spatial=KRAKOW.name))

    assert graph.value(SERVICE, DCTERMS.spatial) == URIRef(KRAKOW.iri)


def test_a_card_that_is_told_of_nowhere_is_not_pointed_at():
    documents = full_documents()
    alone = CardDocuments(documents.card, documents.etag, documents.units)

    graph = graph_of(nodes_of(alone, KRAKOW))

    assert (SERVICE, DCTERMS.requires, None) not in graph


def test_the_full_card_conforms_to_the_shapes_and_to_the_schema(graph):
    jsonschema.validate(full_documents().card, kinds.json_schema("service_card"))

    assert violations(graph) == ""


def test_a_card_with_the_least_there_can_be_conforms_too():
    lists = (
        "documents", "forms", "fees", "requirements", "places", "channels", "legal_bases",
        "categories", "life_events", "business_events", "relations", "keywords", "audiences",
        "languages",
    )  # fmt: skip
    texts = (
        "description", "applicants", "sign_language_video", "etr_text", "bip_url", "epuap_url",
        "govpl_url", "spatial", "sector", "processing_duration", "summary", "url",
    )  # fmt: skip
    least = {name: [] for name in lists} | dict.fromkeys(texts, "")
    told = full_documents(
        **least,
        valid_from=None,
        valid_to=None,
        contact={"cell": "", "phone": "", "email": ""},
        stewardship={"responsible": "", "produced_at": None, "published_at": None, "changes": []},
    )

    alone = nodes_of(CardDocuments(told.card, "etag"), KRAKOW)

    assert violations(graph_of(alone)) == ""


GONE = "is gone"


def broken(nodes, kind, name, value):
    """Return the nodes with a property of a class changed, or gone."""
    for node in nodes:
        if kind in node.get("@type", "") and name in node:
            changed = {} if value is GONE else {name: value}
            yield {key: told for key, told in node.items() if key != name} | changed
        else:
            yield node


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("PublicService", "PublicService.hasCompetentAuthority", GONE),
        ("PublicService", "PublicService.name", GONE),
        ("PublicService", "PublicService.description", GONE),
        ("PublicOrganization", "@type", GONE),
        ("PublicOrganization", "PublicOrganization.spatial", GONE),
        ("Channel", "Channel.identifier", GONE),
        ("Rule", "Rule.description", GONE),
        ("Participation", "Participation.role", GONE),
        ("Agent", "Agent.name", GONE),
        ("PublicService", "PublicService.identifier", ["SA-14", "SA-15"]),
        ("PublicService", "PublicService.name", {"@value": "Bez języka"}),
        ("PublicService", "PublicService.processingTime", "dwa tygodnie"),
        ("PublicService", "PublicService.keyword", {"@value": "bez języka"}),
        ("Cost", "Cost.hasValue", "siedemnaście"),
        ("Cost", "Cost.currency", f"urn:uuid:{CARD}"),
        ("PublicService", "PublicService.hasLegalResource", "https://example.org/nic"),
    ],
    ids=str,
)
def test_what_is_broken_is_seen_by_the_shapes(kind, name, value):
    nodes = full_nodes()

    changed = list(broken(nodes, kind, name, value))

    assert changed != nodes
    # A thing without its class is seen where it is pointed at.
    seen = "PublicService.hasCompetentAuthority" if name == "@type" else name
    assert URIRef(profile()[seen]["@id"]) in wrong_paths(graph_of(changed))


def test_an_amount_that_is_no_number_is_seen_by_the_shapes():
    fee = full_documents().card["fees"][0] | {"amount": "siedemnaście"}

    assert wrong_paths(graph_of(full_nodes(fees=[fee]))) == {CV.hasValue}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": None},
        {"documents": [{"name": "Dowód"}]},
        {"fees": "17 zł"},
        {"relations": [{"id": OTHER, "kind": "similar"}]},
        {"valid_from": 2026},
        {"owner_unit": {"code": "SA"}},
        {"appeal": {"possible": True, "authority": "SKO", "days": "dwa", "text": ""}},
    ],
)
def test_a_broken_document_is_seen_by_the_json_schema(changes):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(full_documents(**changes).card, kinds.json_schema("service_card"))


@pytest.mark.parametrize("missing", ["code", "summary", "appeal", "channels", "url", "stewardship"])
def test_a_document_that_lacks_a_field_is_seen_by_the_json_schema(missing):
    card = {name: value for name, value in full_documents().card.items() if name != missing}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(card, kinds.json_schema("service_card"))


def test_json_ld_and_turtle_say_the_same(graph):
    nodes = full_nodes()

    told = triples_of(as_json_ld(nodes))

    assert len(told) > 200
    assert set(told) == set(graph.__class__().parse(data=as_turtle(nodes), format="turtle"))


def test_nothing_is_blank_and_every_name_is_absolute(graph):
    for triple in graph:
        for term in triple:
            assert not isinstance(term, BNode)
            assert not isinstance(term, URIRef) or urlsplit(term).scheme


def test_every_property_is_of_the_profile_or_of_a_vocabulary_we_name():
    for node in full_nodes():
        for name in node:
            assert name in profile() or name.startswith("@") or ":" in name, name


def test_labels_are_in_the_language_of_the_card():
    nodes = {node["@id"]: node for node in full_nodes(locale="en")}

    assert nodes["urn:kpum:code:audience:residents"]["skos:prefLabel"] == {
        "@language": "en",
        "@value": "residents",
    }


def test_addresses_that_are_no_iris_do_no_harm():
    odd = 'https://example.org/a b"<x>{y}|z\\^`'
    way = full_documents().card["channels"][0] | {"url": odd}
    nodes = full_nodes(bip_url=odd, epuap_url="javascript:alert(1)", channels=[way])

    turtle = as_turtle(nodes)

    assert "https://example.org/a%20b%22%3Cx%3E%7By%7D%7Cz%5C%5E%60" in turtle
    assert "javascript" not in turtle


@pytest.mark.parametrize(
    ("period", "told"),
    [("P14D", "P14D"), ("P1M", "P1M"), ("P2W", "P14D"), ("P1M1W2D", "P1M9D"), ("P1YT2H", "P1YT2H"),
     ("", ""), ("P", ""), ("dwa tygodnie", "")],
)  # fmt: skip
def test_durations_are_told_without_weeks(period, told):
    assert xsd_duration(period) == told


def test_running_text_loses_its_markup_and_keeps_its_lines():
    assert plain_text("<p>A &amp; B<br/>C</p><ul><li>D  E</li></ul>") == "A & B\nC\nD E"
    assert lines("", " a ", "b") == "a\nb"


@pytest.mark.parametrize(
    ("eli", "iri"),
    [
        ("DU/2010/1427", "https://eli.gov.pl/eli/DU/2010/1427"),
        ("MP/2020/12", "https://eli.gov.pl/eli/MP/2020/12"),
        ("KRK/XX-1-20", "urn:kpum:act:KRK/XX-1-20"),
    ],
)
def test_acts_of_the_journals_have_their_eli_and_the_citys_ours(eli, iri):
    assert iris.of_act(eli) == iri
