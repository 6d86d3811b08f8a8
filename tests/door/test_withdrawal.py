"""A withdrawn page says why it is gone, keeps its last text if that is wanted, and leads on."""

import pytest
from django.core.management import call_command
from wagtail.models import Page

from kpum.audit.models import AuditEntry
from kpum.channels.models import PublishedDocument
from kpum.org.enums import Right
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from kpum.pages.errors import NoAuthority, WithdrawalRefused
from kpum.pages.models import Withdrawal
from tests.door.acts import fresh, rename, replace, tombstone, withdraw
from tests.factories.pages import edit, publish

EXPLANATION = "Tej sprawy już nie ma."


@pytest.fixture
def card(city):
    return publish(edit(city.card, author=city.operator, summary="Ostatnia jawna treść."))


@pytest.fixture
def other(city):
    return publish(city.new_card("SA-20", "Zameldowanie przez internet"))


def page_text(client, page):
    response = client.get(fresh(page).get_url())
    return response.status_code, response.content.decode()


def test_the_last_public_text_stays_readable_and_says_that_it_is_out_of_date(client, city, card):
    withdraw(city, card, keep_text=True)

    response = client.get(card.get_url())
    text = response.content.decode()

    assert response.status_code == 200
    assert "Ostatnia jawna treść." in text
    assert EXPLANATION in text
    assert '<meta name="robots" content="noindex">' in text
    assert response["X-Robots-Tag"] == "noindex"


def test_a_text_that_stays_is_found_nowhere_else(client, city, card):
    withdraw(city, card, keep_text=True)

    listed = client.get(city.folder.get_url()).content.decode()
    found = client.get("/szukaj/?q=Zameldowanie").content.decode()
    mapped = client.get("/sitemap.xml").content.decode()
    document = client.get(f"/api/v1/channels/public/documents/{card.translation_key}")

    for text in (listed, found, mapped):
        assert card.get_url() not in text
    assert document.status_code == 410


@pytest.mark.parametrize("keep_text", [True, False])
def test_a_later_draft_does_not_show_through(client, city, card, keep_text):
    withdraw(city, card, keep_text=keep_text)
    address = card.get_url()

    later = fresh(card)
    later.title, later.summary = "Tajemnicza karta", "Tajemnicza treść."
    later.save(clean=False)
    later.save_revision(user=city.operator, clean=False)

    text = client.get(address).content.decode()
    assert "Tajemnicza" not in text
    assert "Zameldowanie" in text


def test_the_kept_text_outlives_the_purge_of_revisions(client, city, card):
    withdraw(city, card, keep_text=True)
    edit(card, author=city.operator, summary="Nowszy szkic.")

    call_command("purge_revisions", verbosity=0)

    assert "Ostatnia jawna treść." in page_text(client, card)[1]


@pytest.mark.parametrize("reason", [WithdrawalReason.MERGED, WithdrawalReason.REPLACED])
def test_what_was_merged_or_replaced_names_where_to_go(city, card, reason):
    with pytest.raises(WithdrawalRefused) as refused:
        withdraw(city, card, reason=reason)

    assert refused.value.field == "successor"
    assert fresh(card).live


@pytest.mark.parametrize("which", ["draft", "itself", "nothing", "withdrawn"])
def test_a_successor_is_another_public_page(city, card, other, which):
    withdrawn = publish(city.new_card("SA-30", "Dawna"))
    withdraw(city, withdrawn)
    draft = city.new_card("SA-31", "Szkic")
    successor_id = {
        "draft": draft.pk, "itself": card.pk, "nothing": 999_999, "withdrawn": withdrawn.pk,
    }[which]  # fmt: skip

    with pytest.raises(WithdrawalRefused) as refused:
        withdraw(city, card, reason=WithdrawalReason.REPLACED, successor_id=successor_id)

    assert refused.value.field == "successor"
    assert fresh(card).live


def test_a_withdrawal_without_words_for_citizens_is_refused(city, card):
    with pytest.raises(WithdrawalRefused) as refused:
        withdraw(city, card, explanation="  ")

    assert refused.value.field == "explanation"


def test_the_address_leads_to_the_successor(client, city, card, other):
    replace(city, card, other)

    response = client.get(card.get_url())

    assert (response.status_code, response["Location"]) == (301, other.get_url())


def test_a_kept_text_names_the_successor_instead_of_leading_there(client, city, card, other):
    replace(city, card, other, keep_text=True)

    status, text = page_text(client, card)

    assert status == 200
    assert f'href="{other.get_url()}"' in text


def test_a_chain_of_successors_leads_to_its_end(client, city, card, other):
    last = publish(city.new_card("SA-21", "Ostatnia"))
    replace(city, card, other)
    replace(city, other, last)

    assert client.get(card.get_url())["Location"] == last.get_url()


def test_a_chain_that_ends_nowhere_says_that_the_page_is_gone(client, city, card, other):
    replace(city, card, other)
    withdraw(city, other)

    status, text = page_text(client, card)

    assert status == 410
    assert EXPLANATION in text


def test_successors_in_a_circle_end_politely(client, city, card, other):
    replace(city, card, other)
    withdraw(city, other)
    Withdrawal.objects.filter(page=other.pk).update(successor=card.pk)

    assert page_text(client, card)[0] == 410
    assert page_text(client, other)[0] == 410


def test_a_deleted_successor_leaves_the_reason(client, city, card, other):
    replace(city, card, other)
    door.delete(page_id=other.pk, authority=Authority.of_mandate(), actor=city.chief)

    assert page_text(client, card)[0] == 410


def test_a_withdrawn_directory_of_units_says_so_too(client, city):
    withdraw(city, city.directory)
    assert client.get("/jednostki/").status_code == 410

    publish(fresh(city.directory))
    withdraw(city, fresh(city.directory), keep_text=True)
    assert client.get("/jednostki/").status_code == 200


def test_the_tombstone_names_where_to_go(client, city, card, other):
    replace(city, card, other)

    feed = client.get("/api/v1/channels/public/changes?limit=500").json()
    entry = next(c for c in feed["changes"] if c["id"] == str(card.translation_key))
    document = client.get(f"/api/v1/channels/public/documents/{card.translation_key}")

    successor = {"id": str(other.translation_key), "locale": "pl", "url": other.full_url}
    assert (entry["status"], entry["reason"]) == ("gone", "withdrawn")
    assert entry["successor"] == successor
    assert (document.status_code, document.json()["successor"]) == (410, successor)


def test_a_tombstone_follows_its_successor_to_a_new_address(city, card, other):
    replace(city, card, other)
    before = tombstone(card)

    rename(city, other, "meldunek-online")

    after = tombstone(card)
    assert after.successor_url == fresh(other).full_url
    assert after.sequence > before.sequence


def test_a_page_without_a_successor_leaves_a_plain_tombstone(client, city, card):
    withdraw(city, card)

    feed = client.get("/api/v1/channels/public/changes?limit=500").json()
    entry = next(c for c in feed["changes"] if c["id"] == str(card.translation_key))

    assert entry["successor"] is None


def test_a_page_that_comes_back_has_no_withdrawal_and_no_successor(client, city, card, other):
    replace(city, card, other)

    publish(fresh(card))

    assert page_text(client, card)[0] == 200
    assert not Withdrawal.objects.exists()
    row = tombstone(card)
    assert (row.gone_reason, row.successor_id, row.successor_url) == ("", None, "")


def test_approvals_from_before_the_withdrawal_bring_nothing_back(city, card):
    old = Authority.of_approvals(
        card.latest_revision_id, "łańcuch", given_at=fresh(card).last_published_at
    )
    withdraw(city, card)

    with pytest.raises(NoAuthority):
        door.publish(
            page_id=card.pk, revision_id=card.latest_revision_id, authority=old, actor=city.chief
        )

    assert not fresh(card).live


def test_the_trail_says_in_words_how_it_was_and_how_it_is(city, card, other):
    replace(city, card, other, keep_text=True)

    entry = AuditEntry.objects.get(action="page.withdrawn")
    assert card.get_url() in entry.before
    assert EXPLANATION in entry.after
    assert other.title in entry.after
    assert entry.authority.count("upoważnienie chief") == 1


@pytest.mark.parametrize("part", ["operator", "head", "manager", "editor", "administrator"])
def test_who_may_not_withdraw_is_refused(city, card, part):
    with pytest.raises(NoAuthority):
        withdraw(city, card, actor=city.person(part))

    assert Right.WITHDRAW.value == "withdraw"
    assert fresh(card).live


def test_the_dialogue_shows_each_fault_beside_its_field_and_keeps_what_was_typed(
    client, city, card
):
    client.force_login(city.chief)

    response = client.post(
        f"/admin/pages/{card.pk}/unpublish/",
        {"reason": "replaced", "explanation": "Zastąpiona inną kartą.", "keep_text": "on"},
    )
    text = response.content.decode()

    assert response.status_code == 200
    assert "Zastąpiona inną kartą." in text
    assert response.context["form"].errors.keys() == {"successor"}
    assert fresh(card).live


def test_the_dialogue_withdraws_with_everything_that_was_chosen(client, city, card, other):
    client.force_login(city.chief)

    client.post(
        f"/admin/pages/{card.pk}/unpublish/",
        {
            "reason": "merged",
            "explanation": "Razem z inną.",
            "keep_text": "on",
            "successor": other.pk,
        },
    )

    withdrawal = Withdrawal.objects.get(page=card.pk)
    assert (withdrawal.keep_text, withdrawal.successor_id) == (True, other.pk)


@pytest.mark.parametrize("successor", ["żadna", "-1", "9" * 30, "999999"])
def test_a_successor_that_is_no_page_is_named_as_the_fault(client, city, card, successor):
    client.force_login(city.chief)

    response = client.post(
        f"/admin/pages/{card.pk}/unpublish/",
        {"reason": "replaced", "explanation": "x", "successor": successor},
    )

    assert response.context["form"].errors.keys() == {"successor"}
    assert fresh(card).live


def test_nobody_chooses_taken_down_as_a_reason(client, city, card):
    client.force_login(city.chief)

    response = client.post(
        f"/admin/pages/{card.pk}/unpublish/", {"reason": "taken_down", "explanation": "x"}
    )

    assert response.context["form"].errors.keys() == {"reason"}
    assert Page.objects.get(pk=card.pk).live
    assert not PublishedDocument.objects.filter(gone_reason="taken-down").exists()
