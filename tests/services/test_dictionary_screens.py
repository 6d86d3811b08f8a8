"""Acts, privacy notices, categories and events are kept on screens, by whoever has a mandate for it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.core.errors import KpumError
from kpum.outbox.actions import deliver_waiting
from kpum.outbox.models import OutboxEvent
from kpum.pages.errors import DoorClosed
from services.actions import (
    NotYourDictionaries,
    delete_entry,
    note_act_change,
    save_act,
    save_grouping,
)
from services.models import BusinessEvent, Category, LegalAct, LifeEvent, PrivacyNotice
from services.queries import acts_changed_since_check
from tests.factories.pages import edit
from tests.factories.services import at_the_door, entry, population_act
from tests.org.screens import enter, errors, rows

ELI = "DU/2010/1427"
GROUPING = {"name": "Nowe", "summary": "O czym.", "icon": "home", "order": "3"}
NOTICE = {"title": "Twoje dane"} | {name: f"Część {name}." for name in PrivacyNotice.PARTS}
SCREENS = {
    "acts": (LegalAct, {"title": "Nowa ustawa", "journal": ""}, {"eli": "DU/2026/1"}),
    "privacy-notices": (PrivacyNotice, NOTICE, {"slug": "nowa"}),
    "categories": (Category, GROUPING, {"slug": "nowe"}),
    "life-events": (LifeEvent, GROUPING, {"slug": "nowe"}),
    "business-events": (BusinessEvent, GROUPING, {"slug": "nowe"}),
}


def note(city, person=None, **changes):
    told = {"eli": ELI, "changed_on": clock.today(), "change": "Nowy termin."}
    return note_act_change(**(told | changes), actor=person or city.manager)


@pytest.mark.parametrize("name", SCREENS)
def test_an_entry_is_added_changed_and_deleted(client, city, name):
    model, values, key = SCREENS[name]
    enter(client, city.editor)

    wrong = client.post(f"/admin/{name}/new/", values | {next(iter(key)): "nie tak?"})
    assert set(errors(wrong)) == set(key)
    assert client.post(f"/admin/{name}/new/", values | key).status_code == 302
    twice = client.post(f"/admin/{name}/new/", values | key)
    assert set(errors(twice)) == set(key)
    made = model.objects.get(**key)
    assert made in rows(client, f"/admin/{name}/?q={key[next(iter(key))]}")

    title = "name" if "name" in values else "title"
    changed = values | {title: "Inaczej", next(iter(key)): "DU/1999/9"}
    assert client.post(f"/admin/{name}/edit/{made.pk}/", changed).status_code == 302
    assert str(getattr(model.objects.get(**key), title)) == "Inaczej"
    assert client.get(f"/admin/{name}/delete/{made.pk}/").status_code == 200
    assert client.post(f"/admin/{name}/delete/{made.pk}/").status_code == 302
    assert not model.objects.filter(**key).exists()
    acts = list(AuditEntry.objects.order_by("pk").values_list("action", "actor_name"))[-3:]
    assert [action.split(".")[1] for action, _who in acts] == ["saved", "saved", "deleted"]
    assert {who for _action, who in acts} == {str(city.editor)}


@pytest.mark.parametrize("part", ["operator", "head", "administrator"])
def test_who_has_no_mandate_for_it_finds_no_screen(client, city, part):
    act = population_act()
    enter(client, city.person(part))

    for name in SCREENS:
        for address in ("", "results/", "new/"):
            assert client.get(f"/admin/{name}/{address}").status_code in {302, 403}
    for address in ("edit", "delete", "change"):
        assert client.get(f"/admin/acts/{address}/{act.pk}/").status_code in {302, 403, 404}
        assert client.post(f"/admin/acts/{address}/{act.pk}/", {}).status_code in {302, 403, 404}
    with pytest.raises(NotYourDictionaries):
        save_grouping(model=Category, values={"slug": "x"}, actor=city.person(part))
    with pytest.raises(NotYourDictionaries):
        note(city, city.person(part))
    with pytest.raises(NotYourDictionaries):
        delete_entry(entry=act, actor=city.person(part))


def test_what_a_card_or_its_draft_names_is_not_deleted(client, city):
    card = city.published_card("SA-14", "Zameldowanie")
    enter(client, city.manager)
    named = {"acts": LegalAct, "privacy-notices": PrivacyNotice, "categories": Category}
    for name, model in named.items():
        answer = client.post(f"/admin/{name}/delete/{model.objects.get().pk}/")
        assert "Zameldowanie" in str(errors(answer))

    other = entry(BusinessEvent, slug="firma", name="Firma", summary="Firma.", icon="bus")
    edit(card, author=city.operator, business_events=[other], title="Szkic")
    with pytest.raises(KpumError, match="Szkic"):
        delete_entry(entry=other, actor=city.manager)
    assert BusinessEvent.objects.filter(pk=other.pk).exists()


def test_a_noted_change_flags_the_cards_and_has_each_unit_written_to_once(client, city, settings):
    settings.LANGUAGE_CODE = "en"
    card = city.published_card("SA-14", "Zameldowanie")
    city.published_card("SA-15", "Wymeldowanie")
    city.new_card("SA-16", "Szkic")
    type(card.stewardship).objects.update(last_verified=clock.today() - timedelta(days=9))
    enter(client, city.manager)
    act = LegalAct.objects.get(eli=ELI)
    told = {"changed_on": str(clock.today()), "change": "Nowy termin."}

    assert client.post(f"/admin/acts/change/{act.pk}/", told).status_code == 302
    assert client.post(f"/admin/acts/change/{act.pk}/", told).status_code == 302
    deliver_waiting()

    assert set(acts_changed_since_check()) >= {card.pk}
    assert [letter.to[0] for letter in mail.outbox] == [
        "coordinator@example.org", "head@example.org",
    ]  # fmt: skip
    body = mail.outbox[0].body
    assert body.index("Nowy termin.") < body.index("Zameldowanie") < body.index("Wymeldowanie")
    assert "Szkic" not in body
    row = AuditEntry.objects.get(action="legal_act.changed")
    assert (row.before, row.after) == ("", f"{clock.today()}: Nowy termin.")
    assert OutboxEvent.objects.filter(kind="legal_act.changed").count() == 1


@pytest.mark.parametrize("model", [LegalAct, PrivacyNotice, Category, LifeEvent, BusinessEvent])
def test_no_entry_is_written_or_deleted_past_its_act(city, model):
    population_act()
    with pytest.raises(DoorClosed):
        model().save()
    for row in model.objects.all():
        with pytest.raises(DoorClosed):
            row.save()
        with pytest.raises(DoorClosed):
            model.objects.filter(pk=row.pk).delete()


def test_a_change_that_makes_no_sense_is_refused_by_its_field(city):
    population_act()
    for field, wrong in {
        "changed_on": clock.today() + timedelta(days=1), "change": "  ",
    }.items():  # fmt: skip
        with pytest.raises(ValidationError) as refused:
            note(city, **{field: wrong})
        assert list(refused.value.message_dict) == [field]
    with pytest.raises(KpumError, match="DU/1900/1"):
        note(city, eli="DU/1900/1")
    assert not OutboxEvent.objects.filter(kind="legal_act.changed").exists()


def test_a_change_that_comes_with_an_act_is_announced(city):
    city.published_card("SA-14", "Zameldowanie")
    save_act(
        values={"eli": ELI, "changed_on": clock.today(), "change": "Nowy."}, actor=city.manager
    )

    assert OutboxEvent.objects.filter(kind="legal_act.changed").count() == 1


def test_an_entry_that_somebody_has_deleted_meanwhile_is_no_fault(city):
    notice = entry(PrivacyNotice, slug="inna", title="Inna")
    with at_the_door():
        PrivacyNotice.objects.filter(pk=notice.pk).delete()

    delete_entry(entry=notice, actor=city.manager)
    assert not AuditEntry.objects.filter(action__endswith=".deleted").exists()
