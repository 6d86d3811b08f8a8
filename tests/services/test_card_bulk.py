"""What an import writes in bulk is what the editor's form would have written, and takes far less time."""

import json
import time

import pytest
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, PageLogEntry, ReferenceIndex
from wagtail.search.backends import get_search_backend

from kpum.channels.reconcile import reconcile
from kpum.pages.models import Stewardship
from services.models import ServiceCardPage
from tests.factories.card_files import card, full_row, prepare_references, take, written
from tests.factories.pages import publish

_STREAMS = (
    "requirements", "steps_and_notes", "documents", "forms", "fees", "channels", "places",
    "legal_bases",
)  # fmt: skip
_RELATIONS = ("categories", "life_events", "business_events")


@pytest.fixture
def stocked(city):
    """The city, with what rows refer to and one public card."""
    city.published_card()
    prepare_references()
    return city


def the_same(code, like):
    """Return an unsaved card that says what another one says."""
    plain = [
        field.name
        for field in ServiceCardPage._meta.local_fields
        if field.name not in {"page_ptr", "code", *_STREAMS}
    ]
    streams = {name: json.dumps(list(getattr(like, name).get_prep_value())) for name in _STREAMS}
    values = {name: getattr(like, name) for name in plain}
    made = ServiceCardPage(code=code, title=f"Sprawa {code}", live=False, **values, **streams)
    for name in _RELATIONS:
        setattr(made, name, list(getattr(like, name).all()))
    return made


def add_by_the_form(city, made):
    """Add a draft as the editor's form does: checked, saved, with revision, history and indexes."""
    Page.objects.get(pk=city.folder.pk).add_child(instance=made)
    made.save_revision(user=city.operator)
    return made


def references_of(page):
    rows = ReferenceIndex.objects.filter(object_id=str(page.pk))
    return sorted(rows.values_list("content_type", "to_content_type", "to_object_id", "model_path"))


def found_by(word):
    return {page.pk for page in get_search_backend().search(word, ServiceCardPage)}


def columns_of(page):
    own = {"id", "page_ptr_id", "code", "path", "title", "draft_title", "slug", "url_path"}
    changing = {"translation_key", "latest_revision_id", "latest_revision_created_at"}
    row = ServiceCardPage.objects.values().get(pk=page.pk)
    streams = {
        name: [block["value"] for block in row.pop(name).raw_data] for name in _STREAMS
    }  # fmt: skip
    words = {name: [word.slug for word in getattr(page, name).all()] for name in _RELATIONS}
    kept = {name: value for name, value in row.items() if name not in own | changing}
    return kept | streams | words


def test_an_imported_draft_leaves_the_traces_that_the_form_leaves(stocked):
    take([full_row("SA-30", relations=[])])
    imported = ServiceCardPage.objects.get(code="SA-30")
    with TestCase.captureOnCommitCallbacks(execute=True):
        saved = add_by_the_form(stocked, the_same("SA-31", card("SA-30")))

    assert columns_of(imported) == columns_of(saved)
    assert references_of(imported) == references_of(saved) != []
    assert found_by("Sprawa") >= {imported.pk, saved.pk}
    owners = Stewardship.objects.filter(page__in=[imported.pk, saved.pk])
    assert len(owners) == 2
    assert owners.values("owner_unit", "inherited").distinct().count() == 1
    history = PageLogEntry.objects.filter(page__in=[imported.pk, saved.pk]).order_by("page")
    assert list(history.values_list("page", "action", "content_changed")) == [
        (imported.pk, "wagtail.create", True),
        (saved.pk, "wagtail.create", True),
    ]
    assert imported.latest_revision.content.keys() == saved.latest_revision.content.keys()


def test_the_tree_is_sound_and_goes_on_growing(stocked):
    take([full_row(f"SA-{number}") for number in range(30, 40)])
    by_hand = stocked.new_card("SA-70", "Ręcznie")
    take([full_row("SA-71")])

    assert not any(Page.find_problems())
    assert Page.objects.get(pk=stocked.folder.pk).numchild == 13
    assert by_hand.get_parent().pk == stocked.folder.pk
    assert reconcile(dry_run=True).found == 0


def test_an_imported_draft_can_be_edited_and_published(stocked):
    take([full_row("SA-30")])

    public = publish(ServiceCardPage.objects.get(code="SA-30"))

    assert public.live
    assert public.relations.get().card.code == "SA-14"
    assert public.forms[0].value["file"].title == "SA-14/Z1 Wniosek"


def test_a_changed_draft_is_changed_in_its_own_row_too(stocked):
    take([full_row("SA-30")])

    take([full_row("SA-30", title="Całkiem inaczej", relations=[], categories=[], fees=[])])

    row = ServiceCardPage.objects.get(code="SA-30")
    assert (row.title, row.draft_title) == ("Całkiem inaczej", "Całkiem inaczej")
    assert (row.relations.count(), row.categories.count(), len(row.fees)) == (0, 0, 0)
    assert found_by("Całkiem") == {row.pk}
    with_card = ReferenceIndex.objects.filter(
        object_id=str(row.pk), model_path__contains="relations"
    )
    assert not with_card.exists()


def test_ten_times_the_cards_take_no_more_queries(stocked):
    def queries(letter, number):
        rows = [
            full_row(f"{letter}-{order}", unit=("SA", "ZZM")[order % 2]) for order in range(number)
        ]
        with CaptureQueriesContext(connection) as taken:
            take(rows)
        return len(taken)

    assert queries("A", 40) <= queries("B", 4) + 4


def ratio(city, number):
    """Return how long an import takes beside adding the same cards one by one, in one run."""
    take([full_row("SA-99")])
    cards = [the_same(f"X-{order}" if order < 1000 else f"Y-{order - 1000}", card("SA-99")) for order in range(number)]  # fmt: skip
    begin = time.perf_counter()
    with TestCase.captureOnCommitCallbacks(execute=True):
        for made in cards:
            add_by_the_form(city, made)
    one_by_one = time.perf_counter() - begin
    data = written([full_row(made.code.replace("-", "Z-"), title=made.title) for made in cards])
    begin = time.perf_counter()
    take(data)
    return (time.perf_counter() - begin) / one_by_one


def test_an_import_takes_less_time_than_adding_one_by_one(stocked):
    assert ratio(stocked, 12) < 0.7


@pytest.mark.proof
def test_a_thousand_cards_take_a_quarter_of_the_time_of_adding_one_by_one(stocked):
    measured = ratio(stocked, 1000)

    print(f"1000 cards: {measured:.3f} of the time one by one")
    assert measured <= 0.25
