"""Copies are drafts, a changed address leads from the old one to the new, a schedule can be cancelled."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Page

from kpum.audit.models import AuditEntry
from kpum.core.errors import KpumError
from kpum.pages import actions as door
from kpum.pages.errors import AddressRefused, NoAuthority, OwnerMissing
from tests.door.acts import cancel_schedule, copy, fresh, rename, withdraw
from tests.factories.pages import edit, publish
from workflows import actions as path


@pytest.fixture
def card(city):
    return publish(city.card)


@pytest.fixture
def tomorrow():
    return timezone.now().replace(microsecond=0) + timedelta(days=1)


def test_a_copy_of_a_public_page_is_a_draft_of_its_own(client, city, card):
    made = copy(city, card, city.folder, actor=city.operator)

    assert (made.live, made.alias_of_id, made.title) == (False, None, "Kopia")
    assert made.translation_key != card.translation_key
    assert client.get("/uslugi/sa/kopia/").status_code == 404
    assert made.owner_unit.code == "SA"


def test_a_copy_takes_along_only_what_the_person_may_see(city):
    parent = publish(city.new_page("Rodzic", parent=city.home))
    own = city.new_page("Dziecko", parent=parent)

    made = copy(city, parent, city.folder, with_descendants=True)
    assert [page.title for page in made.get_children()] == [own.title]
    assert not any(page.live for page in made.get_descendants(inclusive=True))

    with pytest.raises(NoAuthority):
        copy(city, city.folder, city.other_folder, actor=city.person("other_coordinator"))


def test_pages_of_another_unit_below_are_not_copied_along(city):
    page = city.new_page("Wspólna", parent=city.folder)
    Page.objects.get(pk=page.pk)  # The branch of another unit begins below it.
    child = city.new_page("Obca", parent=page)
    child.stewardship.owner_unit = city.other_folder.unit
    child.stewardship.save()

    with pytest.raises(NoAuthority):
        copy(city, page, city.folder, actor=city.operator, with_descendants=True)
    assert copy(city, page, city.folder, actor=city.operator).numchild == 0


def test_a_copy_needs_a_mandate_at_both_ends(city, card):
    with pytest.raises(NoAuthority):
        copy(city, card, city.other_folder, actor=city.operator)
    with pytest.raises(NoAuthority):
        copy(city, card, city.other_folder, actor=city.stranger)
    with pytest.raises(OwnerMissing):
        copy(city, card, Page.objects.get(depth=1))


@pytest.mark.parametrize("slug", ["", "zameldowanie-na-pobyt-stały", "dwa słowa", "x" * 300])
def test_a_copy_with_an_address_that_is_none_is_refused(city, card, slug):
    with pytest.raises(AddressRefused):
        copy(city, card, city.folder, slug=slug)


def test_a_copy_below_itself_or_where_it_may_not_lie_is_refused(city, card):
    page = city.new_page("Strona")
    with pytest.raises(KpumError):
        copy(city, page, page, with_descendants=True)
    with pytest.raises(KpumError):
        copy(city, card, card)


def test_the_trail_says_of_what_it_is_a_copy(city, card):
    copy(city, card, city.folder, actor=city.operator)

    entry = AuditEntry.objects.get(action="page.copied")
    assert card.title in entry.before
    assert "/uslugi/sa/kopia/" in entry.after


def test_wagtails_dialogue_copies_at_the_door_and_offers_no_way_round(client, city, card):
    client.force_login(city.operator)
    address = f"/admin/pages/{card.pk}/copy/"
    answers = {"new_title": "Kopia", "new_slug": "kopia", "new_parent_page": city.folder.pk}

    shown = client.get(address).content.decode()
    client.post(address, answers | {"alias": "on", "publish_copies": "on"})

    made = Page.objects.get(slug="kopia")
    assert 'name="alias"' not in shown
    assert 'name="publish_copies"' not in shown
    assert (made.live, made.alias_of_id) == (False, None)
    assert AuditEntry.objects.filter(action="page.copied").exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("new_slug", ""), ("new_parent_page", ""), ("new_parent_page", "żaden"), ("new_title", "")],
)
def test_wagtails_dialogue_names_the_wrong_field(client, city, card, field, value):
    client.force_login(city.operator)
    answers = {"new_title": "Kopia", "new_slug": "kopia", "new_parent_page": city.folder.pk}

    response = client.post(f"/admin/pages/{card.pk}/copy/", answers | {field: value})

    assert response.status_code == 200
    assert field in response.context["form"].errors


def test_the_old_address_leads_to_the_new_one(
    client, city, card, django_capture_on_commit_callbacks
):
    old = card.get_url()

    with django_capture_on_commit_callbacks(execute=True):
        rename(city, card, "meldunek")

    assert client.get("/uslugi/sa/meldunek/").status_code == 200
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, "/uslugi/sa/meldunek/")


def test_everything_below_follows_and_its_old_addresses_lead_there(
    client, city, django_capture_on_commit_callbacks
):
    parent = publish(city.new_page("Rodzic"))
    child = publish(city.new_page("Dziecko", parent=parent))
    old = child.get_url()

    with django_capture_on_commit_callbacks(execute=True):
        rename(city, parent, "nowy")
    with django_capture_on_commit_callbacks(execute=True):
        rename(city, parent, "rodzic")
    with django_capture_on_commit_callbacks(execute=True):
        rename(city, parent, "najnowszy")

    assert client.get(old)["Location"] == "/uslugi/sa/najnowszy/dziecko/"
    document = client.get(f"/api/v1/channels/public/documents/{child.translation_key}").json()
    assert document["url"].endswith("/najnowszy/dziecko/")


def test_a_renamed_page_keeps_its_address_when_the_next_text_is_published(city, card):
    edit(card, author=city.operator, summary="Nowa.")
    rename(city, card, "meldunek")

    publish(edit(card, author=city.operator, summary="Najnowsza."))

    assert fresh(card).slug == "meldunek"


def test_a_page_under_review_or_waiting_for_its_time_keeps_its_address(city, card, tomorrow):
    edit(card, author=city.operator, summary="Nowa.")
    path.submit(page=fresh(card), user=city.operator)
    scheduled = publish(
        edit(city.new_card("SA-2", "Druga"), author=city.operator, go_live_at=tomorrow)
    )

    for page in (card, scheduled):
        with pytest.raises(AddressRefused):
            rename(city, page, "inny")


@pytest.mark.parametrize("slug", ["", "dwa słowa", "druga", "ą"])
def test_an_address_that_is_none_or_taken_is_refused(city, card, slug):
    city.new_card("SA-2", "Druga", slug="druga")

    with pytest.raises(AddressRefused):
        rename(city, card, slug)


def test_a_public_address_changes_by_the_chief_editor_and_a_drafts_by_its_author(city, card):
    draft = city.new_page("Szkic")
    rename(city, draft, "inny-szkic", actor=city.operator)
    assert fresh(draft).slug == "inny-szkic"

    with pytest.raises(NoAuthority):
        rename(city, card, "meldunek", actor=city.operator)

    withdraw(city, card)
    with pytest.raises(NoAuthority):
        rename(city, card, "meldunek", actor=city.operator)


def test_the_trail_says_both_addresses(city, card):
    old = card.get_url()
    rename(city, card, "meldunek")

    entry = AuditEntry.objects.get(action="page.renamed")
    assert (entry.before, entry.after) == (old, "/uslugi/sa/meldunek/")


def test_a_withdrawn_pages_address_is_not_changed_by_its_editor(client, city, card):
    withdraw(city, card)
    client.force_login(city.operator)
    edited = fresh(card)
    body = {"title": edited.title, "slug": "gdzie-indziej"}

    from tests.pages.walk import FORM_FRAME

    response = client.post(f"/admin/pages/{card.pk}/edit/", FORM_FRAME | body)

    assert "slug" in response.context["form"].errors
    assert fresh(card).slug == edited.slug


def test_the_dialogue_changes_the_address_and_names_a_wrong_one(client, city, card):
    client.force_login(city.chief)
    address = f"/admin/portal/pages/{card.pk}/address/"

    wrong = client.post(address, {"slug": "dwa słowa"})
    taken = client.post(address, {"slug": city.new_card("SA-2", "Druga").slug})
    client.post(address, {"slug": "meldunek"})

    assert wrong.context["form"].errors.keys() == {"slug"}
    assert taken.context["form"].errors.keys() == {"slug"}
    assert fresh(card).slug == "meldunek"


def test_a_cancelled_schedule_leaves_a_draft(city, tomorrow):
    card = publish(edit(city.card, author=city.operator, go_live_at=tomorrow))

    cancel_schedule(city, card)

    entry = AuditEntry.objects.get(action="page.schedule_cancelled")
    assert str(timezone.localtime(tomorrow).year) in entry.before
    with time_machine.travel(tomorrow, tick=False):
        assert door.publish_due() == (0, 0)
    assert not fresh(card).live


def test_only_who_may_withdraw_cancels_and_only_what_is_scheduled(city, card, tomorrow):
    scheduled = publish(
        edit(city.new_card("SA-2", "Druga"), author=city.operator, go_live_at=tomorrow)
    )

    with pytest.raises(NoAuthority):
        cancel_schedule(city, scheduled, actor=city.coordinator)
    with pytest.raises(KpumError):
        cancel_schedule(city, card)


def test_the_dialogue_cancels_the_schedule(client, city, tomorrow):
    card = publish(edit(city.card, author=city.operator, go_live_at=tomorrow))
    client.force_login(city.chief)
    address = f"/admin/portal/pages/{card.pk}/cancel-schedule/"

    assert client.get(address).status_code == 200
    client.post(address)

    assert not fresh(card).approved_schedule


def test_what_is_no_page_of_the_portal_is_refused(city):
    for page_id in (999_999, Page.objects.get(depth=1).pk):
        with pytest.raises(KpumError):
            door.rename(
                page_id=page_id, slug="x", authority=door.Authority.of_mandate(), actor=city.chief
            )


def test_a_renamed_draft_leaves_no_redirect_that_would_tell_of_it(
    client, city, django_capture_on_commit_callbacks
):
    page = city.new_page("Szkic")
    old = page.get_url()

    with django_capture_on_commit_callbacks(execute=True):
        rename(city, page, "tajemnica", actor=city.operator)

    assert client.get(old).status_code == 404
