"""Categories and life events: the cards that name them follow, and the trail says who changed them."""

import pytest
from django.core.exceptions import ValidationError

from kpum.audit.models import AuditEntry
from services.actions import save_grouping
from services.models import Category, LifeEvent
from tests.factories.pages import edit

FEED = "/api/v1/channels/public/changes"


def feed(client, after=0):
    return client.get(FEED, {"after": after, "limit": 500}).json()


def save(model, city, **values):
    row = {"slug": "meldunek", "name": "Meldunek", "summary": "Adresy.", "icon": "home"}
    return save_grouping(model=model, values=row | values, actor=city.chief, authority="uchwała")


def test_a_new_category_stands_on_the_first_page_and_has_its_own(client, city):
    save(Category, city, slug="parki", name="Parki", summary="Zieleń miejska.")

    assert "Parki" in client.get("/").content.decode()
    assert "Zieleń miejska." in client.get("/uslugi/kategoria/parki/").content.decode()


@pytest.mark.parametrize(
    ("model", "slug", "key"),
    [(Category, "meldunek", "categories"), (LifeEvent, "przeprowadzka", "life_events")],
)
def test_a_renamed_grouping_reaches_the_mirrors_with_every_card_that_names_it(
    client, city, model, slug, key
):
    city.published_card("SA-14", "Zameldowanie")
    city.published_card("SA-15", "Wymeldowanie")
    before = feed(client)["next"]

    save(model, city, slug=slug, name="Nowa nazwa")

    changed = {c["document"]["code"]: c["document"][key] for c in feed(client, before)["changes"]}
    assert changed == {code: [{"slug": slug, "name": "Nowa nazwa"}] for code in ("SA-14", "SA-15")}


def test_a_card_that_does_not_name_it_is_left_alone(client, city):
    city.published_card("SA-14", "Zameldowanie")
    save(Category, city, slug="parki", name="Parki")
    before = feed(client)["next"]

    save(Category, city, slug="parki", name="Parki i skwery")

    assert feed(client, before)["changes"] == []


def test_a_category_that_only_a_draft_names_brings_no_draft_to_the_public(client, city):
    card = city.published_card("SA-14", "Zameldowanie")
    parks = save(Category, city, slug="parki", name="Parki")
    edit(card, author=city.operator, categories=[parks], summary="Tajna treść.")
    before = feed(client)["next"]

    save(Category, city, slug="parki", name="Parki i skwery")

    assert "Tajna" not in str(feed(client, before))


@pytest.mark.parametrize("wrong", [{"icon": "smok"}, {"slug": "nie slug"}, {"name": ""}])
def test_a_wrong_value_is_refused_and_nothing_changes(city, wrong):
    with pytest.raises(ValidationError) as refused:
        save(Category, city, **{"name": "Inna"} | wrong)

    assert set(refused.value.message_dict) == set(wrong)
    assert list(Category.objects.values_list("slug", "name")) == [("meldunek", "Meldunek")]
    assert not AuditEntry.objects.filter(action="category.saved").exists()


def test_the_trail_says_who_changed_a_word_of_the_dictionary(city):
    save(LifeEvent, city, slug="slub", name="Biorę ślub")

    entry = AuditEntry.objects.get(action="lifeevent.saved")
    assert (entry.actor_name, entry.subject_label, entry.authority) == (
        "Jadwiga Naczelna", "Biorę ślub", "uchwała",
    )  # fmt: skip
