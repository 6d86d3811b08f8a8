"""Telling those who may confirm a text that its check is due: soon, today, and weekly while overdue (I-29)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q

from kpum.audit.actions import subject_of
from kpum.core import clock
from kpum.org import queries as org
from kpum.org.enums import Role, Scope
from kpum.org.powers import Place, Power
from kpum.outbox.actions import enqueue
from kpum.pages.models import Stewardship
from kpum.pages.review_models import ReminderStage, ReviewReminder

AHEAD = timedelta(days=30)
WEEK = timedelta(days=7)
#: Who may confirm in a unit; operators write the texts and do not vouch for them (K-21, K-22).
_OF_THE_UNIT = (Role.UNIT_HEAD, Role.UNIT_COORDINATOR, Role.BRANCH_COORDINATOR)


@dataclass(frozen=True)
class DueCheck:
    """A public page whose check is due soon or has been."""

    page_id: int
    place: Place
    due: date | None

    @property
    def stage(self) -> ReminderStage:
        """Return how near the day is today."""
        return stage_of(self.due)


def stage_of(due: date | None) -> ReminderStage:
    """Return how near a day is today; what was never checked is overdue."""
    today = clock.today()
    if due is None or due < today:
        return ReminderStage.OVERDUE
    return ReminderStage.TODAY if due == today else ReminderStage.SOON


def due_checks() -> list[DueCheck]:
    """Return the public pages whose check is due within thirty days or overdue; one query."""
    rows = Stewardship.objects.filter(
        Q(review_due=None) | Q(review_due__lte=clock.today() + AHEAD),
        page__live=True,
        page__alias_of=None,
    ).order_by("pk")
    found = rows.values_list("page", "owner_unit__path", "page__path", "review_due")
    return [DueCheck(page, Place(unit, path), due) for page, unit, path, due in found]


def answerable(places: Iterable[Place]) -> dict[Place, frozenset[int]]:
    """Return the ids of those who are written to about texts at each place; six queries at the most.

    The nearest head and the nearest coordinators, and those of the branch site; the chief editor
    where a unit has neither (K-08, K-21).
    """
    powers = org.powers_for(*_OF_THE_UNIT)
    chiefs = frozenset(user_id for user_id, _power in org.powers_for(Role.EDITOR_IN_CHIEF))
    return {place: _nearest(powers, place) or chiefs for place in set(places)}


def _nearest(powers: list[tuple[int, Power]], place: Place) -> frozenset[int]:
    found: set[int] = set()
    for role in _OF_THE_UNIT:
        here = [
            (user, power) for user, power in powers if power.role is role and power.reaches(place)
        ]
        depth = max((len(power.unit_path) for _user, power in here), default=0)
        found |= {
            user for user, power in here
            if role.scope is Scope.BRANCH or len(power.unit_path) == depth
        }  # fmt: skip
    return frozenset(found)


def remind() -> int:
    """Have everybody told, in one letter, which checks are due; return how many letters leave.

    What was told and the letter are written in one transaction a person: killed at any point, the
    next run tells those who have not been told, and nobody twice.
    """
    letters = 0
    for person_id, checks in _by_person():
        letters += _tell(person_id, checks)
    return letters


def _by_person() -> Iterator[tuple[int, list[DueCheck]]]:
    checks = due_checks()
    told = answerable(check.place for check in checks)
    mine: defaultdict[int, list[DueCheck]] = defaultdict(list)
    for check in checks:
        for person_id in told[check.place]:
            mine[person_id].append(check)
    yield from sorted(mine.items())


@transaction.atomic
def _tell(person_id: int, checks: list[DueCheck]) -> bool:
    # Two runs at once wait here for one another.
    people = get_user_model()._default_manager.select_for_update()
    person = people.filter(pk=person_id, is_active=True).first()
    if person is None or not person.email:
        return False
    known = {
        row.page_id: row
        for row in ReviewReminder.objects.filter(
            person=person, page__in=[check.page_id for check in checks]
        )
    }
    if not any(_is_news(check, known.get(check.page_id)) for check in checks):
        return False
    # With the news goes all that is overdue, so its next letter is a week from this one.
    told = [
        check for check in checks
        if check.stage is ReminderStage.OVERDUE or _is_news(check, known.get(check.page_id))
    ]  # fmt: skip
    _remember(person, told)
    enqueue(
        kind="review.reminded",
        subject=subject_of(person),
        payload={"person": person.pk, "pages": [check.page_id for check in told]},
    )
    return True


def _is_news(check: DueCheck, told: ReviewReminder | None) -> bool:
    """Return whether the person has yet to be told, or told again."""
    if told is None or told.due != check.due:
        return True
    if check.stage is ReminderStage.OVERDUE and told.stage != ReminderStage.SOON:
        return clock.today() - told.told_on >= WEEK
    return told.stage != check.stage


def _remember(person: Any, told: list[DueCheck]) -> None:
    ReviewReminder.objects.bulk_create(
        [
            ReviewReminder(
                person=person, page_id=check.page_id, due=check.due, stage=check.stage,
                told_on=clock.today(),
            )
            for check in told
        ],
        update_conflicts=True,
        unique_fields=["person", "page"],
        update_fields=["due", "stage", "told_on"],
    )  # fmt: skip
