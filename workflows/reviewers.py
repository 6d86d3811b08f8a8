"""Who may decide on a text: from the page's owning unit and the mandates in force at that second.

Four eyes: whoever saved a revision since the live one, or ever submitted the one under review,
decides nothing on it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from wagtail.models import Page, Revision, TaskState, WorkflowState

from kpum.audit.models import AuditEntry
from kpum.org import queries as org
from kpum.org.enums import Role
from kpum.org.powers import Ground, Place, Power, ground_of_powers
from kpum.pages.models import Stewardship
from workflows.enums import Stage
from workflows.records import Assignment


@dataclass(frozen=True)
class Review:
    """A text waiting at a stage: its page, where it lies, who wrote it, and who is named to decide."""

    page_id: int
    place: Place
    authors: frozenset[int]
    assigned: int | None = None


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


def submitters_of(pages: Iterable[Any]) -> dict[int, set[int]]:
    """Return, for each page, who ever sent its latest revision on the path (one query).

    The run itself remembers the last one only: a text that was returned, or taken off the path, and
    sent again by a colleague would let the first one approve what he had submitted.
    """
    latest = {f"page:{page.pk}": page for page in pages}
    to_python = get_user_model()._meta.pk.to_python
    sent: dict[int, set[int]] = defaultdict(set)
    entries = AuditEntry.objects.filter(action="page.submitted", subject__in=latest)
    for subject, actor_id, data in entries.values_list("subject", "actor_id", "data"):
        page = latest[subject]
        if actor_id and data.get("revision") == page.latest_revision_id:
            sent[page.pk].add(to_python(actor_id))
    return sent


def reviews_of(states: Iterable[tuple[str, int | None]]) -> dict[int, Review]:
    """Return the reviews behind (page id, submitter) pairs; a constant number of queries."""
    submitters = {int(object_id): user_id for object_id, user_id in states}
    pages = list(Page.objects.filter(pk__in=submitters))
    saved, sent = authors_of(pages), submitters_of(pages)
    rows = Stewardship.objects.filter(page__in=submitters)
    places = {
        page_id: Place(unit_path, page_path)
        for page_id, unit_path, page_path in rows.values_list(
            "page_id", "owner_unit__path", "page__path"
        )
    }
    assigned = assigned_on(submitters)
    return {
        page.pk: Review(
            page.pk,
            places[page.pk],
            frozenset(saved[page.pk] | sent[page.pk] | _known(submitters[page.pk])),
            assigned.get(page.pk),
        )
        for page in pages
        if page.pk in places
    }


def assigned_on(page_ids: Iterable[int]) -> dict[int, int]:
    """Return, for each page whose open stage was given to somebody, that person's id (one query)."""
    rows = Assignment.objects.filter(
        task_state__status=TaskState.STATUS_IN_PROGRESS,
        task_state__workflow_state__object_id__in=[str(pk) for pk in page_ids],
        task_state__workflow_state__base_content_type=ContentType.objects.get_for_model(Page),
    )
    # The newest row comes last and stays.
    return {
        int(object_id): person
        for object_id, person in rows.order_by("pk").values_list(
            "task_state__workflow_state__object_id", "person_id"
        )
    }


def _known(submitter: int | None) -> set[int]:
    return set() if submitter is None else {submitter}


class Bench:
    """The holders of a stage's roles now; decides for any number of reviews with two queries."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        roles = stage.deciding_roles | stage.standby_roles | stage.in_name_roles
        self._powers = org.powers_for(*sorted(roles))

    def _holding(self, roles: frozenset[Role], review: Review) -> dict[int, list[Power]]:
        held: dict[int, list[Power]] = defaultdict(list)
        for user_id, power in self._powers:
            if power.role in roles and power.reaches(review.place):
                held[user_id].append(power)
        return held

    def reviewers(self, review: Review) -> set[int]:
        """Return who is asked to decide: the deciding role, or its stand-by when nobody else is left.

        Somebody who was named to decide is asked alone, as long as he still may. A coordinator's own change goes to a second coordinator or the head; the chief editor's own
        to a portal editor. Only where nobody decides is the one asked who may act in their name.
        """
        asked = set(self._deciding(review))
        if review.assigned in asked | set(self._in_reserve(review)):
            return {review.assigned}
        return asked or set(self._in_reserve(review))

    def may_decide(self, user_id: int, review: Review) -> bool:
        """Return whether this person may decide, without putting the reason into words."""
        return user_id in self.able(review)

    def able(self, review: Review) -> set[int]:
        """Return everybody who may decide: the one who was named, as long as he may; else all."""
        able = set(self._deciding(review)) | set(self._in_reserve(review))
        return {pk for pk in able if pk == review.assigned} or able

    def ground_of(self, user_id: int, review: Review) -> Ground | None:
        """Return why this person may decide, or None when he may not."""
        if not self.may_decide(user_id, review):
            return None
        if powers := self._deciding(review).get(user_id):
            own = [power for power in powers if not power.acting_for]
            return ground_of_powers(own or powers)
        return self._in_name(ground_of_powers(self._in_reserve(review)[user_id]), review)

    def _in_reserve(self, review: Review) -> dict[int, list[Power]]:
        held = self._holding(self.stage.in_name_roles, review)
        return {user_id: held[user_id] for user_id in held if user_id not in review.authors}

    def _deciding(self, review: Review) -> dict[int, list[Power]]:
        deciding = self._holding(self.stage.deciding_roles, review)
        if not deciding or deciding.keys() & review.authors:
            for user_id, powers in self._holding(self.stage.standby_roles, review).items():
                deciding[user_id] += powers
        return {
            user_id: powers for user_id, powers in deciding.items() if user_id not in review.authors
        }

    def _in_name(self, ground: Ground, review: Review) -> Ground:
        """Return the ground of one who decides in the name of the stage's own role (K-26)."""
        ids = set(self._holding(self.stage.deciding_roles, review))
        names = [str(person) for person in org.active_people(ids)]
        titles = [str(role.label) for role in sorted(self.stage.deciding_roles)]
        # A chief editor's substitute acts for both: for the manager, and for the chief editor.
        acting_for = ", ".join(filter(None, [*(names or titles), ground.acting_for]))
        return replace(ground, acting_for=acting_for)


def review_of(page: Any, state: WorkflowState) -> Review | None:
    """Return the review of one page in one run of the path."""
    return reviews_of([(state.object_id, state.requested_by_id)]).get(page.pk)


def reviewers_of(stage: Stage, page: Any, state: WorkflowState) -> QuerySet[Any]:
    """Return the people who may decide on the page at the stage."""
    review = review_of(page, state)
    ids = Bench(stage).reviewers(review) if review else set()
    return org.active_people(ids)


def ground_to_decide(
    stage: Stage, page: Any, state: WorkflowState | None, user: Any
) -> Ground | None:
    """Return why the person may decide on the page at the stage; a superuser needs a mandate too."""
    if state is None or not user.is_active:
        return None
    review = review_of(page, state)
    return Bench(stage).ground_of(user.pk, review) if review else None


def may_decide(stage: Stage, page: Any, state: WorkflowState | None, user: Any) -> bool:
    """Return whether the person may decide on the page at the stage."""
    return ground_to_decide(stage, page, state, user) is not None


def awaiting(stage: Stage, task: Any, user: Any) -> QuerySet[TaskState]:
    """Return the task states that wait for this person, as a plain queryset (WAGTAIL.md § 2.1)."""
    roles = stage.deciding_roles | stage.standby_roles | stage.in_name_roles
    if not roles & {power.role for power in org.powers_in_request(user)}:
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
