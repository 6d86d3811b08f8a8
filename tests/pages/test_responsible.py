"""Who leads the unit answers for what it publishes, and stands on the page as published (K-21, M-12)."""

import pytest

from kpum.audit.models import AuditEntry
from kpum.org.actions import end_mandate, grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Mandate, Unit
from kpum.org.queries import heads_of
from tests.factories.pages import edit, publish

pytestmark = pytest.mark.django_db


def test_the_public_page_names_who_answers_for_it(city, client):
    card = city.published_card()

    answer = client.get(card.url).content.decode()

    assert "Irena Dębska" in answer
    entry = AuditEntry.objects.filter(action="page.published").last()
    assert entry.data["responsible"] == "Irena Dębska"


def test_the_name_is_that_of_the_day_of_publication(city, client):
    card = city.published_card()
    mandate = Mandate.objects.get(role=Role.UNIT_HEAD, unit__code="SA")
    end_mandate(mandate=mandate, actor=None, reason="odwołanie")
    grant_mandate(user=city.editor, role=Role.UNIT_HEAD, unit=mandate.unit, basis="powołanie")

    assert "Irena Dębska" in client.get(card.url).content.decode()
    publish(edit(card, author=city.operator, summary="Zmienione."))
    assert "Feliks Szpalta" in client.get(card.url).content.decode()


def test_a_cell_without_a_head_of_its_own_is_led_by_the_nearest_one_above(city):
    sa = Unit.objects.get(code="SA")
    cell = sa.add_child(code="SA-01", name="Referat", kind="cell")
    root = Unit.objects.get(code="UMK")
    grant_mandate(user=city.chief, role=Role.UNIT_HEAD, unit=root, basis="powołanie")

    assert heads_of(Unit.objects.get(pk=cell.pk)) == [city.head]
