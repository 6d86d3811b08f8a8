"""What seldom happens on the path: a review of a page that is nobody's, a vanished event, a second try."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Page, TaskState

from branch_pages.models import BranchSitePage
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Unit
from kpum.outbox.actions import deliver_waiting
from kpum.outbox.models import OutboxEvent
from kpum.pages.models import Stewardship
from tests.factories.pages import draft, publish
from workflows import actions, queries
from workflows.records import Agreement, AgreementIsFinal, Assignment, BranchPolicy
from workflows.regulation_models import (
    AcceptanceIsFinal,
    PublishingRegulation,
    RegulationAcceptance,
)
from workflows.regulations import accept_regulation, issue_regulation

pytestmark = pytest.mark.django_db


def current(page):
    return Page.objects.get(pk=page.pk).specific.current_workflow_task_state


@pytest.fixture
def waiting(city):
    actions.submit(page=city.card, user=city.operator)
    return current(city.card)


def told(kind, payload):
    OutboxEvent.objects.all().delete()
    OutboxEvent.objects.create(
        kind=kind, subject="page:1", payload=payload, created_at="2026-01-01T00:00:00Z"
    )
    deliver_waiting()
    assert OutboxEvent.objects.get().delivered_at
    return mail.outbox


def test_nobody_is_written_to_about_a_stage_that_is_over(city, waiting):
    actions.approve(task_state=waiting, user=city.coordinator)

    payload = {"task_state": waiting.pk, "assignment": 1, "authors": []}
    assert told("workflow.stage_opened", payload) == []
    assert told("workflow.reassigned", payload) == []


def test_only_the_person_named_last_is_written_to(city, waiting):
    person = city.coordinator
    actions.reassign(task_state=waiting, to=person, user=city.chief, note="Proszę o decyzję.")
    newest = Assignment.objects.get()

    older = {"task_state": waiting.pk, "assignment": newest.pk - 1}
    assert told("workflow.reassigned", older) == []
    [letter] = told("workflow.reassigned", older | {"assignment": newest.pk})
    assert letter.to == [person.email]


def test_a_review_of_a_page_that_is_nobodys_is_cancelled_by_nobody(city, waiting):
    Stewardship.objects.filter(page=city.card.pk).delete()

    assert queries.who_may_cancel(city.card, waiting.workflow_state, city.chief) is None


def test_a_stage_that_is_none_of_ours_has_no_screen(client, city, waiting):
    client.force_login(city.chief)
    address = reverse("kpum_review", args=[waiting.pk])
    assert client.get(address).status_code == 200

    moderation = GroupApprovalTask.objects.create(name="Moderacja")
    TaskState.objects.filter(pk=waiting.pk).update(task=moderation)
    assert client.get(address).status_code == 404


def test_records_of_the_path_tell_an_operator_what_they_are_and_stay(city, waiting):
    actions.reassign(task_state=waiting, to=city.coordinator, user=city.chief, note="")
    actions.approve(task_state=waiting, user=city.coordinator)
    row = Agreement.objects.get(task_state=waiting)

    assert str(row).endswith(row.get_verdict_display())
    assert row.person_name in str(row)
    assert str(Assignment.objects.get()) == f"{waiting.pk} → {city.coordinator}"
    with pytest.raises(AgreementIsFinal):
        row.delete()


def test_a_locked_text_outside_the_path_offers_no_decision(client, city):
    city.card.locked = True
    city.card.locked_by = city.coordinator
    city.card.save(update_fields=["locked", "locked_by"])
    client.force_login(city.operator)

    answer = client.get(reverse("wagtailadmin_pages:edit", args=[city.card.pk]))
    assert answer.status_code == 200
    assert reverse("kpum_waiting") in answer.content.decode()
    assert "kpum-review" not in answer.content.decode()


def test_a_hosts_page_is_cancelled_wagtails_own_way(client, city):
    page = Page.objects.get(depth=1).add_child(instance=Page(title="Gospodarz", slug="host"))
    client.force_login(city.administrator)

    answer = client.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), {"action-cancel-workflow": "1"}
    )
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert answer.status_code < 500
    assert not any("Gospodarz" in text and "recenzj" in text.lower() for text in said)


# --- branch sites and the regulation ----------------------------------------------------------


@pytest.fixture
def branch(city):
    unit = Unit.objects.get(code="SA")
    site = BranchSitePage(title="Kontakt", slug="kontakt", lead="Tu.", unit=unit)
    return publish(draft(city.home, site))


def test_who_publishes_in_a_branch_is_offered_to_its_decider_alone(client, city, branch):
    client.force_login(city.coordinator)
    shown = client.get(reverse("wagtailadmin_explore", args=[branch.pk])).content.decode()

    assert reverse("kpum_branch_policy", args=[branch.pk]) not in shown


def test_a_policy_that_is_refused_is_not_stored_and_says_why(client, city, branch, monkeypatch):
    from workflows.errors import PolicyRefused

    def refuse(**_facts):
        raise PolicyRefused("Strona jest właśnie zamykana.")

    monkeypatch.setattr("workflows.actions.set_branch_policy", refuse)
    client.force_login(city.chief)

    answer = client.post(
        reverse("kpum_branch_policy", args=[branch.pk]), {"unit_publishes": "on", "basis": "x"}
    )
    assert answer.status_code == 400
    assert "właśnie zamykana" in answer.content.decode()
    assert not BranchPolicy.objects.exists()


def test_a_policy_tells_an_operator_what_it_is(city, branch):
    actions.set_branch_policy(page=branch, unit_publishes=True, basis="decyzja 1", user=city.chief)

    policy = BranchPolicy.objects.get()
    assert str(policy) == f"{branch}: {policy.wording}"


@pytest.fixture
def regulation(city):
    return issue_regulation(
        regulation=PublishingRegulation(
            version="1/2026",
            title="Regulamin publikowania",
            text="§ 1. Piszemy prosto.",
            legal_basis="zarządzenie 3842/2023",
            valid_from=date(2026, 1, 1),
        ),
        actor=city.chief,
    )


def test_an_acceptance_that_comes_second_is_refused_in_words(client, city, regulation):
    person, unit = city.person("other_coordinator"), Unit.objects.get(code="ZZM")
    grant_mandate(user=person, role=Role.UNIT_REPRESENTATIVE, unit=unit, basis="powołanie")
    client.force_login(person)
    facts = {"unit": unit.pk, "regulation": regulation.pk, "function": "dyrektorka", "agreed": "on"}
    address = reverse("kpum_regulation_admin")

    client.post(address, facts)
    again = client.post(address, facts, follow=True)

    assert RegulationAcceptance.objects.count() == 1
    assert again.status_code == 200
    assert any(message.level_tag == "error" for message in get_messages(again.wsgi_request)) or (
        "errorlist" in again.content.decode() or "error" in again.content.decode()
    )


def test_acceptances_are_not_removed_in_bulk(city, regulation):
    unit = Unit.objects.get(code="ZZM")
    person = city.person("other_coordinator")
    grant_mandate(user=person, role=Role.UNIT_REPRESENTATIVE, unit=unit, basis="powołanie")
    accept_regulation(unit=unit, regulation=regulation, person=person, function="dyrektorka")

    with pytest.raises(AcceptanceIsFinal):
        RegulationAcceptance.objects.all().delete()


@pytest.fixture
def posted(client, city):
    """Send a form to the editor; what the hook says of it matters, not whether the form is whole."""
    client.raise_request_exception = False

    def post(person, form):
        client.force_login(person)
        answer = client.post(reverse("wagtailadmin_pages:edit", args=[city.card.pk]), form)
        return [str(message) for message in get_messages(answer.wsgi_request)]

    return post


def test_a_returned_text_is_saved_again_and_nothing_says_it_is_read_only(posted, city, waiting):
    actions.send_back(task_state=waiting, user=city.coordinator, comment="Popraw datę.")

    assert not any(city.operator.get_full_name() in text for text in posted(city.operator, {}))


def test_a_decision_from_the_editor_is_not_answered_with_a_warning(posted, city, waiting):
    form = {"action-workflow-action": "1", "workflow-action-name": "approve"}

    # What nobody has read yet is said again with the next answer.
    deciding, warned = posted(city.coordinator, form), posted(city.coordinator, {})
    name = city.operator.get_full_name()
    assert any(name in text for text in warned)
    assert not any(name in text for text in deciding)
