"""Pictures and files that documents name: only those, by an id and a hash of their own."""

import hashlib
from io import StringIO
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from wagtail.models import Page

from kpum.media import actions as media
from kpum.media import queries
from kpum.media.models import StoredFile
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from tests.factories.media import new_document, new_image, text_with
from tests.factories.pages import edit, publish

BASE = "/api/v1/channels/public"


@pytest.fixture
def page(city):
    """A public text with a picture and a file."""
    city.picture, city.plan = new_image(description="Nowy most"), new_document(content=b"plan!")
    body = text_with(city.picture, city.plan)
    return publish(city.new_page("Plan budowy", body=body))


def named(client, page):
    answer = client.get(f"{BASE}/documents/{page.translation_key}")
    return answer.json()["media"]


def test_a_document_names_its_files_with_all_that_a_copy_needs(client, city, page):
    plan, picture = named(client, page)

    assert (plan["kind"], plan["title"], plan["size"]) == ("document", city.plan.title, 5)
    assert plan["sha256"] == hashlib.sha256(b"plan!").hexdigest()
    assert (picture["kind"], picture["alt"]) == ("image", "Nowy most")
    assert picture["content_type"] == "image/png"
    for file in (plan, picture):
        assert file["url"].startswith("http://testserver/")
        public = client.get(file["url"].removeprefix("http://testserver"))
        assert hashlib.sha256(public.getvalue()).hexdigest() == file["sha256"]


def test_the_bytes_of_a_file_are_fetched_by_its_id_and_asked_for_by_its_hash(client, city, page):
    plan = named(client, page)[0]
    address = f"{BASE}/media/{plan['id']}"

    facts = client.get(address)
    content = client.get(f"{address}/content")
    body = content.getvalue()
    again = client.get(f"{address}/content", headers={"If-None-Match": content["ETag"]})

    assert facts.json() == plan
    assert client.get(address, headers={"If-None-Match": facts["ETag"]}).status_code == 304
    assert body == b"plan!"
    assert content["ETag"] == f'"{plan["sha256"]}"'
    assert content["Content-Length"] == "5"
    assert again.status_code == 304


def test_a_file_of_no_document_of_the_channel_is_unknown(client, city, page):
    hidden = StoredFile.objects.get(
        object_id=str(new_document(name="inny.txt").pk), kind="document"
    )
    plan = named(client, page)[0]
    publish(edit(page, author=city.operator, targets=["bip"]))

    for media_id in (hidden.media_id, plan["id"], uuid4()):
        for address in (f"{BASE}/media/{media_id}", f"{BASE}/media/{media_id}/content"):
            answer = client.get(address)
            assert answer.status_code == 404
            assert answer.json()["type"] == "urn:kpum:problem:unknown-media"


def test_a_file_leaves_with_the_document_that_used_it(client, city, page):
    plan = named(client, page)[0]

    door.take_down(
        page_id=page.pk,
        explanation="Błąd.",
        authority=Authority.of_mandate(),
        actor=city.chief,
    )

    assert client.get(f"{BASE}/media/{plan['id']}/content").status_code == 404


def test_new_bytes_are_another_file_and_the_same_bytes_are_not(city):
    plan = new_document(content=b"one")
    first = StoredFile.objects.get(kind="document", object_id=str(plan.pk))

    plan.title = "Inny tytuł"
    plan.save()
    same = StoredFile.objects.get(kind="document", object_id=str(plan.pk))
    plan.file = ContentFile(b"three", "plan.txt")
    plan.save()
    other = StoredFile.objects.get(kind="document", object_id=str(plan.pk))

    assert same.media_id == first.media_id
    assert other.media_id != first.media_id
    assert (other.size, other.sha256) == (5, hashlib.sha256(b"three").hexdigest())
    assert str(other) == f"document {plan.pk}: {other.media_id}"
    plan.delete()
    assert not StoredFile.objects.filter(kind="document", object_id=str(plan.pk)).exists()


def test_files_stored_before_there_were_hashes_get_theirs(client, city, page):
    before = named(client, page)
    StoredFile.objects.all().delete()

    call_command("settle_files", stdout=StringIO())
    measured = StoredFile.objects.count()
    lost = new_document(name="zgubiony.txt")
    lost.file.storage.delete(lost.file.name)
    StoredFile.objects.all().delete()
    publish(edit(page, author=city.operator, lead="Nowy początek."))

    assert measured == 2
    assert [file["sha256"] for file in named(client, page)] == [f["sha256"] for f in before]
    assert media.keep_facts(file=lost) is None
    assert media.keep_facts(file=Page.objects.first()) is None


def test_bytes_that_were_lost_are_told_as_unknown(client, city, page):
    plan = named(client, page)[0]
    city.plan.file.storage.delete(city.plan.file.name)

    assert client.get(f"{BASE}/media/{plan['id']}/content").status_code == 404
    StoredFile.objects.filter(media_id=plan["id"]).update(name="inny")
    assert client.get(f"{BASE}/media/{plan['id']}").status_code == 404


def test_a_host_without_our_file_models_has_documents_that_name_no_files(page, monkeypatch):
    monkeypatch.setattr(queries.apps, "is_installed", lambda name: name != "kpum.media")

    assert queries.files_of_pages([page.pk]) == {}


def test_an_id_that_no_file_ever_had_is_none(db):
    assert queries.stored_file(uuid4()) is None
