"""In the admin a person sees and touches the files of his own units, and nobody else's."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from kpum.core import memo
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role, UnitKind
from kpum.org.models import Unit
from tests.factories.media import (
    SECRET_NAME,
    SECRET_TITLE,
    collection_of,
    new_document,
    new_image,
    picture_file,
    text_with,
)
from tests.factories.pages import draft
from tests.pages.walk import FORM_FRAME

AJAX = {"X-Requested-With": "XMLHttpRequest"}
LISTINGS = (
    "/admin/documents/",
    "/admin/documents/?q=Niejawny",
    "/admin/documents/results/?q=Niejawny",
    "/admin/documents/chooser/",
    "/admin/documents/chooser/results/?q=Niejawny",
    "/admin/api/main/documents/",
    "/admin/images/",
    "/admin/images/?layout=list",
    "/admin/images/?q=Niejawny",
    "/admin/images/chooser/",
    "/admin/images/chooser/results/?q=Niejawny",
    "/admin/api/main/images/",
    "/admin/documents/multiple/add/",
    "/admin/images/multiple/add/",
    "/admin/images/add/",
    "/admin/documents/add/",
)
BY_ID = (
    "/admin/documents/edit/{document}/",
    "/admin/documents/delete/{document}/",
    "/admin/documents/usage/{document}/",
    "/admin/documents/chooser/chosen/{document}/",
    "/admin/documents/chooser/chosen-multiple/?id={document}",
    "/admin/documents/multiple/{document}/",
    "/admin/documents/multiple/{document}/delete/",
    "/admin/api/main/documents/{document}/",
    "/admin/images/{image}/",
    "/admin/images/{image}/delete/",
    "/admin/images/{image}/generate_url/",
    "/admin/images/{image}/preview/fill-10x10/",
    "/admin/images/usage/{image}/",
    "/admin/images/chooser/chosen/{image}/",
    "/admin/images/chooser/{image}/select_format/",
    "/admin/images/chooser/chosen-multiple/?id={image}",
    "/admin/images/multiple/{image}/",
    "/admin/images/multiple/{image}/delete/",
    "/admin/api/main/images/{image}/",
    "/admin/bulk/kpum_media/portaldocument/delete/?id={document}",
    "/admin/bulk/kpum_media/portaldocument/add_tags/?id={document}",
    "/admin/bulk/kpum_media/portaldocument/add_to_collection/?id={document}",
    "/admin/bulk/kpum_media/portaldocument/delete/?id=all",
    "/admin/bulk/kpum_media/portalimage/delete/?id={image}",
    "/admin/bulk/kpum_media/portalimage/add_tags/?id={image}",
    "/admin/bulk/kpum_media/portalimage/add_to_collection/?id={image}",
)


@pytest.fixture
def files(city):
    """A file and a picture of SA, both with telling names."""
    return {"document": new_document(), "image": new_image(title=SECRET_TITLE)}


def tells(answer) -> list[str]:
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    words = (SECRET_TITLE, SECRET_NAME, "tajne-zdjecie", "Spraw Administracyjnych")
    return [word for word in words if word in text.decode(errors="replace")]


@pytest.mark.parametrize("address", LISTINGS)
def test_a_stranger_finds_neither_files_nor_collections_of_another_unit(
    client, city, files, address
):
    client.force_login(city.stranger)

    answer = client.get(address)

    assert answer.status_code == 200
    assert tells(answer) == []


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", BY_ID)
def test_a_stranger_is_refused_by_id_and_told_nothing(client, city, files, address, method):
    client.force_login(city.stranger)
    ids = {kind: file.pk for kind, file in files.items()}
    body = {"title": "Przejęte", "tags": "x", "collection": str(collection_of("ZZM").pk)}

    for headers in ({}, AJAX):
        answer = getattr(client, method)(address.format(**ids), body, headers=headers)

        assert answer.status_code < 500
        assert tells(answer) == []
    for file in files.values():
        stored = type(file).objects.get(pk=file.pk)
        assert (stored.title, stored.collection) == (SECRET_TITLE, collection_of("SA"))
        assert not stored.tags.exists()


@pytest.mark.parametrize("part", ["operator", "chief", "administrator"])
def test_who_may_finds_them_all(client, city, files, part):
    """The addresses would prove nothing if they were shut to everybody."""
    client.force_login(city.person(part))
    ids = {kind: file.pk for kind, file in files.items()}

    for address in (
        *LISTINGS[:12],
        *(row.format(**ids) for row in BY_ID if "multiple/{" not in row),
    ):
        answer = client.get(address)

        if "preview" not in address and "generate_url" not in address:
            text = answer.content.decode()
            assert SECRET_TITLE in text or "tajne-zdjecie" in text, address


def test_a_reader_chooses_files_and_changes_none(client, city, files):
    client.force_login(city.head)

    chosen = client.get(f"/admin/documents/chooser/chosen/{files['document'].pk}/")
    edited = client.get(f"/admin/documents/edit/{files['document'].pk}/")

    assert chosen.status_code == 200
    assert SECRET_TITLE not in edited.content.decode()
    assert edited.status_code == 302


@pytest.mark.parametrize("part", ["stranger", "operator"])
def test_an_upload_lands_in_ones_own_collection(client, city, part):
    client.force_login(city.person(part))
    own = "ZZM" if part == "stranger" else "SA"
    foreign = collection_of("SA" if part == "stranger" else "ZZM")

    client.post(
        "/admin/documents/add/",
        {"title": "Nowy", "file": picture_file("a.png"), "collection": str(foreign.pk)},
    )
    client.post(
        "/admin/images/multiple/add/",
        {"title": "Nowy", "files[]": picture_file("b.png"), "collection": str(foreign.pk)},
    )

    added = [*get_document_model().objects.all(), *get_image_model().objects.all()]
    assert [file.collection for file in added] == [collection_of(own)] * 2


def test_nobody_moves_his_file_into_another_units_collection(client, city, files):
    client.force_login(city.operator)
    document = files["document"]

    client.post(
        f"/admin/bulk/kpum_media/portaldocument/add_to_collection/?id={document.pk}",
        {"collection": str(collection_of("ZZM").pk)},
    )

    document.refresh_from_db()
    assert document.collection == collection_of("SA")


def test_a_mandates_end_closes_the_files_that_second(client, city, files):
    client.force_login(city.operator)
    address = f"/admin/documents/edit/{files['document'].pk}/"
    assert client.get(address).status_code == 200

    mandate = city.operator.mandates.get()
    grant_mandate(
        user=city.operator, role=Role.UNIT_OPERATOR, unit=Unit.objects.get(code="ZZM"), basis="x"
    )
    mandate.delete()

    assert client.get(address).status_code == 302


def test_people_of_a_branch_use_the_collection_of_its_unit(client, city, files):
    person = city.stranger
    person.mandates.all().delete()
    grant_mandate(user=person, role=Role.BRANCH_OPERATOR, branch=city.folder, basis="x")
    client.force_login(person)

    answer = client.get(f"/admin/documents/edit/{files['document'].pk}/")

    assert answer.status_code == 200


def test_a_groups_stock_permission_on_the_root_opens_no_units_collection(client, city, files):
    from django.contrib.auth.models import Group, Permission
    from wagtail.models import GroupCollectionPermission

    group = Group.objects.create(name="Redaktorzy gospodarza")
    root = Collection.get_first_root_node()
    for model, name in (("document", "wagtaildocs"), ("image", "wagtailimages")):
        for right in ("add", "change", "choose"):
            GroupCollectionPermission.objects.create(
                group=group,
                collection=root,
                permission=Permission.objects.get(
                    content_type__app_label=name, codename=f"{right}_{model}"
                ),
            )
    loose = get_document_model().objects.create(title="Wspólny", file=picture_file("c.png"))
    city.stranger.groups.add(group)
    client.force_login(city.stranger)

    listing = client.get("/admin/documents/")
    foreign = client.get(f"/admin/documents/edit/{files['document'].pk}/")
    common = client.get(f"/admin/documents/edit/{loose.pk}/")

    assert tells(listing) == []
    assert "Wspólny" in listing.content.decode()
    assert (foreign.status_code, common.status_code) == (302, 200)


def test_a_text_takes_no_file_that_its_author_does_not_see(client, city):
    foreign = new_document("ZZM")
    page = city.new_page("Informacja")
    before = page.latest_revision_id
    client.force_login(city.operator)

    answer = client.post(f"/admin/pages/{page.pk}/edit/", form_of(page, foreign))

    assert tells(answer) == []
    page.refresh_from_db()
    assert page.latest_revision_id == before


@pytest.mark.parametrize("key", ["9" * 40, "abc", None, -1, ""])
def test_a_text_that_links_an_odd_key_is_refused_politely(client, city, key):
    page = city.new_page("Informacja")
    before = page.latest_revision_id
    client.force_login(city.operator)

    answer = client.post(f"/admin/pages/{page.pk}/edit/", form_of(page, SimpleNamespace(pk=key)))

    assert answer.status_code == 200
    page.refresh_from_db()
    assert page.latest_revision_id == before


def test_a_text_takes_ones_own_files_and_keeps_those_it_had(client, city):
    own, foreign = new_document("SA"), new_document("ZZM")
    page = draft(city.folder, type(city.new_page("x"))(title="Ma już plik", lead="O czym."))
    page.body = text_with(foreign)
    page.save_revision(user=city.chief, clean=False)
    client.force_login(city.operator)

    client.post(f"/admin/pages/{page.pk}/edit/", form_of(page, own, foreign))

    page.refresh_from_db()
    assert page.latest_revision.user == city.operator


def form_of(page, *files) -> dict[str, object]:
    """Return what the editor sends for a text that links these files."""
    import json

    entities = {
        str(number): {"type": "DOCUMENT", "mutability": "MUTABLE", "data": {"id": file.pk}}
        for number, file in enumerate(files)
    }
    blocks = [
        {
            "key": f"abcd{number}", "text": "Plik", "type": "unstyled", "depth": 0,
            "inlineStyleRanges": [], "entityRanges": [{"key": number, "offset": 0, "length": 4}],
        }
        for number in range(len(files))
    ]  # fmt: skip
    return {
        **FORM_FRAME,
        "title": page.title,
        "slug": page.slug,
        "lead": "O czym jest ta strona.",
        "targets": ["public"],
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "paragraph",
        "body-0-id": "",
        "body-0-value": json.dumps({"blocks": blocks, "entityMap": entities}),
    }


@pytest.mark.parametrize(
    "address", ["/admin/documents/", "/admin/images/", "/admin/images/chooser/"]
)
def test_twenty_units_cost_no_more_queries_than_two(client, city, address):
    person, root = city.stranger, Unit.objects.get(code="UMK")
    client.force_login(person)

    def queries(units: int) -> int:
        for number in range(Unit.objects.count(), units):
            unit = Unit.objects.get(pk=root.pk).add_child(
                code=f"X-{number}", name=f"Jednostka {number}", kind=UnitKind.CELL
            )
            grant_mandate(user=person, role=Role.UNIT_OPERATOR, unit=unit, basis="x")
            new_document(unit.code, title=f"Plik {number}")
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = queries(6)
    assert queries(26) == few


def test_two_hundred_mandates_are_asked_as_few_questions_as_sixty(city):
    person, root = city.stranger, Unit.objects.get(code="UMK")
    policy = policy_registry.get_by_type(get_document_model())

    def queries(mandates: int) -> int:
        for number in range(person.mandates.count(), mandates):
            # Collections stand by name: one before others moves each of them by a row.
            unit = Unit.objects.get(pk=root.pk).add_child(
                code=f"Y-{number}", name=f"Żłobek {number:03}", kind=UnitKind.CELL
            )
            grant_mandate(user=person, role=Role.UNIT_OPERATOR, unit=unit, basis="x")
        fresh = city.stranger
        with memo.request_scope(), CaptureQueriesContext(connection) as captured:
            collections = policy.collections_user_has_permission_for(fresh, "add")
            assert collections.count() == mandates
            assert policy.instances_user_has_permission_for(fresh, "change").count() == 0
        return len(captured)

    few = queries(60)
    assert queries(200) == few
