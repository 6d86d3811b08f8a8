"""The one door: what it does, on whose authority, and what it refuses."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Page, Revision

from kpum.audit.models import AuditEntry
from kpum.core.errors import KpumError
from kpum.outbox.models import OutboxEvent
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import WithdrawalReason
from kpum.pages.errors import NoAuthority, NotPublishable, OwnerMissing
from kpum.pages.models import Placement, Stewardship
from kpum.portal.models import InformationPage
from tests.factories.pages import draft, edit, publish

BY_MANDATE = Authority.of_mandate()


def withdraw(city, page, actor):
    return door.withdraw(
        page_id=page.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Usługa już nie istnieje.",
        authority=BY_MANDATE,
        actor=actor,
    )


def fresh(page):
    return Page.objects.get(pk=page.pk)


def test_publishing_makes_page_audit_event_and_placements_agree(city):
    card = publish(city.card)

    assert fresh(card).live
    assert set(Placement.objects.filter(page=card.pk).values_list("channel", flat=True)) == {
        "public",
        "bip",
    }
    assert (
        AuditEntry.objects.filter(action="page.published", subject=f"page:{card.pk}").count() == 1
    )
    assert OutboxEvent.objects.filter(kind="page.published", subject=f"page:{card.pk}").count() == 1


def test_a_personal_mandate_never_publishes(city):
    with pytest.raises(NoAuthority):
        door.publish(
            page_id=city.card.pk,
            revision_id=city.card.latest_revision_id,
            authority=BY_MANDATE,
            actor=city.chief,
        )


def test_approvals_cover_one_revision_only(city):
    approved = Authority.of_approvals(city.card.latest_revision_id, "łańcuch")
    later = edit(city.card, author=city.operator, summary="Inna treść.")

    with pytest.raises(NoAuthority):
        door.publish(
            page_id=city.card.pk,
            revision_id=later.latest_revision_id,
            authority=approved,
            actor=city.chief,
        )


def test_an_incomplete_card_is_refused_with_each_field_named(city):
    card = edit(city.card, author=city.operator, applicants="", channels=[], no_documents=True)

    with pytest.raises(NotPublishable) as refused:
        publish(card)

    assert {"applicants", "channels", "documents"} <= set(refused.value.errors)
    assert not fresh(card).live


def test_only_the_chief_editor_withdraws(city):
    card = publish(city.card)
    for part in (
        "operator",
        "coordinator",
        "head",
        "editor",
        "manager",
        "stranger",
        "administrator",
    ):
        with pytest.raises(NoAuthority):
            withdraw(city, card, city.person(part))

    withdraw(city, card, city.chief)

    assert not fresh(card).live
    entry = AuditEntry.objects.get(action="page.withdrawn")
    assert entry.data["explanation"] == "Usługa już nie istnieje."


def test_approvals_of_a_text_do_not_withdraw_it(city):
    card = publish(city.card)

    with pytest.raises(NoAuthority):
        door.withdraw(
            page_id=card.pk,
            reason=WithdrawalReason.ERROR,
            explanation="",
            authority=Authority.of_approvals(card.live_revision_id, "łańcuch"),
            actor=city.chief,
        )


def test_what_is_not_public_cannot_be_withdrawn(city):
    with pytest.raises(KpumError):
        withdraw(city, city.card, city.chief)


def test_a_moved_page_and_all_below_belong_to_the_new_unit(city):
    parent = publish(city.new_page("Rodzic"))
    child = publish(city.new_page("Dziecko", parent=parent))

    door.move(
        page_id=parent.pk, target_id=city.other_folder.pk, authority=BY_MANDATE, actor=city.chief
    )

    owners = Stewardship.objects.filter(page__in=[parent.pk, child.pk])
    assert {row.owner_unit.code for row in owners} == {"ZZM"}


def test_an_operator_moves_drafts_but_nothing_public(city):
    page = city.new_page("Szkic")
    target = city.new_page("Cel")
    door.move(page_id=page.pk, target_id=target.pk, authority=BY_MANDATE, actor=city.operator)
    assert fresh(page).get_parent().pk == target.pk

    publish(page)
    with pytest.raises(NoAuthority):
        door.move(
            page_id=page.pk, target_id=city.folder.pk, authority=BY_MANDATE, actor=city.operator
        )


def test_nobody_moves_a_draft_to_another_units_folder_without_a_mandate_there(city):
    page = city.new_page("Szkic")

    with pytest.raises(NoAuthority):
        door.move(
            page_id=page.pk,
            target_id=city.other_folder.pk,
            authority=BY_MANDATE,
            actor=city.operator,
        )


def test_a_page_cannot_leave_the_territory_of_units(city):
    root = Page.objects.get(depth=1)

    with pytest.raises(OwnerMissing):
        door.move(
            page_id=publish(city.card).pk,
            target_id=root.pk,
            authority=Authority.of_system(SystemMandate.TESTS),
            actor=None,
        )


def test_deleting_a_public_page_takes_the_chief_editor(city):
    card = publish(city.card)
    with pytest.raises(NoAuthority):
        door.delete(page_id=card.pk, authority=BY_MANDATE, actor=city.operator)

    door.delete(page_id=card.pk, authority=BY_MANDATE, actor=city.chief)

    assert not Page.objects.filter(pk=card.pk).exists()
    assert AuditEntry.objects.filter(action="page.deleted").exists()


def test_a_page_without_an_owning_unit_is_not_saved(city):
    root = Page.objects.get(depth=1)

    with pytest.raises(OwnerMissing):
        draft(root, InformationPage(title="Niczyja", slug="niczyja", lead="x"))


def test_an_approved_expiry_takes_the_page_away_by_itself(city):
    now = timezone.now()
    card = publish(edit(city.card, author=city.operator, expire_at=now + timedelta(hours=1)))
    assert door.publish_due() == (0, 0)

    with time_machine.travel(now + timedelta(hours=1), tick=False):
        assert door.publish_due() == (0, 1)

    assert not fresh(card).live
    assert AuditEntry.objects.get(action="page.expired").authority == "system: schedule"


def test_what_nobody_approved_is_not_published_by_the_clock(city):
    # As raw SQL would: the guard refuses to save such a time.
    Revision.objects.filter(pk=city.card.latest_revision_id).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=1)
    )

    assert door.publish_due() == (0, 0)
    assert not fresh(city.card).live


def test_a_unit_bound_page_hands_its_new_unit_down_when_published(city):
    card = publish(city.card)
    folder = edit(city.folder, author=city.chief, unit=city.other_folder.unit)

    publish(folder)

    assert Stewardship.objects.get(page=card.pk).owner_unit.code == "ZZM"
