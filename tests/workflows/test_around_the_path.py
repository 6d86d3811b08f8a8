"""What happens beside the path: cancelling, letters nobody needs, a host's own pages, the buttons."""

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from wagtail.models import (
    GroupApprovalTask,
    Page,
    Task,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from kpum.audit.models import AuditEntry
from kpum.core.errors import Refused
from kpum.org.actions import end_mandate, grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Mandate
from kpum.outbox.actions import deliver_waiting
from kpum.outbox.models import OutboxEvent
from tests.factories.pages import edit, publish
from tests.pages.walk import FORM_FRAME
from workflows import actions, queries, reviewers
from workflows.enums import Stage
from workflows.errors import NotSubmittable
from workflows.models import UnitApprovalTask


def current(page):
    return Page.objects.get(pk=page.pk).specific.current_workflow_task_state


def decision(state, name):
    """Return the address of a reviewer's dialog."""
    page_id = state.workflow_state.object_id
    return reverse("wagtailadmin_pages:workflow_action", args=[page_id, name, state.pk])


@pytest.fixture
def review(city):
    """The card under review, waiting for its unit."""
    return actions.submit(page=city.card, user=city.operator)


@pytest.fixture
def hosts_review(city, django_capture_on_commit_callbacks):
    """A host's own page, submitted to a group as stock Wagtail does."""
    root = Page.objects.get(depth=1)
    page = root.add_child(instance=Page(title="Strona gospodarza", slug="gospodarz", live=False))
    page.save_revision()
    task = GroupApprovalTask.objects.create(name="Grupa", active=True)
    task.groups.add(Group.objects.create(name="Recenzenci"))
    workflow = Workflow.objects.create(name="Gospodarza", active=True)
    WorkflowTask.objects.create(workflow=workflow, task=task)
    with django_capture_on_commit_callbacks(execute=True):
        return workflow.start(page, city.chief)


def test_a_cancelled_review_is_in_the_trail_and_the_text_may_be_edited_again(client, city, review):
    client.force_login(city.operator)

    client.post(f"/admin/pages/{city.card.pk}/edit/", FORM_FRAME | {"action-cancel-workflow": "1"})

    page = Page.objects.get(pk=city.card.pk).specific
    entry = AuditEntry.objects.get(action="page.review_cancelled")
    assert (entry.actor_name, entry.subject_label) == ("Halina Wrona", city.card.title)
    assert "operator" in entry.authority
    assert page.get_lock() is None
    assert not page.live


def test_a_review_that_the_system_ends_is_in_the_trail_too(city, review):
    review.cancel()

    assert AuditEntry.objects.get(action="page.review_cancelled").actor_name == "system"


@pytest.mark.parametrize("deleted", [False, True])
def test_a_cancelled_review_of_a_page_that_is_not_ours_is_not_in_our_trail(
    city, hosts_review, deleted
):
    if deleted:
        WorkflowState.objects.filter(pk=hosts_review.pk).update(object_id="999999")
    state = WorkflowState.objects.get(pk=hosts_review.pk)

    state.cancel(user=city.administrator)

    assert state.status == WorkflowState.STATUS_CANCELLED
    assert not AuditEntry.objects.filter(action="page.review_cancelled").exists()


def test_a_decision_that_does_not_exist_is_refused(city, review):
    state = current(city.card)

    with pytest.raises(Refused, match="kaprys"):
        state.task.specific.on_action(state, city.coordinator, "kaprys")

    assert current(city.card).status == TaskState.STATUS_IN_PROGRESS


@pytest.mark.parametrize(("name", "status"), [("approve", "approved"), ("reject", "rejected")])
def test_a_decision_taken_in_the_admin_is_carried_out(client, city, review, name, status):
    state = current(city.card)
    client.force_login(city.coordinator)

    client.post(decision(state, name), {"comment": "Popraw."})

    assert TaskState.objects.get(pk=state.pk).status == status


def test_a_return_without_a_comment_asks_again(client, city, review):
    state = current(city.card)
    client.force_login(city.coordinator)

    client.post(decision(state, "reject"), {"comment": ""})

    assert current(city.card).pk == state.pk
    assert current(city.card).status == TaskState.STATUS_IN_PROGRESS


def test_a_reviewer_finds_his_two_decisions_in_the_editor_and_nobody_else_does(
    client, city, review
):
    shown = {}
    for part in ("coordinator", "operator", "administrator"):
        client.force_login(city.person(part))
        text = client.get(f"/admin/pages/{city.card.pk}/edit/").content.decode()
        shown[part] = [decision(current(city.card), name) in text for name in ("approve", "reject")]

    assert shown == {
        "coordinator": [True, True],
        "operator": [False, False],
        "administrator": [False, False],
    }


def test_the_portfolio_manager_opens_a_card_only_while_it_waits_for_him(client, city, review):
    client.force_login(city.manager)
    address = f"/admin/pages/{city.card.pk}/edit/"
    too_early = client.get(address).status_code

    actions.approve(task_state=current(city.card), user=city.coordinator)
    in_time = client.get(address).status_code
    actions.approve(task_state=current(city.card), user=city.manager)
    too_late = client.get(address).status_code

    assert (too_early, in_time, too_late) == (302, 200, 302)


def test_a_text_under_review_says_what_holds_it(client, city, review):
    told = {}
    for part in ("coordinator", "operator"):
        client.force_login(city.person(part))
        told[part] = client.get(f"/admin/pages/{city.card.pk}/edit/").content.decode()

    assert "czeka na Twoją decyzję" in told["coordinator"]
    assert "Akceptacja jednostki" in told["operator"]
    assert "czeka na Twoją decyzję" not in told["operator"]


def test_a_new_page_offers_no_decisions(client, city):
    client.force_login(city.operator)

    text = client.get(
        f"/admin/pages/add/kpum_services/servicecardpage/{city.folder.pk}/"
    ).content.decode()

    assert "workflow/action/" not in text


def test_each_stage_says_who_decides_at_it():
    told = {model.get_description() for model in actions.TASK_NAMES}

    assert len(told) == len(actions.TASK_NAMES)
    assert all(told)


def test_a_person_without_an_address_gets_no_letter_and_the_others_do(
    city, django_capture_on_commit_callbacks
):
    second = city.second_operator
    grant_mandate(
        user=second, role=Role.UNIT_COORDINATOR, unit=city.folder.unit, basis="zastępstwo"
    )
    coordinator = city.coordinator
    coordinator.email = ""
    coordinator.save()

    with django_capture_on_commit_callbacks(execute=True):
        actions.submit(page=city.card, user=city.operator)

    assert [letter.to for letter in mail.outbox] == [["second_operator@example.org"]]


def test_where_nobody_has_an_address_no_letter_is_sent_and_the_event_leaves(
    city, django_capture_on_commit_callbacks
):
    coordinator = city.coordinator
    coordinator.email = ""
    coordinator.save()

    with django_capture_on_commit_callbacks(execute=True):
        actions.submit(page=city.card, user=city.operator)

    assert mail.outbox == []
    assert not OutboxEvent.objects.waiting().exists()


def test_a_reviewer_is_not_asked_for_what_has_been_decided_meanwhile(city, review):
    actions.approve(task_state=current(city.card), user=city.coordinator)

    deliver_waiting()

    assert [letter.to for letter in mail.outbox] == [["manager@example.org"]]


@pytest.mark.parametrize("kind", ["stage_opened", "returned", "published"])
def test_a_letter_about_a_review_that_is_gone_stays_unwritten(city, kind):
    OutboxEvent.objects.all().delete()
    event = OutboxEvent(
        kind=f"workflow.{kind}", subject="page:1", payload={"task_state": 0, "authors": []}
    )
    event.created_at = city.operator.date_joined
    event.save()

    assert deliver_waiting() == 1
    assert mail.outbox == []


def test_a_hosts_own_page_keeps_wagtails_letters(city, hosts_review):
    assert "administrator@example.org" in [
        address for letter in mail.outbox for address in letter.to
    ]
    assert any("Strona gospodarza" in letter.subject for letter in mail.outbox)


def test_a_page_without_a_path_is_not_submitted(city):
    WorkflowPage.objects.all().delete()

    with pytest.raises(NotSubmittable, match=city.card.title):
        actions.submit(page=city.card, user=city.operator)


def test_what_is_still_under_review_gives_no_authority(city, review):
    actions.approve(task_state=current(city.card), user=city.coordinator)

    assert queries.authority_of(WorkflowState.objects.get(pk=review.pk)) is None
    assert queries.approvals_of_revision(city.card.latest_revision_id) is None


def test_a_stage_added_since_then_takes_the_authority_back(city, review):
    for part in ("coordinator", "manager", "chief"):
        actions.approve(task_state=current(city.card), user=city.person(part))
    approved = WorkflowState.objects.get(pk=review.pk)
    assert queries.authority_of(approved) is not None

    task = UnitApprovalTask.objects.create(name="Radca prawny", active=True)
    WorkflowTask.objects.create(workflow=approved.workflow, task=Task.objects.get(pk=task.pk))

    assert queries.authority_of(approved) is None
    assert queries.approvals_of_revision(city.card.latest_revision_id) is None


def test_a_page_that_is_not_under_review_waits_for_nobodys_decision(city):
    assert not reviewers.may_decide(Stage.UNIT, city.card, None, city.coordinator)


def test_a_blocked_person_decides_nothing(city, review):
    coordinator = city.coordinator
    coordinator.is_active = False

    assert not reviewers.may_decide(Stage.UNIT, city.card, review, coordinator)


def test_where_a_unit_has_no_coordinator_its_head_decides(city):
    for mandate in Mandate.objects.filter(role=Role.UNIT_COORDINATOR.value):
        end_mandate(mandate=mandate, actor=None, reason="koniec kadencji")
    actions.submit(page=city.card, user=city.operator)

    actions.approve(task_state=current(city.card), user=city.head)

    assert current(city.card).task.name == "Zgodność ze Strategią Usług"


def test_a_page_that_lost_its_unit_waits_for_nobody(city, hosts_review):
    page = Page.objects.get(slug="gospodarz")

    assert not reviewers.reviewers_of(Stage.UNIT, page, hosts_review).exists()


def test_a_published_text_may_be_changed_and_submitted_again(city, review):
    for part in ("coordinator", "manager", "chief"):
        actions.approve(task_state=current(city.card), user=city.person(part))
    page = Page.objects.get(pk=city.card.pk).specific
    page.save_revision(user=city.operator)

    again = actions.submit(page=Page.objects.get(pk=page.pk).specific, user=city.operator)

    assert again.pk != review.pk
    assert current(city.card).task.name == "Akceptacja jednostki"


def test_a_published_page_under_review_stays_as_the_public_knows_it(client, city):
    card = publish(city.card)
    page = Page.objects.get(pk=card.pk).specific
    page.summary = "Jeszcze niezatwierdzone."
    page.save_revision(user=city.operator)

    actions.submit(page=Page.objects.get(pk=card.pk).specific, user=city.operator)

    assert "Jeszcze niezatwierdzone." not in client.get(card.get_url()).content.decode()


def test_whoever_wrote_what_is_public_already_may_decide_on_the_next_change(city):
    publish(edit(city.card, author=city.coordinator, summary="Napisał koordynator."))
    edit(city.card, author=city.operator, summary="Poprawiła operatorka.")
    actions.submit(page=Page.objects.get(pk=city.card.pk).specific, user=city.operator)

    actions.approve(task_state=current(city.card), user=city.coordinator)

    assert current(city.card).task.name == "Zgodność ze Strategią Usług"


def test_wagtails_own_approvals_lead_on_but_never_to_the_public(city, review):
    for part in ("coordinator", "manager"):
        current(city.card).approve(user=city.person(part))
    assert current(city.card).task.name == "Akceptacja Redaktora Głównego"

    with pytest.raises(PermissionDenied), transaction.atomic():
        current(city.card).approve(user=city.chief)

    assert not Page.objects.get(pk=city.card.pk).live
