"""Every decision is kept as it was taken, and stands behind what becomes public (K-18, K-14, K-26)."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from wagtail.models import Page, Task, TaskState, WorkflowState, WorkflowTask

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.org.actions import name_substitute
from kpum.org.enums import Role
from kpum.org.models import Mandate
from kpum.pages.errors import NotPublishable
from tests.factories.pages import edit, publish
from workflows import actions, queries
from workflows.enums import Stage, Verdict
from workflows.models import FormalCheckTask
from workflows.records import Agreement, AgreementIsFinal


def fresh(page):
    return Page.objects.get(pk=page.pk).specific


def current(page):
    return fresh(page).current_workflow_task_state


def approve(page, user, comment=""):
    return actions.approve(task_state=current(page), user=user, comment=comment)


def walk(city, page):
    actions.submit(page=page, user=city.operator)
    for person in (city.coordinator, city.manager, city.chief):
        approve(page, person)


@pytest.fixture
def substituted(city):
    """The second operator acts for the coordinator this week."""
    now = clock.now()
    name_substitute(
        mandate=Mandate.objects.get(role=Role.UNIT_COORDINATOR, user=city.coordinator),
        substitute=city.second_operator,
        valid_from=now - timedelta(hours=1),
        valid_to=now + timedelta(days=7),
        reason="urlop",
        named_by=city.head,
    )


def test_every_decision_is_kept_with_its_person_power_version_and_comment(city):
    actions.submit(page=city.card, user=city.operator)
    actions.send_back(task_state=current(city.card), user=city.coordinator, comment="Popraw datę.")

    row = Agreement.objects.get(stage=Stage.UNIT)

    assert (row.verdict, row.person_name, row.comment) == (
        Verdict.RETURNED,
        "Marek Sowa",
        "Popraw datę.",
    )
    assert row.authority.startswith("koordynator jednostki, SA")
    assert (row.page_id, row.revision_id) == (city.card.pk, city.card.latest_revision_id)


def test_a_decision_is_never_changed_nor_deleted(city):
    actions.submit(page=city.card, user=city.operator)
    row = Agreement.objects.get()

    row.comment = "inaczej"
    for act in (
        row.save,
        row.delete,
        Agreement.objects.all().delete,
        lambda: Agreement.objects.update(comment="inaczej"),
    ):
        with pytest.raises(AgreementIsFinal):
            act()


def test_decisions_outlive_the_page(city):
    actions.submit(page=city.card, user=city.operator)
    actions.cancel(page=city.card, user=city.operator)

    Page.objects.get(pk=city.card.pk).delete()

    assert list(Agreement.objects.on_page(city.card.pk).values_list("task_state", flat=True)) == [
        None
    ]


def test_the_publication_names_for_whom_a_substitute_agreed(city, substituted):
    actions.submit(page=city.card, user=city.operator)
    for person in (city.second_operator, city.manager, city.chief):
        approve(city.card, person)

    entry = AuditEntry.objects.get(action="page.published", subject=f"page:{city.card.pk}")

    assert re.search(r"Edyta Lipiec \([^)]*Marek Sowa\)", entry.authority)


def test_the_chief_editor_agrees_in_the_portfolio_managers_name(city):
    actions.submit(page=city.card, user=city.operator)
    approve(city.card, city.coordinator)
    approve(city.card, city.chief)

    assert Agreement.objects.get(stage=Stage.CONFORMITY).acting_for == "Paweł Teka"


def test_a_return_by_a_substitute_says_in_whose_name_it_was_written(
    city, substituted, django_capture_on_commit_callbacks
):
    actions.submit(page=city.card, user=city.operator)
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        actions.send_back(task_state=current(city.card), user=city.second_operator, comment="Nie.")

    wording = re.compile(r"Edyta Lipiec \([^)]*Marek Sowa\)")
    assert any(wording.search(letter.body) for letter in mail.outbox)


def test_an_approval_without_its_agreement_publishes_nothing(city):
    walk(city, city.card)
    state = WorkflowState.objects.get()
    assert queries.authority_of(state) is not None

    other = city.new_card("SA-15", "Inna karta")
    actions.submit(page=other, user=city.operator)
    run = WorkflowState.objects.get(object_id=str(other.pk))
    for task in Task.objects.exclude(pk=FormalCheckTask.objects.get().pk):
        last = TaskState.objects.create(
            workflow_state=run, task=task, revision=other.latest_revision, status="approved"
        )
    WorkflowState.objects.filter(pk=run.pk).update(status="approved", current_task_state=last)

    assert queries.authority_of(WorkflowState.objects.get(pk=run.pk)) is None


def test_the_formal_check_is_a_step_of_its_own_and_says_what_was_checked(city):
    actions.submit(page=city.card, user=city.operator)

    row = Agreement.objects.get(stage=Stage.FORMAL)

    assert (row.person, row.verdict) == (None, Verdict.APPROVED)
    assert row.findings == {
        "checked": ["fields", "owner", "channels", "links", "alt_texts"],
        "remarks": [],
    }
    assert current(city.card).task.specific.stage is Stage.UNIT


@pytest.mark.parametrize("fate", ["withdrawn", "deleted"])
def test_a_link_to_a_page_that_is_gone_keeps_the_text_off_the_path(city, fate):
    target = publish(city.new_page("Dawna strona"))
    body = [("paragraph", f'<p><a linktype="page" id="{target.pk}">zobacz</a></p>')]
    edit(city.card, author=city.operator, steps_and_notes=body)
    _remove(city, target, fate)

    with pytest.raises(NotPublishable) as refused:
        actions.submit(page=fresh(city.card), user=city.operator)

    assert list(refused.value.errors) == ["steps_and_notes"]
    assert not WorkflowState.objects.exists()
    assert not Agreement.objects.exists()


def _remove(city, page, fate):
    from kpum.pages import actions as door
    from kpum.pages.authority import Authority
    from kpum.pages.enums import WithdrawalReason

    if fate == "deleted":
        door.delete(page_id=page.pk, authority=Authority.of_mandate(), actor=city.chief)
        return
    door.withdraw(
        page_id=page.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Nieaktualne.",
        authority=Authority.of_mandate(),
        actor=city.chief,
    )


def test_a_link_to_a_draft_is_a_remark_that_the_reviewer_reads(city):
    target = city.new_page("Strona w przygotowaniu")
    body = [("paragraph", f'<p><a linktype="page" id="{target.pk}">zobacz</a></p>')]
    edit(city.card, author=city.operator, steps_and_notes=body)

    actions.submit(page=fresh(city.card), user=city.operator)

    remarks = Agreement.objects.get(stage=Stage.FORMAL).findings["remarks"]
    assert len(remarks) == 1
    assert "Strona w przygotowaniu" in remarks[0]


def test_a_text_that_goes_nowhere_does_not_enter_the_path(city):
    edit(city.card, author=city.operator, targets=[])

    with pytest.raises(NotPublishable) as refused:
        actions.submit(page=fresh(city.card), user=city.operator)

    assert list(refused.value.errors) == ["targets"]


def test_a_path_of_the_former_version_gets_the_stage_it_lacks_in_its_place(city):
    workflow = city.card.get_workflow()
    WorkflowTask.objects.filter(task=FormalCheckTask.objects.get().task_ptr).delete()
    FormalCheckTask.objects.all().delete()
    for order, row in enumerate(workflow.workflow_tasks.order_by("sort_order")):
        WorkflowTask.objects.filter(pk=row.pk).update(sort_order=order)

    actions.establish_path(root=city.home)

    rows = WorkflowTask.objects.filter(workflow=workflow).order_by("sort_order")
    assert [row.task.specific.stage for row in rows] == list(Stage)


def test_a_review_begun_on_the_former_path_is_checked_before_it_ends(city):
    formal = FormalCheckTask.objects.get()
    FormalCheckTask.objects.update(active=False)
    actions.submit(page=city.card, user=city.operator)
    FormalCheckTask.objects.filter(pk=formal.pk).update(active=True)

    for person in (city.coordinator, city.manager, city.chief):
        approve(city.card, person)

    assert fresh(city.card).live
    assert Agreement.objects.filter(stage=Stage.FORMAL).count() == 1


def test_a_picture_without_a_description_keeps_the_text_off_the_path(city):
    from wagtail.images.tests.utils import get_test_image_file

    from kpum.media.models import PortalImage
    from kpum.pages.formal import look_beyond_fields

    class Shown:
        """A text that shows one picture, as the index's reader tells it."""

        targets = ["public"]

    picture = PortalImage.objects.create(title="Rynek", file=get_test_image_file())
    found = _looking_at(look_beyond_fields, Shown(), picture)
    assert list(found.errors) == ["hero"]
    assert "Rynek" in found.errors["hero"][0]

    PortalImage.objects.filter(pk=picture.pk).update(is_decorative=True)
    assert _looking_at(look_beyond_fields, Shown(), picture).errors == {}


def _looking_at(check, text, picture):
    from unittest.mock import patch

    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import ReferenceIndex

    kind = ContentType.objects.get_for_model(picture).pk
    row = (kind, str(picture.pk), "hero", "hero")
    with patch.object(ReferenceIndex, "_extract_references_from_object", return_value=[row]):
        return check(text)


def test_a_version_is_checked_once_however_often_it_is_submitted(city):
    actions.submit(page=city.card, user=city.operator)
    actions.send_back(task_state=current(city.card), user=city.coordinator, comment="Wyjaśnij.")

    actions.submit(page=fresh(city.card), user=city.operator)

    assert Agreement.objects.filter(stage=Stage.FORMAL).count() == 1
