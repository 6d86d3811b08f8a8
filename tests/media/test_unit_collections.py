"""Each unit has a collection of its own, made and named with it."""

import pytest
from django.db import transaction
from wagtail.models import Collection

from kpum.core.errors import Refused
from kpum.org.enums import UnitKind
from kpum.org.models import Unit
from tests.factories.media import collection_of, new_document


def test_every_unit_has_a_collection_directly_under_the_root(city):
    root = Collection.get_first_root_node()

    assert {c.name for c in root.get_children()} >= {
        "Wydział Spraw Administracyjnych (SA)",
        "Zarząd Zieleni Miejskiej (ZZM)",
    }
    assert all(c.depth == 2 for c in Collection.objects.exclude(unit_collection=None))
    assert Collection.objects.exclude(unit_collection=None).count() == Unit.objects.count()
    assert not any(Collection.find_problems())


def test_a_units_new_name_is_its_collections_name_too(city):
    unit = Unit.objects.get(code="SA")
    before = collection_of("SA").pk

    unit.name = "Wydział Dokumentów"
    unit.save()

    collection = collection_of("SA")
    assert (collection.pk, collection.name) == (before, "Wydział Dokumentów (SA)")
    assert not any(Collection.find_problems())


def test_a_name_as_long_as_a_name_may_be_keeps_the_code(city):
    unit = Unit.add_root(code="DŁUGA", name="x" * 255, kind=UnitKind.UNIT)

    assert unit.file_collection.collection.name.endswith("x (DŁUGA)")


def test_the_administrator_cannot_delete_a_units_collection(client, city):
    client.force_login(city.administrator)
    collection = collection_of("SA")

    answer = client.post(f"/admin/collections/{collection.pk}/delete/")
    shown = client.get(f"/admin/collections/{collection.pk}/delete/").content.decode()

    assert answer.status_code == 403
    assert "Wydział Spraw Administracyjnych" in shown
    assert collection_of("SA") == collection


@pytest.mark.parametrize("which", ["own", "root"])
def test_no_code_deletes_a_units_collection_either(city, which):
    document = new_document()
    collection = collection_of("SA") if which == "own" else Collection.get_first_root_node()

    with pytest.raises(Refused), transaction.atomic():
        collection.delete()

    assert type(document).objects.filter(pk=document.pk).exists()


@pytest.mark.parametrize("which", ["own", "root"])
def test_the_administrator_cannot_hide_a_collection(client, city, which):
    client.force_login(city.administrator)
    collection = collection_of("SA") if which == "own" else Collection.get_first_root_node()

    answer = client.post(
        f"/admin/collections/{collection.pk}/privacy/",
        {"restriction_type": "login"},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )

    assert answer.status_code == 403
    assert not collection.get_view_restrictions().exists()
