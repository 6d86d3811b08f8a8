"""Editors of other portals find on their dashboard what waits for their answer (P-17)."""

import pytest

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


@pytest.mark.parametrize(
    ("part", "entry", "is_there"),
    [
        ("chief", "channels", True), ("chief", "hand-over", True), ("coordinator", "hand-over", True),
        ("coordinator", "channels", False), ("operator", "hand-over", False),
        ("operator", "channels", False),
    ],
)  # fmt: skip
def test_the_menu_leads_to_channels_and_their_queue_whoever_may_see_them(
    city, client, part, entry, is_there
):
    client.force_login(city.person(part))

    sidebar = client.get("/admin/").content.decode().split('id="wagtail-sidebar-props"')[1]

    assert (f'"/admin/{entry}/"' in sidebar.split("</script>")[0]) is is_there
