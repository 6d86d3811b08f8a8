"""Editors of other portals find on their dashboard what waits for their answer (P-17)."""

from kpum.org.enums import Role
from tests.channels.test_receipts import become, by_hand
from tests.factories.pages import publish


def test_the_dashboard_tells_bips_editors_how_many_texts_wait_and_nobody_else(city, client):
    def dashboard(person):
        client.force_login(person)
        return client.get("/admin/").content.decode()

    card = publish(city.new_card("SA-14", "Zameldowanie", targets=["public", "bip"]))
    administrator = become(city, "second_operator", Role.BIP_ADMIN)
    assert "channel=bip&amp;standing=waiting" in (told := dashboard(administrator))
    assert "1 tekst czeka na odpowiedź" in told

    by_hand(card, administrator)

    told = dashboard(administrator)
    assert "na wszystko odpowiedziano" in told
    assert "czeka na odpowiedź" not in told
    assert "kpum-hand-over" not in dashboard(city.operator)
