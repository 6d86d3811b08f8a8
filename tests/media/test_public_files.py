"""A picture or a file is public exactly as long as a public page uses it."""

from contextlib import suppress

import pytest
from django.core.management import call_command
from django.db import transaction
from wagtail.models import Page
from wagtail.users.models import UserProfile

from kpum.media.models import PublicFile
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import WithdrawalReason
from tests.factories.media import fetch, new_document, new_image, picture_file, text_with
from tests.factories.pages import edit, publish

SYSTEM = Authority.of_system(SystemMandate.TESTS)


def addresses(document, image) -> list[str]:
    """Every address under which the file, the picture and a size of the picture lie."""
    return [
        document.url,
        document.file.url,
        image.file.url,
        image.get_rendition("width-5").url,
    ]


def answers(client, found) -> list[int]:
    return [fetch(client, address).status_code for address in found]


@pytest.fixture
def document(city):
    return new_document()


@pytest.fixture
def image(city):
    return new_image()


@pytest.fixture
def page(city, document, image):
    """A draft of SA that links the file and shows the picture."""
    return city.new_page("Z plikiem", body=text_with(document, image))


def test_files_of_a_draft_are_as_if_they_were_not_there(client, city, page, document, image):
    missing = fetch(client, "/media/documents/nie-ma/nie-ma.txt")

    for address in addresses(document, image):
        answer = fetch(client, address)
        assert answer.status_code == 404
        assert answer.body == missing.body


def test_publication_makes_exactly_the_files_of_that_text_public(
    client, city, page, document, image
):
    other = new_document(title="Inny")
    publish(page)

    assert answers(client, addresses(document, image)) == [200] * 4
    assert fetch(client, other.url).status_code == 404
    assert fetch(client, document.file.url).body == b"plan"


def test_a_file_that_only_a_newer_draft_uses_stays_hidden(client, city, page, document, image):
    publish(page)
    later = new_document(title="Nowy")
    edit(page, author=city.operator, body=text_with(later))

    assert fetch(client, later.url).status_code == 404
    assert fetch(client, document.url).status_code == 200


def test_a_file_taken_out_of_the_text_is_no_longer_public(client, city, page, document, image):
    publish(page)
    publish(edit(page, body=text_with(image)))

    assert fetch(client, document.url).status_code == 404
    assert fetch(client, image.file.url).status_code == 200


def withdraw(page):
    door.withdraw(
        page_id=page.pk,
        reason=WithdrawalReason.ERROR,
        explanation="Pomyłka.",
        authority=SYSTEM,
        actor=None,
    )


def delete(page):
    door.delete(page_id=page.pk, authority=SYSTEM, actor=None)


@pytest.mark.parametrize("act", [withdraw, delete], ids=lambda act: act.__name__)
def test_files_leave_the_public_with_the_page(client, city, page, document, image, act):
    publish(page)
    act(page)

    assert answers(client, addresses(document, image)) == [404] * 4
    assert not PublicFile.objects.exists()


def test_a_file_stays_public_while_another_public_page_uses_it(client, city, page, document, image):
    second = publish(city.new_page("Druga", body=text_with(document)))
    publish(page)
    withdraw(page)

    assert fetch(client, document.url).status_code == 200
    assert PublicFile.objects.get().page_id == second.pk


def test_a_publication_that_fails_makes_no_file_public(client, city, page, document):
    with suppress(RuntimeError), transaction.atomic():
        publish(page)
        assert PublicFile.objects.exists()
        raise RuntimeError

    assert not PublicFile.objects.exists()
    assert fetch(client, document.url).status_code == 404


def test_a_raw_change_of_a_page_hides_its_files_too(client, city, page, document):
    publish(page)

    Page.objects.filter(pk=page.pk).update(live=False)

    assert fetch(client, document.url).status_code == 404


@pytest.mark.parametrize(
    ("part", "status"),
    [
        ("operator", 200),
        ("head", 200),
        ("chief", 200),
        ("administrator", 200),
        ("stranger", 404),
        ("other_coordinator", 404),
    ],
)
def test_a_hidden_file_opens_for_who_sees_it_in_the_admin(
    client, city, page, document, image, part, status
):
    client.force_login(city.person(part))

    for address in addresses(document, image):
        answer = fetch(client, address)
        assert answer.status_code == status
        if status == 200:
            assert "no-store" in answer["Cache-Control"]
            assert "private" in answer["Cache-Control"]


def test_a_public_file_is_the_same_for_everybody_and_asked_about_each_time(
    client, city, page, document, image
):
    publish(page)
    for address in addresses(document, image):
        answer = fetch(client, address)

        assert "no-cache" in answer["Cache-Control"]
        assert "Cookie" not in answer.get("Vary", "")
        again = fetch(client, address, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.body) == (304, b"")


def test_the_command_repairs_what_raw_changes_left(client, city, page, document, capsys):
    publish(page)
    stale = publish(city.new_page("Druga", body=text_with(document)))
    PublicFile.objects.filter(page=page.pk).delete()
    Page.objects.filter(pk=stale.pk).update(live=False)

    call_command("settle_files")
    assert "2" in capsys.readouterr().out
    assert set(PublicFile.objects.values_list("page", flat=True)) == {page.pk}
    assert fetch(client, document.url).status_code == 200

    call_command("settle_files")
    assert "0" in capsys.readouterr().out


def test_an_upload_is_downloaded_under_its_own_name_and_runs_nothing(client, city):
    risky = new_document(name="strona.html", content=b"<script>alert(1)</script>")
    namesake = new_document(name="strona.html", content=b"inna")
    publish(city.new_page("Z plikiem", body=text_with(risky, namesake)))

    for address in (risky.url, risky.file.url, namesake.url):
        answer = fetch(client, address)

        assert answer["Content-Disposition"] == 'attachment; filename="strona.html"'
        assert answer["Content-Security-Policy"] == "default-src 'none'"
        assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_stored_name_cannot_be_guessed_from_the_uploads_name(city):
    first, second = new_document(), new_document()

    assert first.file.name.split("/")[-1] == second.file.name.split("/")[-1]
    assert first.file.name != second.file.name
    assert len(first.file.name.split("/")[1]) >= 16


@pytest.mark.parametrize("length", [5, 60, 250])
def test_a_long_name_keeps_its_ending(city, length):
    document = new_document(name="ż" * length + ".pdf")

    assert document.file.name.endswith(".pdf")
    assert len(document.file.name) <= 100


@pytest.mark.parametrize(
    "name", ["../secret", "%00", "a%00b.png", "x" * 3000, "documents/", "%ff%fe", "images/żółć.png"]
)
def test_odd_addresses_are_not_found(client, city, name):
    assert fetch(client, f"/media/{name}").status_code in {301, 404}


def test_a_colleagues_portrait_opens_for_colleagues_only(client, city):
    profile = UserProfile.get_for_user(city.operator)
    profile.avatar.save("halina.png", picture_file())

    assert fetch(client, profile.avatar.url).status_code == 404
    client.force_login(city.stranger)
    assert fetch(client, profile.avatar.url).status_code == 200


def test_what_lies_beside_the_uploads_is_served_to_nobody(client, city, media_folder):
    (media_folder / "kopia.sql").write_text("wszystko")
    client.force_login(city.administrator)

    assert fetch(client, "/media/kopia.sql").status_code == 404


def test_only_reading_is_answered(client, city, page, document):
    publish(page)

    assert client.post(document.file.url).status_code == 405
    answer = client.head(document.file.url)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, b"")


def test_a_row_whose_file_is_lost_is_not_found(client, city, page, document):
    publish(page)
    document.file.storage.delete(document.file.name)

    assert fetch(client, document.url).status_code == 404
    assert fetch(client, document.file.url).status_code == 404


def test_a_text_may_name_files_that_do_not_exist(client, city):
    odd = '<p><a linktype="document" id="999999999">x</a></p>'
    page = publish(city.new_page("Dziwna", body=[("paragraph", odd)]))

    assert fetch(client, page.get_url()).status_code == 200
