"""A card's own address: people get the page, machines the same card, and nobody what is not public."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rdflib import DCTERMS, RDF, Graph, Literal, Namespace, URIRef
from wagtail.models import Page, PageViewRestriction

from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from services.models import CardRelation
from tests.factories.linked import triples_of, violations
from tests.factories.pages import edit, publish

HTML, JSON_LD, TURTLE = "text/html", "application/ld+json", "text/turtle"
CARD = "/uslugi/sa/zameldowanie/"
CV = Namespace("http://data.europa.eu/m8g/")
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def card(city):
    return city.published_card("SA-14", "Zameldowanie")


def ask(client, accept, address=CARD):
    return client.get(address, headers={"Accept": accept})


def kind_of(response):
    return response["Content-Type"].split(";")[0]


def embedded(response):
    """Return the texts of the page's blocks of data."""
    return _SCRIPT.findall(response.content.decode())


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html", HTML),
        ("*/*", HTML),
        ("", HTML),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
        ("application/ld+json", JSON_LD),
        ("application/ld+json;profile=http://www.w3.org/ns/json-ld#expanded", JSON_LD),
        ("application/ld+json;q=0.5, text/html", HTML),
        ("text/html;q=0.5, application/ld+json", JSON_LD),
        ("text/turtle", TURTLE),
        ("text/turtle;q=0.9, application/ld+json;q=0.8", TURTLE),
        ("application/ld+json, text/turtle", JSON_LD),
        ("text/turtle, */*;q=0.1", TURTLE),
        ("text/turtle;q=0, */*", HTML),
        ("text/*;q=0.3, text/turtle;q=0.2", HTML),
        ("application/rdf+xml", HTML),
        ("application/json", HTML),
        ("image/png", HTML),
        ("text/turtle;q=odd", TURTLE),
        ("text/turtle;;;, ,/", TURTLE),
        ("text/html;q=0, */*", JSON_LD),
        ("APPLICATION/LD+JSON", JSON_LD),
        (";q=1, /, text", HTML),
    ],
)
def test_the_address_answers_in_the_form_that_is_preferred(client, card, accept, kind):
    response = ask(client, accept)

    assert response.status_code == 200
    assert kind_of(response) == kind
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize(
    ("format_", "kind"),
    [("jsonld", JSON_LD), ("turtle", TURTLE), ("xml", HTML), ("", HTML), ("\0", HTML)],
)
def test_a_link_can_name_the_form(client, card, format_, kind):
    assert kind_of(client.get(CARD, {"format": format_})) == kind


def test_the_page_says_where_machines_get_the_card(client, card):
    response = client.get(CARD)
    links = re.findall(r'<\?format=(\w+)>; rel="alternate"; type="([^"]+)"', response["Link"])

    assert links == [("jsonld", JSON_LD), ("turtle", TURTLE)]
    for name, kind in links:
        assert f'<link rel="alternate" type="{kind}" href="?format={name}">' in (
            response.content.decode()
        )
        assert kind_of(client.get(f"{CARD}?format={name}")) == kind


def test_both_forms_tell_the_same_and_conform(client, city, card):
    other = city.published_card("SA-8", "Dowód osobisty")
    fresh = Page.objects.get(pk=card.pk).specific.get_latest_revision_as_object()
    fresh.relations = [CardRelation(kind="requires", card=other)]
    fresh.save_revision(user=city.operator, clean=False)
    publish(Page.objects.get(pk=card.pk).specific)
    service = URIRef(f"urn:uuid:{card.translation_key}")

    told = triples_of(ask(client, JSON_LD).content)

    assert violations(told) == ""
    assert told.value(service, DCTERMS.title) == Literal("Zameldowanie", lang="pl")
    assert told.value(service, DCTERMS.requires) == URIRef(f"urn:uuid:{other.translation_key}")
    assert set(told) == set(Graph().parse(data=ask(client, TURTLE).content, format="turtle"))


def test_the_page_carries_what_search_engines_read(client, card):
    (text,) = embedded(client.get(CARD))
    service = json.loads(text)

    assert service["@type"] == "GovernmentService"
    assert service["@id"] == f"urn:uuid:{card.translation_key}"
    assert service["serviceOperator"]["name"] == "Wydział Spraw Administracyjnych"


def test_no_text_of_a_card_breaks_out_of_its_data(client, city):
    evil = "</script><script>alert(1)</script><!--"
    card = city.published_card("SA-14", evil, slug="zla")

    page = client.get(card.get_url())

    (text,) = embedded(page)
    assert json.loads(text)["name"] == evil
    assert evil not in page.content.decode()


def test_the_policy_forbids_scripts_and_the_data_is_none(client, card):
    response = client.get(CARD)
    policy = response["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy
    scripts = re.findall(r"<script\b[^>]*>", response.content.decode())
    assert {tag for tag in scripts if "src=" not in tag} == {'<script type="application/ld+json">'}


def test_who_has_it_already_is_told_so(client, card):
    first = ask(client, TURTLE)

    again = client.get(CARD, headers={"Accept": TURTLE, "If-None-Match": first["ETag"]})
    other = client.get(CARD, headers={"Accept": JSON_LD, "If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert "Accept" in again["Vary"]
    assert other.status_code == 200


def test_a_new_text_has_a_new_hash(client, city, card):
    before = ask(client, JSON_LD)["ETag"]

    publish(edit(card, author=city.operator, summary="Zgłoś nowy adres w trzy dni."))
    after = ask(client, JSON_LD)

    assert after["ETag"] != before
    assert "w trzy dni" in after.content.decode()


def test_head_has_the_headers_and_no_body(client, card):
    response = client.head(CARD, headers={"Accept": TURTLE})

    assert kind_of(response) == TURTLE
    assert response["ETag"]
    assert response.content == b""


@pytest.mark.parametrize("accept", [JSON_LD, TURTLE, HTML])
def test_a_draft_is_told_to_nobody(client, city, card, accept):
    edit(card, author=city.operator, title="Tajny tytuł", summary="Tajna treść")
    hidden = city.new_card("SA-15", "Ukryta sprawa")

    assert "Tajn" not in ask(client, accept).content.decode()
    assert ask(client, accept, hidden.get_url()).status_code == 404


def withdraw(city, card, **how):
    door.withdraw(
        page_id=card.pk,
        reason=how.pop("reason", WithdrawalReason.OBSOLETE),
        explanation="Sprawę opisuje teraz inna karta.",
        authority=Authority.of_mandate(),
        actor=city.chief,
        **how,
    )


@pytest.mark.parametrize("accept", [JSON_LD, TURTLE])
def test_a_withdrawn_card_answers_machines_as_it_does_people(client, city, card, accept):
    withdraw(city, card)

    page, told = ask(client, HTML), ask(client, accept)

    assert told.status_code == page.status_code == 410
    assert kind_of(told) == HTML
    assert embedded(page) == []


def test_a_card_that_was_replaced_leads_machines_on(client, city, card):
    other = city.published_card("SA-8", "Dowód osobisty")
    withdraw(city, card, reason=WithdrawalReason.REPLACED, successor_id=other.pk)

    told = ask(client, TURTLE)

    assert told.status_code == 301
    assert kind_of(ask(client, TURTLE, told["Location"])) == TURTLE


def test_a_card_that_is_restricted_is_not_told(client, city, card):
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page=Page.objects.get(pk=city.catalogue.pk), restriction_type="login")]
    )

    for accept in (HTML, JSON_LD, TURTLE):
        assert ask(client, accept).status_code == 302


def test_a_card_of_other_channels_only_is_a_page_for_people(client, city):
    city.published_card("SA-14", "Zameldowanie", targets=["kck"])

    page = ask(client, JSON_LD)

    assert (page.status_code, kind_of(page)) == (200, HTML)
    assert embedded(page) == []
    assert "Link" not in page


def test_a_post_gets_no_data(client, card):
    assert kind_of(client.post(CARD, headers={"Accept": TURTLE})) == HTML


def test_the_cost_does_not_grow_with_what_a_card_names(client, city, card):
    def cost():
        ask(client, TURTLE)
        with CaptureQueriesContext(connection) as queries:
            assert kind_of(ask(client, TURTLE)) == TURTLE
        return len(queries)

    few = cost()
    others = [city.published_card(f"SA-{number}", f"Sprawa {number}") for number in range(30, 36)]
    fresh = Page.objects.get(pk=card.pk).specific.get_latest_revision_as_object()
    fresh.relations = [CardRelation(kind="related", card=other) for other in others]
    fresh.save_revision(user=city.operator, clean=False)
    publish(Page.objects.get(pk=card.pk).specific)

    assert cost() == few + 1
    assert len(set(triples_of(ask(client, JSON_LD).content).subjects(RDF.type, CV.Output))) == 1
