"""What the bench builds is a portal as the door would have built it, only sooner."""

import pytest
from wagtail.models import Page

from kpum.bench import building, keeper
from kpum.channels import documents
from kpum.channels.models import PublishedDocument
from kpum.channels.reconcile import reconcile
from kpum.pages.models import PortalPage
from tests.worlds import shared, undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def _django_db_helper():
    """No transaction for each test: the module's own holds them all."""


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    with shared(django_db_blocker):
        with pytest.raises(ValueError, match="too few"):
            building.build(10)
        assert not building.is_own()
        yield building.build(40)


def test_the_tree_and_the_feed_are_those_of_a_portal(built):
    assert Page.find_problems() == ([], [], [], [], [])
    pages = [page for page in Page.objects.specific() if isinstance(page, PortalPage)]
    assert len(pages) == built.pages == 40
    for page in pages:
        assert page.live
        assert page.publication_errors() == {}
        assert page.get_latest_revision().pk == page.live_revision_id
        draft = page.get_latest_revision_as_object()
        assert draft.serializable_data() == page.serializable_data()

    rows = {row.document_id: row for row in PublishedDocument.objects.filter(channel="public")}
    assert len(rows) == built.pages + built.units
    for page in pages:
        assert rows[page.translation_key].body == documents.build_page(page).body
    assert reconcile(dry_run=True).found == 0
    assert building.is_own()
    building.require_own()


def test_what_is_published_costs_something_and_leaves_the_feed_true(built):
    with undone():
        costs = keeper.obey("publish 2")
        later = keeper.obey("publish_later 2")

        assert set(costs) == {"stock", "marked", "door"}
        for name, cost in costs.items():
            assert cost["publications"] == 2
            assert 0 < cost["publishing"] < cost["seconds"]
            assert cost["queries"] > later[name]["queries"]
        assert costs["stock"]["queries"] < costs["marked"]["queries"] < costs["door"]["queries"]
        assert reconcile(dry_run=True).found == 0
        numbers = keeper.obey("numbers")
        assert numbers["numbers"] == sorted(numbers["numbers"])
        assert numbers["last"] == numbers["numbers"][-1]
        assert keeper.obey("store") == {"chunks": []}
