"""Public cards against their counterparts: what is missing, leads nowhere, came back or got no answer (I-30)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kpum.channels.models import PublishedDocument, Receipt
from kpum.core import clock
from kpum.org.models import Unit
from tests.factories.pages import draft, publish
from tests.factories.services import complete_card
from tests.org.screens import csv_table, enter, rows

LIST = "/admin/consistency/"
BIP = "https://www.bip.krakow.pl/?id=14"
EPUAP = "https://epuap.gov.pl/karta/1"
BOUNCED = 302


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def way(kind, url=""):
    told = {"kind": kind, "title": "Droga", "url": url, "address": "", "note": "", "demo": False}
    if kind == "epuap":
        told["ground"] = "own_e_service"
    return [("channel", told)]


def words(client, address=LIST):
    """Return code → what is wrong, as the list shows it."""
    view = client.get(address).context["view"]
    return {row.code: view.words_of(row) for row in rows(client, address)}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, []),
        ({"bip_url": ""}, ["Missing: the address of the procedure in BIP."]),
        ({"bip_url": "https://example.com/14"}, ["The address of BIP leads to another host: https://example.com/14"]),
        ({"bip_url": "https://bip.krakow.pl.example.com/14"}, ["The address of BIP leads to another host: https://bip.krakow.pl.example.com/14"]),
        ({"bip_url": "https://www.bip.krakow.pl/"}, ["The address of BIP leads to its first page only: https://www.bip.krakow.pl/"]),
        ({"channels": way("epuap", EPUAP)}, ["Missing: the address in ePUAP, which is among the ways to apply."]),
        ({"channels": way("epuap", EPUAP), "epuap_url": EPUAP, "targets": ["public", "epuap"]}, []),
        ({"channels": way("epuap", "https://example.com/"), "epuap_url": EPUAP}, ["The way “Droga” does not lead to ePUAP: https://example.com/"]),
        ({"epuap_url": "https://example.com/x"}, ["The address of ePUAP leads to another host: https://example.com/x"]),
        ({"channels": way("online", "https://www.gov.pl/web/gov/x")}, ["Missing: the address on gov.pl, to which one of the ways leads."]),
        ({"channels": way("online", "https://example.com/gov.pl")}, []),
    ],
)  # fmt: skip
def test_each_fault_is_named_and_a_sound_card_has_none(client, city, changes, said):
    city.published_card("SA-1", "Karta", **({"bip_url": BIP, "targets": ["public"]} | changes))
    enter(client, city.operator)

    assert words(client) == ({"SA-1": said} if said else {})


def test_a_unit_outside_the_office_owes_bip_only_what_it_sends_there(client, city):
    for code, targets in (("ZZM-1", ["public"]), ("ZZM-2", ["public", "bip"])):
        card = complete_card(city, code=code, title=code, targets=targets)
        publish(draft(city.other_folder, card))
    enter(client, city.stranger)

    assert list(words(client)) == ["ZZM-2"]


def test_what_came_back_and_what_nobody_answered_is_told(client, city):
    returned = city.published_card("SA-1", "Zwrócona", bip_url=BIP)
    city.published_card("SA-2", "Bez odpowiedzi", bip_url=BIP)
    row = PublishedDocument.objects.get(document_id=returned.translation_key, channel="bip")
    Receipt.objects.create(
        channel="bip", document_id=row.document_id, locale=row.locale, etag=row.etag,
        state="returned", message="Brak podstawy.", at=clock.now(), sender="BIP",
    )  # fmt: skip
    enter(client, city.head)
    assert list(words(client)) == ["SA-1"]
    assert "Brak podstawy." in words(client)["SA-1"][0]

    with time_machine.travel(clock.now() + timedelta(days=15), tick=False):
        client.force_login(city.head)
        assert list(words(client)) == ["SA-1", "SA-2"]
        assert list(words(client, f"{LIST}?kind=unanswered")) == ["SA-2"]
        assert list(words(client, f"{LIST}?kind=returned")) == ["SA-1"]
        assert words(client, f"{LIST}?kind=smok") == {}


def test_everybody_reads_of_his_own_units_and_takes_it_away(client, city):
    city.published_card("SA-1", "Karta", targets=["public"])
    city.new_card("SA-2", "Szkic")
    seen = {}
    for part in ("operator", "stranger", "chief"):
        enter(client, city.person(part))
        seen[part] = list(words(client))
    assert seen == {"operator": ["SA-1"], "stranger": [], "chief": ["SA-1"]}

    (line,) = csv_table(client.get(f"{LIST}?export=csv"))
    assert (line["Unit"], line["Code"]) == ("SA", "SA-1")
    assert line["What does not agree"].startswith("Missing")
    zzm = Unit.objects.get(code="ZZM")
    assert words(client, f"{LIST}?unit={zzm.pk}") == {}


def test_who_sees_no_texts_does_not_read_it_and_nobody_writes(client, city):
    enter(client, city.administrator)
    for address in (LIST, f"{LIST}results/", f"{LIST}?export=csv"):
        assert client.get(address).status_code == BOUNCED

    enter(client, city.operator)
    assert client.post(LIST).status_code == 405


@pytest.mark.parametrize("address", [LIST, f"{LIST}?export=csv"])
def test_more_cards_cost_no_more_queries(client, city, address):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get(address))
        return len(captured)

    city.published_card("SA-1", "Karta")
    enter(client, city.operator)
    cost()
    few = cost()
    for number in range(2, 6):
        city.published_card(f"SA-{number}", f"Karta {number}")

    assert cost() == few
