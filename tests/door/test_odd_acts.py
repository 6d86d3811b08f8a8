"""Acts at the door that no screen offers: a page below itself, a target that is gone, a foreign object."""

import pytest
from django.contrib.auth import get_user_model
from wagtail.models import Collection

from kpum.core.errors import KpumError
from kpum.media.actions import tell_of_file
from kpum.media.queries import holds_public_files
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from tests.door.acts import BY_MANDATE, copy, fresh
from tests.factories.media import collection_of, new_document, text_with
from tests.factories.pages import publish

BY_SYSTEM = Authority.of_system(SystemMandate.TESTS)


def test_a_page_is_moved_neither_below_itself_nor_below_what_is_gone(city):
    parent = publish(city.new_page("Rodzic"))
    child = publish(city.new_page("Dziecko", parent=parent))
    before = [(page.path, page.url_path) for page in (fresh(parent), fresh(child))]

    for target in (parent.pk, child.pk, 999_999):
        with pytest.raises(KpumError):
            door.move(page_id=parent.pk, target_id=target, authority=BY_MANDATE, actor=city.chief)
    with pytest.raises(KpumError, match="999999"):
        door.move(page_id=parent.pk, target_id=999_999, authority=BY_SYSTEM, actor=None)

    assert [(page.path, page.url_path) for page in (fresh(parent), fresh(child))] == before


def test_the_system_copies_with_everything_below(city):
    parent = city.new_page("Rodzic")
    city.new_page("Dziecko", parent=parent)

    made = door.copy(
        page_id=parent.pk,
        target_id=city.other_folder.pk,
        title="Kopia",
        slug="kopia",
        authority=BY_SYSTEM,
        actor=None,
        with_descendants=True,
    )
    assert [page.title for page in made.get_children()] == ["Dziecko"]
    with pytest.raises(KpumError):
        copy(city, parent, parent, with_descendants=True)


def test_the_trail_of_files_is_for_files_alone(city):
    with pytest.raises(TypeError, match="neither a picture nor a file"):
        tell_of_file(act="added", file=get_user_model()(), actor=None, before=None, after={})


def test_a_collection_holds_public_files_once_a_public_page_uses_one(city):
    file = new_document()
    mine = Collection.objects.filter(pk=collection_of("SA").pk)
    page = city.new_page("Z plikiem", body=text_with(file))
    assert not holds_public_files(mine)

    publish(page)
    assert holds_public_files(mine)
    assert not holds_public_files(Collection.objects.filter(pk=collection_of("ZZM").pk))
