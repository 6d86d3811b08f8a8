"""A file that a public page uses is not swapped, renamed or deleted past the door (M-04)."""

import pytest
from django.contrib.messages import get_messages
from django.db import transaction

from kpum.core.errors import Refused
from tests.factories.media import new_document, new_image, picture_file, text_with
from tests.factories.pages import edit, publish

ADVICE = "Upload the new version as another file"


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def files(city):
    found = {"document": new_document(), "image": new_image(description="Ratusz")}
    page = city.new_page("Z plikiem", body=text_with(*found.values()))
    found["page"] = publish(page)
    return found


def state(files, client):
    rows = []
    for kind in ("document", "image"):
        row = type(files[kind]).objects.get(pk=files[kind].pk)
        rows.append((row.title, row.file.name, row.file_hash, getattr(row, "description", "")))
    client.logout()
    return rows, client.get(files["page"].get_url()).content


def said(answer) -> str:
    messages = [str(message) for message in get_messages(answer.wsgi_request)]
    return " ".join([*messages, answer.content.decode()])


def edit_document(client, files):
    return client.post(
        f"/admin/documents/edit/{files['document'].pk}/",
        {"title": "Przemianowany", "file": picture_file("inny.txt"), "tags": ""},
    )


def edit_image(client, files):
    return client.post(
        f"/admin/images/{files['image'].pk}/",
        {"title": files["image"].title, "description": "Co innego", "tags": ""},
    )


def edit_in_the_uploader(client, files):
    pk = files["document"].pk
    return client.post(
        f"/admin/documents/multiple/{pk}/",
        {
            f"doc-{pk}-title": "Przemianowany",
            f"doc-{pk}-collection": str(files["document"].collection_id),
            f"doc-{pk}-tags": "",
        },
        headers={"X-Requested-With": "XMLHttpRequest"},
    )


def delete_document(client, files):
    return client.post(f"/admin/documents/delete/{files['document'].pk}/")


def delete_image(client, files):
    return client.post(f"/admin/images/{files['image'].pk}/delete/")


def delete_documents_together(client, files):
    return client.post(f"/admin/bulk/kpum_media/portaldocument/delete/?id={files['document'].pk}")


def delete_images_together(client, files):
    return client.post(f"/admin/bulk/kpum_media/portalimage/delete/?id={files['image'].pk}")


WAYS = [
    edit_document, edit_image, edit_in_the_uploader, delete_document, delete_image,
    delete_documents_together, delete_images_together,
]  # fmt: skip


@pytest.mark.parametrize("part", ["operator", "chief", "administrator"])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nobody_changes_a_public_file_and_everybody_is_told_why(client, city, files, way, part):
    before = state(files, client)
    client.force_login(city.person(part))

    answer = way(client, files)

    assert answer.status_code in {200, 302}
    assert ADVICE in said(answer)
    assert "Z plikiem" in said(answer)
    assert state(files, client) == before


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_same_ways_are_open_while_only_a_draft_uses_the_file(client, city, way):
    files = {"document": new_document(), "image": new_image(description="Ratusz")}
    files["page"] = publish(city.new_page("Bez pliku"))
    edit(files["page"], author=city.operator, body=text_with(files["document"], files["image"]))
    client.force_login(city.operator)

    answer = way(client, files)

    rows = [
        type(files[kind]).objects.filter(pk=files[kind].pk).first()
        for kind in files
        if kind != "page"
    ]
    assert ADVICE not in said(answer)
    assert any(
        row is None
        or row.title == "Przemianowany"
        or getattr(row, "description", "") == "Co innego"
        for row in rows
    )


def test_the_uploaders_delete_button_is_refused_too(client, city, files):
    client.force_login(city.administrator)

    for kind, address in (("document", "documents"), ("image", "images")):
        # A deletion that is refused half-way undoes its transaction, here the test's own.
        with transaction.atomic():
            answer = client.post(
                f"/admin/{address}/multiple/{files[kind].pk}/delete/",
                headers={"X-Requested-With": "XMLHttpRequest"},
            )
        assert answer.status_code == 403
        assert type(files[kind]).objects.filter(pk=files[kind].pk).exists()


def swap(file):
    file.file = picture_file("nowe.png")
    file.save()


def rename(file):
    file.title = "Inny"
    file.save(update_fields=["title"])


def delete(file):
    file.delete()


def delete_by_query(file):
    type(file).objects.filter(pk=file.pk).delete()


@pytest.mark.parametrize("kind", ["document", "image"])
@pytest.mark.parametrize("way", [swap, rename, delete, delete_by_query], ids=lambda w: w.__name__)
def test_code_does_not_change_a_public_file_either(client, city, files, kind, way):
    before = state(files, client)

    with pytest.raises(Refused), transaction.atomic():
        way(type(files[kind]).objects.get(pk=files[kind].pk))

    assert state(files, client) == before


def test_what_the_public_does_not_see_is_saved_freely(city, files):
    document = files["document"]
    document.tags.add("ważne")
    document.save()

    assert document.tags.count() == 1
