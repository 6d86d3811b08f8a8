"""The audit trail: written with the act, and never changed after it."""

import pytest
from django.db import IntegrityError, transaction

from kpum.audit.actions import record, subject_of
from kpum.audit.models import AuditEntry, TrailIsAppendOnly
from kpum.core import clock
from kpum.core.errors import KpumError
from kpum.org.models import Unit


def note(actor=None, **changes):
    values = {
        "action": "fountain.opened",
        "subject": "fountain:1",
        "label": "Fontanna na Rynku",
        "authority": "system: tests",
    }
    with transaction.atomic():
        return record(actor=actor, **(values | changes))


def save(entry):
    entry.actor_name = "Ktoś inny"
    entry.save()


def save_one_field(entry):
    entry.actor_name = "Ktoś inny"
    entry.save(update_fields=["actor_name"])


def update(entry):
    AuditEntry.objects.filter(pk=entry.pk).update(actor_name="Ktoś inny")


def update_in_bulk(entry):
    entry.actor_name = "Ktoś inny"
    AuditEntry.objects.bulk_update([entry], ["actor_name"])


def update_or_create(entry):
    AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"actor_name": "Ktoś inny"})


def write_over(entry):
    entry.actor_name = "Ktoś inny"
    AuditEntry.objects.bulk_create(
        [entry], update_conflicts=True, unique_fields=["id"], update_fields=["actor_name"]
    )


def save_another_with_its_key(entry):
    AuditEntry(pk=entry.pk, at=entry.at, action=entry.action, actor_name="Ktoś inny").save()


def delete(entry):
    entry.delete()


def delete_all(entry):
    AuditEntry.objects.all().delete()


def delete_what_is_about_it(entry):
    AuditEntry.objects.about(entry.subject).delete()


WAYS = [
    save, save_one_field, update, update_in_bulk, update_or_create, write_over, save_another_with_its_key,
    delete, delete_all, delete_what_is_about_it,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_what_is_written_stays_as_it_is(db, way):
    entry = note()
    before = list(AuditEntry.objects.values())

    with pytest.raises((TrailIsAppendOnly, IntegrityError)), transaction.atomic():
        way(AuditEntry.objects.get(pk=entry.pk))

    assert list(AuditEntry.objects.values()) == before


def test_an_act_is_recorded_only_in_its_own_transaction(transactional_db):
    with pytest.raises(KpumError, match="transaction"):
        record(action="fountain.opened", actor=None, subject="fountain:1", label="Fontanna")

    assert not AuditEntry.objects.exists()


def test_an_act_that_was_rolled_back_is_not_in_the_trail(db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        note()
        raise ZeroDivisionError

    assert not AuditEntry.objects.exists()


def test_the_trail_names_who_did_it_and_on_what_ground(city):
    entry = note(actor=city.operator, authority="upoważnienie 7/2026")

    assert (entry.actor_name, entry.authority) == ("Halina Wrona", "upoważnienie 7/2026")
    assert entry.actor_id == str(city.operator.pk)
    assert str(entry).endswith("Halina Wrona: fountain.opened Fontanna na Rynku")


def test_what_nobody_did_was_done_by_the_system(db):
    entry = note()

    assert (entry.actor_name, entry.actor_id) == ("system", "")


def test_the_trail_keeps_the_name_a_person_bore_then(city):
    person = city.second_operator
    note(actor=person)

    person.last_name = "Grudzień"
    person.save()

    assert AuditEntry.objects.about("fountain:1").get().actor_name == "Edyta Lipiec"


def test_many_acts_may_be_appended_at_once(db):
    entries = [
        AuditEntry(at=clock.now(), action="fountain.opened", subject=f"fountain:{n}")
        for n in (1, 2)
    ]

    AuditEntry.objects.bulk_create(entries)

    assert AuditEntry.objects.count() == 2


def test_the_story_of_one_subject_is_told_from_its_beginning(db):
    for action in ("fountain.built", "fountain.opened"):
        note(action=action)
    note(subject="fountain:2")

    told = AuditEntry.objects.about("fountain:1").values_list("action", flat=True)

    assert list(told) == ["fountain.built", "fountain.opened"]


def test_a_very_long_name_is_cut_and_kept(city):
    unit = Unit.objects.get(code="SA")

    entry = note(subject=subject_of(unit), label="ą" * 700)

    assert (entry.subject, len(entry.subject_label)) == (f"unit:{unit.pk}", 500)
