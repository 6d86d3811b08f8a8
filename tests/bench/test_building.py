"""What the bench builds is a portal as the door would have built it, only sooner."""

import pytest
from wagtail.models import Page

from kpum.bench import building
from kpum.channels import documents
from kpum.channels.models import PublishedDocument
from kpum.channels.reconcile import reconcile
from kpum.pages.models import PortalPage


@pytest.fixture
def built(db):
    return building.build(40)


def test_the_tree_is_valid_and_every_page_is_public_and_publishable(built):
    assert Page.find_problems() == ([], [], [], [], [])
    pages = [page for page in Page.objects.specific() if isinstance(page, PortalPage)]

    assert len(pages) == built.pages == 40
    assert all(page.live and page.live_revision_id for page in pages)
    assert {
        page.title: page.publication_errors() for page in pages if page.publication_errors()
    } == {}
    for page in pages:
        assert page.get_latest_revision_as_object().serializable_data() == page.serializable_data()


def test_the_documents_are_those_that_a_page_by_page_build_makes(built):
    rows = {row.document_id: row for row in PublishedDocument.objects.filter(channel="public")}

    assert len(rows) == built.pages + built.units
    for page in Page.objects.filter(depth__gt=1).specific():
        assert rows[page.translation_key].body == documents.build_page(page).body
    assert reconcile(dry_run=True).found == 0
