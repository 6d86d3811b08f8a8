"""The bounds of a unit's territory: nothing of ours leaves it, and nobody is told what lies beyond."""

import pytest
from wagtail.models import Page

from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.errors import OwnerMissing
from tests.factories.pages import publish


def test_not_even_the_chief_editor_moves_a_page_to_where_no_unit_owns_anything(city):
    card = publish(city.card)

    with pytest.raises(OwnerMissing):
        door.move(
            page_id=card.pk,
            target_id=Page.objects.get(depth=1).pk,
            authority=Authority.of_mandate(),
            actor=city.chief,
        )

    assert Page.objects.get(pk=card.pk).get_parent().pk == city.folder.pk


def test_a_page_is_found_though_an_address_above_it_is_out_of_date(client, city):
    Page.objects.filter(pk=city.catalogue.pk).update(url_path="/portal/dawne-uslugi/")

    assert client.get("/uslugi/sa/").status_code == 200


@pytest.mark.parametrize(
    ("part", "status"), [("operator", 302), ("coordinator", 302), ("chief", 200)]
)
def test_the_report_of_page_types_is_for_those_who_reach_over_the_portal(
    client, city, part, status
):
    client.force_login(city.person(part))

    assert client.get("/admin/reports/page-types-usage/").status_code == status


@pytest.mark.parametrize("folder", ["other_folder", "nothing"])
def test_choosing_all_pages_of_a_strangers_folder_names_none_of_them(client, city, folder):
    city.new_page("Tajny szkic", parent=city.other_folder)
    parent = getattr(city, folder).pk if folder != "nothing" else ""
    client.force_login(city.operator)

    response = client.get(
        f"/admin/bulk/wagtailcore/page/delete/?id=all&childOf={parent}&next=/admin/", follow=True
    )

    assert "Tajny szkic" not in response.content.decode()
