"""Categories and life events: the cards that name them follow, and the trail says who changed them."""

import pytest
from django.core.exceptions import ValidationError

from kpum.audit.models import AuditEntry
from services.actions import save_act, save_grouping, save_privacy_notice
from services.models import BusinessEvent, Category, LifeEvent, PrivacyNotice
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


def act(city, **values):
    row = {"eli": "DU/2010/1427", "title": "Ustawa o ewidencji ludności", "journal": "Dz.U. 2010"}
    return save_act(values=row | values, actor=city.chief, authority="upoważnienie")


def notice(city, **values):
    row = {"slug": "ogolna", "title": "Twoje dane"} | {
        name: f"Część {name}." for name in PrivacyNotice.PARTS
    }
    return save_privacy_notice(values=row | values, actor=city.chief, authority="upoważnienie")


def test_a_change_of_an_act_reaches_the_mirrors_with_every_card_that_rests_on_it(client, city):
    city.published_card("SA-14", "Zameldowanie")
    act(city, eli="DU/2020/1", title="Inna ustawa")
    city.published_card("SA-15", "Inna", legal_bases=[("act", {"eli": "DU/2020/1"})])
    before = feed(client)["next"]

    act(city, title="Ustawa o meldunkach")

    changed = {c["document"]["code"]: c["document"]["legal_bases"][0] for c in feed(client, before)["changes"]}  # fmt: skip
    assert list(changed) == ["SA-14"]
    assert changed["SA-14"]["act"] == "Ustawa o meldunkach"
    trail = AuditEntry.objects.filter(action="legal_act.saved").last()
    assert trail.actor_name == str(city.chief)


def test_a_new_text_of_a_privacy_notice_is_a_new_version_of_it(client, city):
    city.published_card("SA-14", "Zameldowanie")
    notice(city)
    before = feed(client)["next"]

    same = notice(city)
    assert (same.version, feed(client, before)["changes"]) == (1, [])
    changed = notice(city, retention="Pięć lat.")

    assert changed.version == 2
    told = feed(client, before)["changes"][0]["document"]["privacy_notice"]
    assert told["version"] == 2
    words = client.get("/api/v1/channels/public/dictionaries/privacy-notices").json()["words"]
    assert {"title": "jak długo przechowujemy dane", "text": "Pięć lat."} in words[0]["parts"]


@pytest.mark.parametrize("eli", ["", "DU/20/1", "ustawa", "DU/2010/217/x y", "du/2010/217"])
def test_an_act_without_a_sensible_identifier_is_refused_by_its_field(city, eli):
    with pytest.raises(ValidationError) as refused:
        act(city, eli=eli)

    assert "eli" in refused.value.message_dict


def test_a_privacy_notice_without_one_of_its_parts_is_refused_by_it(city):
    for name in PrivacyNotice.PARTS:
        with pytest.raises(ValidationError) as refused:
            notice(city, slug="nowa", **{name: ""})
        assert list(refused.value.message_dict) == [name]


def test_dictionaries_of_acts_and_events_are_told(client, city):
    act(city)
    save(BusinessEvent, city, slug="firma", name="Zakładam firmę")

    base = "/api/v1/channels/public/dictionaries"
    acts = client.get(f"{base}/legal-acts").json()["words"]
    events = client.get(f"{base}/business-events").json()["words"]

    assert [(word["slug"], word["name"]) for word in acts] == [
        ("DU/2010/1427", "Ustawa o ewidencji ludności")
    ]
    assert [word["slug"] for word in events] == ["firma"]
    assert (
        client.get("/api/v1/channels/public/documents?business_event=firma").json()["documents"]
        == []
    )
