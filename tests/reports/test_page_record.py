"""A page's record: for whoever may see its drafts, and nothing in it can be changed (K-21, K-30)."""

import pytest
from django.urls import reverse

from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Mandate
from tests.cast import PASSWORD
from tests.factories.pages import edit, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def card(city):
    card = publish(city.card)
    return edit(card, author=city.operator, summary="Nowe brzmienie, jeszcze niejawne.")


@pytest.fixture
def auditor(city):
    """The second operator, who has become an auditor instead."""
    person = city.second_operator
    Mandate.objects.filter(user=person).delete()
    grant_mandate(user=person, role=Role.INTERNAL_AUDITOR, basis="plan kontroli")
    return person


def read(client, who, name, *args):
    assert client.login(username=who, password=PASSWORD)
    return client.get(reverse(name, args=args))


def test_an_auditor_reads_whose_a_page_is_and_what_became_of_it(city, card, auditor, client):
    answer = read(client, "second_operator", "kpum_page_record", card.pk).content.decode()

    assert "Irena Dębska" in answer
    assert "Halina Wrona" in answer
    assert reverse("wagtailadmin_pages:edit", args=[card.pk]) not in answer


def test_an_auditor_who_opens_the_editor_is_led_to_the_record(city, card, auditor, client):
    answer = read(client, "second_operator", "wagtailadmin_pages:edit", card.pk)

    assert answer["Location"] == reverse("kpum_page_record", args=[card.pk])


def test_an_auditor_reads_a_version_and_its_comparison(city, card, auditor, client):
    revision = card.latest_revision_id

    version = read(client, "second_operator", "kpum_page_record_revision", card.pk, revision)
    comparison = read(
        client, "second_operator", "kpum_page_record_compare", card.pk, "live", revision
    )

    assert "jeszcze niejawne" in version.content.decode()
    assert "jeszcze niejawne" in comparison.content.decode()


@pytest.mark.parametrize("who", ["stranger", "other_coordinator"])
def test_nobody_of_another_unit_reads_it(city, card, client, who):
    revision = card.latest_revision_id
    for name, args in (
        ("kpum_page_record", [card.pk]),
        ("kpum_page_record_revision", [card.pk, revision]),
        ("kpum_page_record_compare", [card.pk, "live", revision]),
    ):
        answer = read(client, who, name, *args)
        assert answer.status_code in {302, 403}
        assert "niejawne" not in answer.content.decode()


def test_an_operator_finds_the_way_to_the_editor(city, card, client):
    answer = read(client, "operator", "kpum_page_record", card.pk).content.decode()

    assert reverse("wagtailadmin_pages:edit", args=[card.pk]) in answer


def test_there_is_no_record_of_a_page_that_is_not_there(city, client):
    assert read(client, "chief", "kpum_page_record", 987654).status_code == 404


def test_the_record_costs_the_same_whatever_became_of_the_page(
    city, card, auditor, client, django_assert_max_num_queries
):
    client.force_login(auditor)
    address = reverse("kpum_page_record", args=[card.pk])
    client.get(address)
    with django_assert_max_num_queries(200) as few:
        client.get(address)
    for number in range(10):
        edit(card, author=city.operator, summary=f"Wersja {number}")
    with django_assert_max_num_queries(200) as many:
        client.get(address)

    assert len(few) == len(many)
