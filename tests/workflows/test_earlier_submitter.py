"""Four eyes reach back: whoever ever submitted the revision under review does not approve it."""

import pytest
from wagtail.models import Page

from workflows import actions
from workflows.errors import NotYourDecision
from workflows.queries import reviewers_for


def current(page):
    return Page.objects.get(pk=page.pk).specific.current_workflow_task_state


def submit(page, user):
    actions.submit(page=Page.objects.get(pk=page.pk).specific, user=user)


def test_a_returned_text_sent_again_by_a_colleague_is_not_approved_by_its_first_submitter(city):
    submit(city.card, city.coordinator)
    actions.send_back(task_state=current(city.card), user=city.head, comment="Wyjaśnij.")
    submit(city.card, city.operator)

    with pytest.raises(NotYourDecision):
        actions.approve(task_state=current(city.card), user=city.coordinator)

    assert list(reviewers_for(current(city.card))) == [city.head]


def test_a_cancelled_review_begun_again_by_a_colleague_is_not_approved_by_its_first_submitter(city):
    submit(city.card, city.coordinator)
    Page.objects.get(pk=city.card.pk).current_workflow_state.cancel(user=city.coordinator)
    submit(city.card, city.operator)

    with pytest.raises(NotYourDecision):
        actions.approve(task_state=current(city.card), user=city.coordinator)
