"""Cancelling, naming who decides, and branch sites where the unit's approval publishes."""

import pytest
from django.core import mail
from django.urls import reverse
from wagtail.models import Page, TaskState, WorkflowState

from branch_pages.models import BranchSitePage
from kpum.audit.models import AuditEntry
from kpum.org.actions import end_mandate, grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Mandate, Unit
from kpum.portal.models import InformationPage
from tests.factories.pages import draft, edit, publish
from workflows import actions
from workflows.enums import Stage, Verdict
from workflows.errors import CannotDecide, NotUnderReview, NotYourDecision, PolicyRefused
from workflows.records import Agreement, Assignment, BranchPolicy


def fresh(page):
    return Page.objects.get(pk=page.pk).specific


def current(page):
    return fresh(page).current_workflow_task_state


def approve(page, user):
    return actions.approve(task_state=current(page), user=user)


@pytest.fixture
def review(city):
    return actions.submit(page=city.card, user=city.operator)


@pytest.fixture
def branch(city):
    """A public branch site of SA with its own coordinator and operator."""
    unit = Unit.objects.get(code="SA")
    site = publish(
        draft(city.home, BranchSitePage(title="Kontakt", slug="kontakt", lead="Tu.", unit=unit))
    )
    for part, role in (
        ("second_operator", Role.BRANCH_OPERATOR),
        ("other_coordinator", Role.BRANCH_COORDINATOR),
    ):
        for mandate in Mandate.objects.filter(user=city.person(part)):
            end_mandate(mandate=mandate, actor=None, reason="zmiana zadań")
        grant_mandate(user=city.person(part), role=role, branch=site, basis="zarządzenie 1/2026")
    return site


def branch_text(city, branch, title="Godziny pracy"):
    page = InformationPage(title=title, lead="O czym jest ta strona.")
    return draft(branch, page, author=city.second_operator)


# --- cancelling -------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["operator", "head", "editor", "chief"])
def test_an_author_and_those_who_lead_the_path_cancel_a_review(city, review, part):
    actions.cancel(page=city.card, user=city.person(part))

    review.refresh_from_db()
    assert review.status == WorkflowState.STATUS_CANCELLED
    entry = AuditEntry.objects.get(action="page.review_cancelled")
    assert entry.actor_name == str(city.person(part))
    assert entry.authority


@pytest.mark.parametrize(
    "part", ["second_operator", "coordinator", "manager", "stranger", "administrator"]
)
@pytest.mark.parametrize("way", ["action", "wagtail"])
def test_nobody_else_does_whichever_way_he_tries(city, review, part, way):
    user = city.person(part)
    cancel = current(city.card).workflow_state.cancel if way == "wagtail" else actions.cancel
    told = {"user": user} if way == "wagtail" else {"user": user, "page": city.card}

    with pytest.raises(NotYourDecision):
        cancel(**told)


def test_an_author_without_a_mandate_no_longer_cancels(city, review):
    for mandate in Mandate.objects.filter(user=city.operator):
        end_mandate(mandate=mandate, actor=None, reason="odejście")

    with pytest.raises(NotYourDecision):
        actions.cancel(page=city.card, user=city.operator)


def test_what_is_not_under_review_is_not_cancelled(city):
    with pytest.raises(NotUnderReview):
        actions.cancel(page=city.card, user=city.operator)


def test_a_cancelled_text_is_submitted_again_and_begins_anew(city, review):
    approve(city.card, city.coordinator)
    actions.cancel(page=city.card, user=city.operator)

    again = actions.submit(page=fresh(city.card), user=city.operator)

    assert again.pk != review.pk
    assert current(city.card).task.specific.stage is Stage.UNIT


def test_the_editors_cancel_button_is_shown_to_whom_it_obeys(client, city, review):
    shown = {}
    for part in ("operator", "coordinator", "head"):
        client.force_login(city.person(part))
        text = client.get(reverse("wagtailadmin_pages:edit", args=[city.card.pk])).content.decode()
        shown[part] = "action-cancel-workflow" in text

    assert shown["operator"]
    assert not shown["coordinator"]


def test_a_reviewers_raw_cancel_is_refused_in_words(client, city, review):
    client.force_login(city.coordinator)

    client.post(
        reverse("wagtailadmin_pages:edit", args=[city.card.pk]), {"action-cancel-workflow": "1"}
    )

    review.refresh_from_db()
    assert review.status == WorkflowState.STATUS_IN_PROGRESS


# --- naming who decides -----------------------------------------------------------------------


@pytest.fixture
def second_coordinator(city):
    person = city.second_operator
    grant_mandate(
        user=person, role=Role.UNIT_COORDINATOR, unit=Unit.objects.get(code="SA"), basis="up. 7"
    )
    return person


@pytest.mark.parametrize("part", ["head", "editor", "chief"])
def test_a_named_person_decides_alone(city, review, second_coordinator, part):
    actions.reassign(
        task_state=current(city.card), to=second_coordinator, user=city.person(part), note="Pilne."
    )

    with pytest.raises(NotYourDecision):
        approve(city.card, city.coordinator)
    assert not TaskState.objects.reviewable_by(city.coordinator).exists()
    assert TaskState.objects.reviewable_by(second_coordinator).count() == 1
    approve(city.card, second_coordinator)
    entry = AuditEntry.objects.get(action="page.reassigned")
    assert (entry.before, entry.after) == ("Edyta Lipiec, Marek Sowa", "Edyta Lipiec") or (
        entry.before,
        entry.after,
    ) == ("Marek Sowa, Edyta Lipiec", "Edyta Lipiec")


def test_when_the_named_person_no_longer_may_everybody_of_the_stage_may_again(
    city, review, second_coordinator
):
    actions.reassign(task_state=current(city.card), to=second_coordinator, user=city.head)
    end_mandate(
        mandate=Mandate.objects.get(user=second_coordinator, role=Role.UNIT_COORDINATOR),
        actor=None,
        reason="odwołanie",
    )

    approve(city.card, city.coordinator)

    assert current(city.card).task.specific.stage is Stage.CONFORMITY


@pytest.mark.parametrize(
    "part", ["operator", "coordinator", "manager", "stranger", "administrator"]
)
def test_who_has_no_right_to_reassign_names_nobody(city, review, second_coordinator, part):
    with pytest.raises(NotYourDecision):
        actions.reassign(
            task_state=current(city.card), to=second_coordinator, user=city.person(part)
        )
    assert not Assignment.objects.exists()


@pytest.mark.parametrize("part", ["operator", "stranger", "manager"])
def test_only_who_may_decide_is_named(city, review, part):
    with pytest.raises(CannotDecide):
        actions.reassign(task_state=current(city.card), to=city.person(part), user=city.head)


def test_the_named_person_alone_gets_a_letter_with_the_note(
    city, review, second_coordinator, django_capture_on_commit_callbacks
):
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        actions.reassign(
            task_state=current(city.card), to=second_coordinator, user=city.head, note="Pilne."
        )

    letters = [letter for letter in mail.outbox if "Pilne." in letter.body]
    assert [letter.to for letter in letters] == [["second_operator@example.org"]]
    assert reverse("kpum_review", args=[current(city.card).pk]) in letters[0].body


# --- branch sites -----------------------------------------------------------------------------


def test_a_branchs_own_coordinator_approves_what_its_operator_wrote(city, branch):
    page = branch_text(city, branch)
    actions.submit(page=page, user=city.second_operator)

    approve(page, city.person("other_coordinator"))

    assert current(page).task.specific.stage is Stage.CHIEF_EDITOR
    outside = city.new_page("Poza serwisem")
    actions.submit(page=outside, user=city.operator)
    with pytest.raises(NotYourDecision):
        approve(outside, city.person("other_coordinator"))


def test_where_the_policy_says_so_the_units_approval_publishes(city, branch):
    actions.set_branch_policy(
        page=branch, unit_publishes=True, basis="decyzja 3/2026", user=city.chief
    )
    page = branch_text(city, branch)
    actions.submit(page=page, user=city.second_operator)

    approve(page, city.person("other_coordinator"))

    assert fresh(page).live
    skipped = Agreement.objects.get(page_id=page.pk, stage=Stage.CHIEF_EDITOR)
    assert skipped.verdict == Verdict.SKIPPED
    assert "decyzja 3/2026" in skipped.comment
    entry = AuditEntry.objects.get(action="page.published", subject=f"page:{page.pk}")
    assert "decyzja 3/2026" in entry.authority
    assert AuditEntry.objects.filter(action="page.stage_skipped").count() == 1


def test_the_policy_holds_at_the_moment_of_the_decision(city, branch):
    page = branch_text(city, branch)
    for unit_publishes in (True, False):
        actions.set_branch_policy(
            page=branch, unit_publishes=unit_publishes, basis="decyzja", user=city.chief
        )
    actions.submit(page=page, user=city.second_operator)

    approve(page, city.person("other_coordinator"))

    assert not fresh(page).live
    assert current(page).task.specific.stage is Stage.CHIEF_EDITOR


def test_a_service_card_still_passes_the_portfolio_manager(city, branch, monkeypatch):
    monkeypatch.setattr(InformationPage, "requires_conformity", True)
    actions.set_branch_policy(page=branch, unit_publishes=True, basis="decyzja", user=city.chief)
    page = branch_text(city, branch)
    actions.submit(page=page, user=city.second_operator)

    approve(page, city.person("other_coordinator"))

    assert not fresh(page).live
    assert current(page).task.specific.stage is Stage.CONFORMITY
    approve(page, city.manager)
    assert fresh(page).live


@pytest.mark.parametrize(
    "part", ["operator", "head", "coordinator", "editor", "manager", "administrator"]
)
def test_only_the_chief_editor_sets_a_branchs_policy(client, city, branch, part):
    with pytest.raises(NotYourDecision):
        actions.set_branch_policy(
            page=branch, unit_publishes=True, basis="x", user=city.person(part)
        )
    client.force_login(city.person(part))
    client.post(
        reverse("kpum_branch_policy", args=[branch.pk]), {"unit_publishes": "on", "basis": "x"}
    )

    assert not BranchPolicy.objects.exists()


def test_a_main_area_has_no_policy_and_a_policy_needs_its_basis(city, branch):
    for page, basis in ((city.catalogue, "decyzja"), (branch, "  ")):
        with pytest.raises(PolicyRefused):
            actions.set_branch_policy(page=page, unit_publishes=True, basis=basis, user=city.chief)


def test_the_chief_editor_decides_on_a_branch_in_the_admin(client, city, branch):
    client.force_login(city.chief)
    address = reverse("kpum_branch_policy", args=[branch.pk])

    assert client.post(address, {"unit_publishes": "on", "basis": ""}).status_code == 400
    client.post(address, {"unit_publishes": "on", "basis": "decyzja 3/2026"})

    policy = BranchPolicy.objects.get()
    assert (policy.page_id, policy.unit_publishes, policy.decided_by) == (
        branch.pk,
        True,
        city.chief,
    )
    assert "decyzja 3/2026" in client.get(address).content.decode()
    entry = AuditEntry.objects.get(action="branch.policy_set")
    assert (entry.before, "decyzja 3/2026" in entry.after) == ("", True)
    overview = client.get(reverse("wagtailadmin_explore", args=[branch.pk])).content.decode()
    assert address in overview


def test_a_policy_of_another_kind_of_page_has_no_screen(client, city):
    client.force_login(city.chief)

    assert client.get(reverse("kpum_branch_policy", args=[city.catalogue.pk])).status_code == 404


def test_an_edit_by_the_branchs_coordinator_is_not_his_to_approve(city, branch):
    page = branch_text(city, branch)
    edit(page, author=city.person("other_coordinator"), lead="Poprawione.")
    actions.submit(page=fresh(page), user=city.second_operator)

    with pytest.raises(NotYourDecision):
        approve(page, city.person("other_coordinator"))
    approve(page, city.coordinator)

    assert current(page).task.specific.stage is Stage.CHIEF_EDITOR
