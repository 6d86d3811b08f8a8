"""Who may decide on a text: from the page's owning unit and the mandates in force at that second.

Four eyes: whoever submitted the text or saved a revision since the live one decides nothing on it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from wagtail.models import Page, Revision, TaskState, WorkflowState

from kpum.core import clock
from kpum.org import queries as org
from kpum.org.enums import Role, Scope
from kpum.org.models import Mandate
from kpum.pages.models import Stewardship
from workflows.enums import Stage


@dataclass(frozen=True)
class Review:
    """A text waiting at a stage: its page, the path of its owning unit, and who wrote it."""

    page_id: int
    unit_path: str
    authors: frozenset[int]


def authors_of(pages: Iterable[Any]) -> dict[int, set[int]]:
    """Return, for each page, who saved a revision since the live one (two queries for any number)."""
    pages = list(pages)
    saved: dict[int, set[int]] = defaultdict(set)
    live = {page.pk: page.live_revision_id or 0 for page in pages}
    revisions = Revision.objects.page_revisions().filter(
        object_id__in=[str(page.pk) for page in pages], user__isnull=False
    )
    for object_id, pk, user_id in revisions.values_list("object_id", "pk", "user_id"):
        if pk > live[int(object_id)]:
            saved[int(object_id)].add(user_id)
    return saved


def reviews_of(states: Iterable[tuple[str, int | None]]) -> dict[int, Review]:
    """Return the reviews behind (page id, submitter) pairs; a constant number of queries."""
    submitters = {int(object_id): user_id for object_id, user_id in states}
    pages = list(Page.objects.filter(pk__in=submitters))
    saved = authors_of(pages)
    paths = dict(
        Stewardship.objects.filter(page__in=submitters).values_list("page_id", "owner_unit__path")
    )
    return {
        page.pk: Review(
            page.pk,
            paths[page.pk],
            frozenset(saved[page.pk] | _known(submitters[page.pk])),
        )
        for page in pages
        if page.pk in paths
    }


def _known(submitter: int | None) -> set[int]:
    return set() if submitter is None else {submitter}


class Bench:
    """The holders of a stage's roles now; decides for any number of reviews with one query."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        roles = [role for role in (stage.deciding_role, stage.standby_role) if role]
        self._mandates = list(
            Mandate.objects.in_force(clock.now())
            .for_roles(*roles)
            .values_list("user_id", "role", "unit__path")
        )

    def _holding(self, role: Role | None, review: Review) -> set[int]:
        if role is None:
            return set()
        return {
            user_id
            for user_id, held, path in self._mandates
            if held == role and (role.scope is Scope.PORTAL or review.unit_path.startswith(path))
        }

    def reviewers(self, review: Review) -> set[int]:
        """Return who may decide: the deciding role, or its stand-by when nobody else is left.

        A coordinator's own change goes to a second coordinator or the head; the chief editor's own
        to a portal editor.
        """
        deciding = self._holding(self.stage.deciding_role, review)
        standby = self._holding(self.stage.standby_role, review)
        if deciding & review.authors or not deciding:
            deciding |= standby
        return deciding - review.authors


def review_of(page: Any, state: WorkflowState) -> Review | None:
    """Return the review of one page in one run of the path."""
    return reviews_of([(state.object_id, state.requested_by_id)]).get(page.pk)


def reviewers_of(stage: Stage, page: Any, state: WorkflowState) -> QuerySet[Any]:
    """Return the people who may decide on the page at the stage."""
    review = review_of(page, state)
    ids = Bench(stage).reviewers(review) if review else set()
    return org.active_people(ids)


def may_decide(stage: Stage, page: Any, state: WorkflowState | None, user: Any) -> bool:
    """Return whether the person may decide on the page at the stage; a superuser needs a mandate too."""
    if state is None or not user.is_active:
        return False
    review = review_of(page, state)
    return review is not None and user.pk in Bench(stage).reviewers(review)


def awaiting(stage: Stage, task: Any, user: Any) -> QuerySet[TaskState]:
    """Return the task states that wait for this person, as a plain queryset (WAGTAIL.md § 2.1)."""
    held = {mandate.role for mandate in org.mandates_of(user)}
    if not held & {stage.deciding_role.value, stage.standby_role and stage.standby_role.value}:
        return TaskState.objects.none()
    open_states = list(
        TaskState.objects.filter(task=task, status=TaskState.STATUS_IN_PROGRESS).values_list(
            "pk", "workflow_state__object_id", "workflow_state__requested_by_id"
        )
    )
    reviews = reviews_of((object_id, submitter) for _pk, object_id, submitter in open_states)
    bench = Bench(stage)
    mine = [
        pk
        for pk, object_id, _submitter in open_states
        if (review := reviews.get(int(object_id))) and user.pk in bench.reviewers(review)
    ]
    return TaskState.objects.filter(Q(pk__in=mine))
