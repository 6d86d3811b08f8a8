"""Every file that is added, changed or deleted is in the trail, in words."""

from datetime import timedelta

import pytest

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.org.actions import name_substitute
from tests.factories.media import collection_of, new_document, new_image, picture_file


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


def trail(kind: str):
    return AuditEntry.objects.filter(action__startswith=f"{kind}.").order_by("pk")


def test_an_upload_is_recorded_with_its_author(client, city):
    client.force_login(city.operator)

    client.post("/admin/documents/add/", {"title": "Plan", "file": picture_file("plan.png")})

    row = trail("document").get()
    assert (row.action, row.actor_name) == ("document.added", str(city.operator))
    assert "plan.png" in row.after
    assert "Wydział Spraw Administracyjnych (SA)" in row.after
    assert row.before == ""


def test_a_change_is_recorded_from_what_to_what(client, city):
    image = new_image(title="Ratusz", description="Stary opis")
    client.force_login(city.operator)

    client.post(
        f"/admin/images/{image.pk}/",
        {"title": "Ratusz", "description": "Nowy opis", "tags": "", "is_decorative": "on"},
    )

    row = trail("image").last()
    assert (row.action, row.actor_name) == ("image.changed", str(city.operator))
    assert "Stary opis" in row.before
    assert "Nowy opis" in row.after
    assert "no" in row.before
    assert "yes" in row.after
    assert "Ratusz" not in row.before


def test_a_deletion_keeps_what_there_was(client, city):
    document = new_document()
    client.force_login(city.operator)

    client.post(f"/admin/documents/delete/{document.pk}/")

    row = trail("document").last()
    assert (row.action, row.actor_name) == ("document.deleted", str(city.operator))
    assert row.subject == f"portaldocument:{document.pk}"
    assert "tajny-plan.txt" in row.before


def test_each_of_many_deleted_together_is_recorded(client, city):
    files = [new_document(), new_document()]
    client.force_login(city.operator)

    ids = "&".join(f"id={file.pk}" for file in files)
    client.post(f"/admin/bulk/kpum_media/portaldocument/delete/?{ids}")

    assert trail("document").filter(action="document.deleted").count() == 2


def test_a_transfer_to_another_collection_is_recorded(client, city):
    document = new_document()
    client.force_login(city.administrator)

    client.post(
        f"/admin/bulk/kpum_media/portaldocument/add_to_collection/?id={document.pk}",
        {"collection": str(collection_of("ZZM").pk)},
    )

    row = trail("document").last()
    assert "(SA)" in row.before
    assert "(ZZM)" in row.after


def test_a_save_that_changes_nothing_is_no_act(city):
    document = new_document()
    count = AuditEntry.objects.count()

    document.save()

    assert AuditEntry.objects.count() == count


def test_what_code_does_is_the_systems_act(city):
    document = new_document()
    document.title = "Inny"
    document.save()

    row = trail("document").last()
    assert (row.actor_name, row.action) == ("system", "document.changed")


def test_an_act_names_the_mandate_behind_it(client, city):
    client.force_login(city.operator)
    client.post("/admin/documents/add/", {"title": "Plan", "file": picture_file("plan.png")})

    row = trail("document").get()
    assert row.authority == city.operator.mandates.get().wording
    assert row.acting_for == ""


def test_a_substitutes_act_names_whom_he_acts_for(client, city):
    document = new_document()
    now = clock.now()
    name_substitute(
        mandate=city.operator.mandates.get(),
        substitute=city.stranger,
        reason="urlop",
        valid_from=now - timedelta(hours=1),
        valid_to=now + timedelta(hours=1),
    )
    client.force_login(city.stranger)

    client.post(f"/admin/documents/delete/{document.pk}/")

    row = trail("document").last()
    assert (row.action, row.actor_name) == ("document.deleted", str(city.stranger))
    assert row.acting_for == str(city.operator)
