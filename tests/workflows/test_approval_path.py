"""A card travels from its operator to the public, and nobody may take a step that is not his."""

import pytest
from django.core import mail
from wagtail.models import (
    Page,
    Task,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowState,
    WorkflowTask,
)

from kpum.audit.models import AuditEntry
from kpum.pages.errors import NotPublishable
from tests.factories.pages import edit
from workflows import actions
from workflows.errors import CommentMissing, NotSubmittable, NotYourDecision, StaleReview


def current(page):
    return Page.objects.get(pk=page.pk).specific.current_workflow_task_state


def submit(city, page=None):
    return actions.submit(page=page or city.card, user=city.operator)


def approve(page, user):
    return actions.approve(task_state=current(page), user=user)


def test_a_card_becomes_public_after_unit_portfolio_manager_and_chief_editor(city):
    submit(city)

    for person in (city.coordinator, city.manager):
        approve(city.card, person)
        assert not Page.objects.get(pk=city.card.pk).live
    state = approve(city.card, city.chief)

    assert Page.objects.get(pk=city.card.pk).live
    assert state.status == WorkflowState.STATUS_APPROVED
    trail = AuditEntry.objects.about(f"page:{city.card.pk}").values_list("action", "actor_name")
    assert list(trail) == [
        ("page.submitted", "Halina Wrona"),
        ("page.formally_checked", "system"),
        ("page.approved", "Marek Sowa"),
        ("page.approved", "Paweł Teka"),
        ("page.approved", "Jadwiga Naczelna"),
        ("page.published", "Jadwiga Naczelna"),
    ]


def test_the_audit_names_the_chain_of_approvals(city):
    submit(city)
    for person in (city.coordinator, city.manager, city.chief):
        approve(city.card, person)

    entry = AuditEntry.objects.get(action="page.published", subject=f"page:{city.card.pk}")

    for name in ("Marek Sowa", "Paweł Teka", "Jadwiga Naczelna"):
        assert name in entry.authority


def test_a_page_that_is_no_card_skips_the_portfolio_manager(city):
    page = city.new_page("Jak płacić")
    submit(city, page)

    approve(page, city.coordinator)
    approve(page, city.chief)

    statuses = TaskState.objects.order_by("pk").values_list("task__name", "status")
    assert list(statuses) == [
        ("Sprawdzenie formalne", "approved"),
        ("Akceptacja jednostki", "approved"),
        ("Zgodność ze Strategią Usług", "skipped"),
        ("Akceptacja Redaktora Głównego", "approved"),
    ]
    assert Page.objects.get(pk=page.pk).live


@pytest.mark.parametrize("stage", [0, 1, 2])
def test_only_the_person_of_the_stage_decides(city, stage):
    people = ["coordinator", "manager", "chief"]
    everybody = [
        "operator", "second_operator", "coordinator", "head", "stranger", "other_coordinator",
        "manager", "chief", "editor", "administrator",
    ]  # fmt: skip
    submit(city)
    for part in people[:stage]:
        approve(city.card, city.person(part))

    # K-26: the chief editor may decide in the portfolio manager's name.
    allowed = {people[stage]} | ({"chief"} if stage == 1 else set())
    for part in everybody:
        if part not in allowed:
            with pytest.raises(NotYourDecision):
                approve(city.card, city.person(part))
            with pytest.raises(NotYourDecision):
                actions.send_back(
                    task_state=current(city.card), user=city.person(part), comment="x"
                )
    approve(city.card, city.person(people[stage]))


def test_whoever_saved_a_revision_since_the_live_one_decides_nothing(city):
    edit(city.card, author=city.coordinator, summary="Poprawione przez koordynatora.")
    submit(city)

    with pytest.raises(NotYourDecision):
        approve(city.card, city.coordinator)
    approve(city.card, city.head)

    assert current(city.card).task.name == "Zgodność ze Strategią Usług"


def test_the_chief_editors_own_text_goes_to_a_portal_editor(city):
    edit(city.card, author=city.chief, summary="Poprawione przez redaktor naczelną.")
    submit(city)
    approve(city.card, city.coordinator)
    approve(city.card, city.manager)

    with pytest.raises(NotYourDecision):
        approve(city.card, city.chief)
    approve(city.card, city.editor)

    assert Page.objects.get(pk=city.card.pk).live


def test_a_returned_and_changed_text_begins_again_with_the_unit(city):
    submit(city)
    approve(city.card, city.coordinator)
    approve(city.card, city.manager)
    actions.send_back(task_state=current(city.card), user=city.chief, comment="Popraw opłatę.")
    edit(city.card, author=city.operator, summary="Zgłoś nowy adres, teraz poprawnie.")

    submit(city, Page.objects.get(pk=city.card.pk).specific)

    assert current(city.card).task.name == "Akceptacja jednostki"
    for person in (city.coordinator, city.manager, city.chief):
        approve(city.card, person)
    assert Page.objects.get(pk=city.card.pk).specific.summary.endswith("poprawnie.")


def test_a_returned_text_that_did_not_change_goes_back_to_who_returned_it(city):
    submit(city)
    approve(city.card, city.coordinator)
    actions.send_back(task_state=current(city.card), user=city.manager, comment="Wyjaśnij.")

    submit(city, Page.objects.get(pk=city.card.pk).specific)

    assert current(city.card).task.name == "Zgodność ze Strategią Usług"


def test_a_reviewer_never_approves_another_version_than_he_read(city):
    submit(city)
    edit(city.card, author=city.operator, summary="Przemycona zmiana.")

    with pytest.raises(StaleReview):
        approve(city.card, city.coordinator)

    assert current(city.card).status == TaskState.STATUS_IN_PROGRESS


def test_returning_a_text_needs_a_comment(city):
    submit(city)

    with pytest.raises(CommentMissing):
        actions.send_back(task_state=current(city.card), user=city.coordinator, comment="  ")


def test_a_card_that_lacks_what_a_citizen_needs_does_not_enter_the_path(city):
    edit(city.card, author=city.operator, summary="", legal_bases=[])

    with pytest.raises(NotPublishable) as refused:
        submit(city, Page.objects.get(pk=city.card.pk).specific)

    assert {"summary", "legal_bases"} <= set(refused.value.errors)
    assert not WorkflowState.objects.exists()


@pytest.mark.parametrize("part", ["stranger", "manager", "administrator"])
def test_only_people_of_the_unit_and_the_editors_submit(city, part):
    with pytest.raises(NotSubmittable):
        actions.submit(page=city.card, user=city.person(part))

    assert not WorkflowState.objects.exists()


def test_a_text_under_review_is_not_submitted_twice(city):
    submit(city)

    with pytest.raises(NotSubmittable):
        submit(city, Page.objects.get(pk=city.card.pk).specific)


def test_each_reviewer_and_nobody_else_gets_a_letter(city, django_capture_on_commit_callbacks):
    for act, readers in (
        (lambda: submit(city), ["coordinator"]),
        (lambda: approve(city.card, city.coordinator), ["manager"]),
        (lambda: approve(city.card, city.manager), ["chief"]),
        (lambda: approve(city.card, city.chief), ["operator"]),
    ):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        assert [m.to for m in mail.outbox] == [[f"{part}@example.org"] for part in readers]


def test_a_return_reaches_the_author_and_the_earlier_approvers(
    city, django_capture_on_commit_callbacks
):
    submit(city)
    approve(city.card, city.coordinator)
    approve(city.card, city.manager)
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        actions.send_back(task_state=current(city.card), user=city.chief, comment="Popraw opłatę.")

    letters = [m for m in mail.outbox if "Popraw opłatę." in m.body]
    assert sorted(m.to[0].split("@")[0] for m in letters) == ["coordinator", "manager", "operator"]


@pytest.mark.parametrize(
    "part", ["operator", "coordinator", "head", "stranger", "manager", "chief", "administrator"]
)
def test_only_the_reviewer_sees_the_text_waiting_for_him(city, part):
    submit(city)

    waiting = TaskState.objects.reviewable_by(city.person(part))

    assert waiting.count() == (1 if part == "coordinator" else 0)


def test_establishing_the_path_twice_changes_nothing(city):
    actions.establish_path(root=city.home)

    assert city.card.get_workflow().workflow_tasks.count() == 4


def test_a_shortened_workflow_approves_nothing(city):
    submit(city)
    approve(city.card, city.coordinator)
    approve(city.card, city.manager)
    WorkflowTask.objects.filter(task__name="Akceptacja Redaktora Głównego").delete()

    with pytest.raises(NotYourDecision):
        approve(city.card, city.chief)
    short = Workflow.objects.create(name="Skrót")
    WorkflowTask.objects.create(
        workflow=short, task=Task.objects.get(name="Akceptacja jednostki"), sort_order=0
    )
    WorkflowPage.objects.create(workflow=short, page=city.folder)
    other = city.new_card("SA-15", "Na skróty")
    submit(city, other)
    with pytest.raises(NotYourDecision):
        approve(other, city.coordinator)

    assert not Page.objects.get(pk=city.card.pk).live
    assert not Page.objects.get(pk=other.pk).live
