"""Whichever way in Wagtail it comes: what is public does not change past the door."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, PageViewRestriction

from kpum.channels.models import PublishedDocument
from tests.factories.pages import edit, publish


def surface():
    """Everything the public can see: live pages with their addresses, and the read model."""
    pages = Page.objects.filter(live=True).order_by("pk").values_list("pk", "title", "url_path")
    documents = PublishedDocument.objects.order_by("pk").values_list(
        "sequence", "etag", "gone_reason"
    )
    return list(pages), list(documents), PageViewRestriction.objects.count()


def revision_publish(page, city):
    page.latest_revision.publish()


def revision_publish_as_superuser(page, city):
    page.latest_revision.publish(user=city.administrator, skip_permission_checks=True)


def save_as_live(page, city):
    page.live = True
    page.save()


def save_changed_title(page, city):
    page.title = "Zmieniony"
    page.save()


def unpublish(page, city):
    page.unpublish(user=city.administrator)


def unpublish_generic(page, city):
    UnpublishPageAction(Page.objects.get(pk=page.pk)).execute(skip_permission_checks=True)


def delete(page, city):
    page.delete()


def delete_parent(page, city):
    page.get_parent().specific.delete()


def move(page, city):
    page.move(city.other_folder, pos="last-child")


def rename(page, city):
    page.slug = "inny-adres"
    page.save(clean=False)


def restrict(page, city):
    PageViewRestriction.objects.create(page=page, restriction_type="login")


def alias(page, city):
    page.create_alias(parent=city.other_folder, update_slug="alias")


def copy_live(page, city):
    page.copy(to=city.other_folder, update_attrs={"slug": "kopia"}, keep_live=True)


def add_live_child(page, city):
    child = type(page)(title="Nowa", slug="nowa", live=True)
    city.folder.add_child(instance=child)


ON_LIVE = [
    revision_publish, revision_publish_as_superuser, save_changed_title, unpublish, unpublish_generic,
    delete, delete_parent, move, rename, restrict, alias, copy_live,
]  # fmt: skip
ON_DRAFT = [revision_publish, revision_publish_as_superuser, save_as_live, add_live_child, restrict]


@pytest.mark.parametrize("way", ON_LIVE, ids=lambda way: way.__name__)
def test_a_public_page_does_not_change_past_the_door(city, way):
    card = publish(city.card)
    edit(card, author=city.operator, summary="Nikt tego nie zatwierdził.")
    before = surface()

    with pytest.raises(PermissionDenied), transaction.atomic():
        way(Page.objects.get(pk=card.pk).specific, city)

    assert surface() == before


@pytest.mark.parametrize("way", ON_DRAFT, ids=lambda way: way.__name__)
def test_a_draft_does_not_become_public_past_the_door(city, way):
    page = city.new_page("Szkic")
    before = surface()

    with pytest.raises(PermissionDenied), transaction.atomic():
        way(Page.objects.get(pk=page.pk).specific, city)

    assert surface() == before


def test_what_the_public_does_not_see_is_saved_freely(city):
    card = publish(city.card)
    before = surface()

    edit(card, author=city.operator, summary="Nowa wersja robocza.")
    live = Page.objects.get(pk=card.pk)
    live.locked = True
    live.save(update_fields=["locked"], clean=False)

    assert surface() == before
