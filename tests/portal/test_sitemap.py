"""The sitemap names every public page of the public channel, and no other."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from tests.factories.pages import edit, publish


def addresses(client):
    response = client.get("/sitemap.xml")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml"
    return [part.split("</loc>")[0] for part in response.content.decode().split("<loc>")[1:]]


def test_public_pages_are_named_with_their_full_address(client, city):
    card = publish(city.card)

    found = addresses(client)

    assert "http://testserver/" in found
    assert card.full_url in found
    assert len(found) == len(set(found))


def test_drafts_withdrawn_pages_and_pages_of_other_channels_are_not_named(client, city):
    draft = city.new_card("SA-1", "Szkic")
    elsewhere = publish(edit(city.new_page("Tylko BIP"), targets=["bip"]))
    gone = publish(city.card)
    door.withdraw(
        page_id=gone.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Nie ma jej.",
        authority=Authority.of_mandate(),
        actor=city.chief,
        keep_text=True,
    )

    found = addresses(client)

    for page in (draft, elsewhere, gone):
        assert page.full_url not in found


def test_a_larger_portal_costs_no_more_queries(client, city):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as spent:
            addresses(client)
        return len(spent)

    addresses(client)
    few = cost()
    for number in range(10):
        publish(city.new_card(f"SA-{number}", f"Sprawa {number}"))

    assert cost() == few
