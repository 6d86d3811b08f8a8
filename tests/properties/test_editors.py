"""Promise 1 and 2: whatever editors try, nothing becomes public without the whole chain of approvals.

``Book`` is an independent little model: it writes down what happened and says by its own tables who
may do what. Nothing in it asks the code under test.
"""

import os
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from wagtail.models import Page, TaskState, WorkflowState

from kpum.audit.models import AuditEntry
from kpum.channels.actions import rebuild_marked
from kpum.core.errors import KpumError
from kpum.org import actions as org
from kpum.org.enums import Role
from kpum.org.models import Mandate, Substitution, Unit
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import Channel, WithdrawalReason
from kpum.pages.models import PortalPage, Stewardship
from tests.cast import build_city
from tests.factories.pages import edit
from tests.properties.book import CHAIN, OVER_UNIT, STAGES, Book, Held, Sheet
from tests.properties.mirrors import catch_up, truth, without_units
from workflows import actions as path
from workflows.queries import reviewers_for

START = datetime(2026, 9, 1, 8, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CAST = [
    "operator", "second_operator", "coordinator", "head", "stranger", "other_coordinator",
    "manager", "chief", "editor", "administrator", "newcomer", "deputy",
]  # fmt: skip
UNITS = ["SA", "ZZM"]
WRITES = {"unit_operator", "unit_coordinator", "unit_head", "editor_in_chief", "portal_editor"}
ADDS = WRITES - {"unit_head"}
RULES = {"editor_in_chief"}
GRANTED = ["unit_operator", "unit_coordinator", "unit_head", "portal_editor",
           "service_portfolio_manager"]  # fmt: skip
#: Shrinking a failure takes many minutes: only a long proof has them.
SHORT = hypothesis_settings(max_examples=10, stateful_step_count=20, phases=[Phase.generate])
PROVING = hypothesis_settings(max_examples=400, stateful_step_count=60)
REFUSALS = (KpumError, ValidationError, PermissionDenied)


class Editors(RuleBasedStateMachine):
    """Random people at random pages, at moments that move."""

    city = None

    def __init__(self):
        super().__init__()
        self.point = transaction.savepoint()
        self.traveller = time_machine.travel(START, tick=False)
        self.clock = self.traveller.start()
        self.book = Book()
        self.seen = AuditEntry.objects.order_by("pk").last().pk
        self.approvals: dict[int, list[tuple[str, int]]] = {}
        self.people = {person.username: person for person in get_user_model().objects.all()}
        self.name_of = {str(person.pk): name for name, person in self.people.items()}
        for row in Mandate.objects.select_related("user", "unit"):
            self.enter(row)

    def teardown(self):
        self.traveller.stop()
        transaction.savepoint_rollback(self.point)

    # --- what the rules stand on ---

    @property
    def now(self):
        return timezone.now()

    def enter(self, row):
        unit = row.unit.code if row.unit else ""
        held = Held(row.pk, row.user.username, row.role, unit, row.valid_from, row.valid_to)
        self.book.mandates.append(held)

    def attempt(self, act):
        """Do it a second later; return whether it was allowed."""
        self.clock.shift(SECOND)
        try:
            with transaction.atomic():
                act()
        except REFUSALS:
            return False
        return True

    def pick(self, number):
        sheets = list(self.book.sheets.values())
        sheet = sheets[number % len(sheets)] if sheets else None
        return (sheet, Page.objects.get(pk=sheet.pk).specific) if sheet else (None, None)

    def fresh(self, person):
        return get_user_model().objects.get(username=person)

    def write(self, sheet_or_kind, page, person, unit, text):
        self.book.sheets[page.pk] = Sheet(
            page.pk, sheet_or_kind, unit, page.latest_revision_id,
            {page.latest_revision_id: text}, [(page.latest_revision_id, person)],
        )  # fmt: skip

    # --- what people do ---

    @initialize()
    def begin(self):
        page = self.city.new_page("Pierwsza")
        self.write("page", page, "operator", "SA", page.lead)
        card = self.city.new_card("SA-14", "Zameldowanie")
        self.write("card", card, "operator", "SA", card.summary)

    @rule(number=st.integers(0, 3), person=st.sampled_from(CAST), text=st.integers(0, 10**6))
    def edit_text(self, number, person, text):
        sheet, page = self.pick(number)
        if page is None:
            return
        user = self.fresh(person)
        lock = page.get_lock()
        self.clock.shift(SECOND)
        allowed = page.permissions_for_user(user).can_edit() and not (lock and lock.for_user(user))
        may = person in self.book.holding(WRITES, sheet.unit, self.now) | {"administrator"}
        assert allowed == (may and self.waiting(sheet) is None)
        if allowed:
            name = "lead" if sheet.kind == "page" else "summary"
            page = edit(page, author=user, **{name: f"Wersja {text}."})
            sheet.latest = page.latest_revision_id
            sheet.texts[sheet.latest] = f"Wersja {text}."
            sheet.savers.append((sheet.latest, person))

    @rule(number=st.integers(0, 3), person=st.sampled_from(CAST))
    def submit(self, number, person):
        sheet, page = self.pick(number)
        if page is None:
            return
        waits = self.waiting(sheet) is not None
        allowed = self.attempt(lambda: path.submit(page=page, user=self.fresh(person)))
        may = person in self.book.holding(WRITES, sheet.unit, self.now)
        assert allowed == (may and not waits)
        if allowed:
            sheet.submitted.setdefault(sheet.latest, set()).add(person)

    @rule(number=st.integers(0, 3), person=st.sampled_from(CAST))
    def approve(self, number, person):
        self.decide(number, lambda _able: person)

    @rule(number=st.integers(0, 3), who=st.integers(0, 5))
    def approve_as_asked(self, number, who):
        self.decide(number, lambda able: sorted(able)[who % len(able)] if able else None)

    @rule(number=st.integers(0, 3), who=st.integers(0, 5))
    def walk_the_whole_path(self, number, who):
        sheet, page = self.pick(number)
        if page is None:
            return
        writers = sorted(self.book.holding(WRITES, sheet.unit, self.now))
        if self.waiting(sheet) is None and writers:
            self.submit(number, writers[who % len(writers)])
        for _stage in STAGES:
            self.approve_as_asked(number, who)

    def decide(self, number, choose):
        sheet, _page = self.pick(number)
        state = self.waiting(sheet) if sheet else None
        if state is None:
            return
        able, _asked = self.book.may_decide(sheet, state.task.name, self.now + SECOND)
        person = choose(able)
        if person is None:
            return
        allowed = self.attempt(lambda: path.approve(task_state=state, user=self.fresh(person)))
        assert allowed == (person in able)

    @rule(number=st.integers(0, 3), who=st.integers(0, 5))
    def send_back(self, number, who):
        sheet, _page = self.pick(number)
        state = self.waiting(sheet) if sheet else None
        if state is None:
            return
        able, _asked = self.book.may_decide(sheet, state.task.name, self.now + SECOND)
        person = CAST[who] if not able else sorted(able)[who % len(able)]
        user = self.fresh(person)
        allowed = self.attempt(
            lambda: path.send_back(task_state=state, user=user, comment="Popraw.")
        )
        assert allowed == (person in able)

    @rule(number=st.integers(0, 3))
    def cancel(self, number):
        sheet, page = self.pick(number)
        if page is None or page.current_workflow_state is None or not sheet.submitters:
            return
        user = self.fresh(min(sheet.submitters))
        self.attempt(lambda: page.current_workflow_state.cancel(user=user))

    @rule(number=st.integers(0, 3), person=st.sampled_from(CAST))
    def withdraw(self, number, person):
        sheet, page = self.pick(number)
        if page is None:
            return
        allowed = self.attempt(
            lambda: door.withdraw(
                page_id=page.pk,
                reason=WithdrawalReason.ERROR,
                explanation="Pomyłka.",
                authority=Authority.of_mandate(),
                actor=self.fresh(person),
            )
        )
        may = person in self.book.holding(RULES, sheet.unit, self.now)
        assert allowed == (may and sheet.live is not None)
        if allowed:
            sheet.live = None

    @rule(number=st.integers(0, 3), person=st.sampled_from(CAST), unit=st.sampled_from(UNITS))
    def move(self, number, person, unit):
        sheet, page = self.pick(number)
        if page is None or sheet.unit == unit:
            return
        target = self.city.folder if unit == "SA" else self.city.other_folder
        allowed = self.attempt(
            lambda: door.move(
                page_id=page.pk,
                target_id=target.pk,
                authority=Authority.of_mandate(),
                actor=self.fresh(person),
            )
        )
        roles = RULES if sheet.live else WRITES
        leaves = person in self.book.holding(roles, sheet.unit, self.now)
        assert allowed == (leaves and person in self.book.holding(ADDS, unit, self.now))
        if allowed:
            sheet.unit = unit

    @rule(number=st.integers(0, 3), person=st.sampled_from(CAST))
    def delete(self, number, person):
        sheet, page = self.pick(number)
        if page is None or len(self.book.sheets) < 2:
            return
        allowed = self.attempt(
            lambda: door.delete(
                page_id=page.pk, authority=Authority.of_mandate(), actor=self.fresh(person)
            )
        )
        roles = RULES if sheet.live else WRITES
        assert allowed == (person in self.book.holding(roles, sheet.unit, self.now))
        if allowed:
            del self.book.sheets[sheet.pk]

    # --- what happens to mandates meanwhile ---

    @rule(
        person=st.sampled_from(CAST),
        role=st.sampled_from(GRANTED),
        unit=st.sampled_from(UNITS),
        by=st.sampled_from(["chief", "administrator", "head", "operator", "coordinator"]),
        lasts=st.sampled_from([None, 10, 7200]),
    )
    def grant(self, person, role, unit, by, lasts):
        code = unit if role in OVER_UNIT else ""
        made = []
        end = None if lasts is None else self.now + timedelta(seconds=lasts)
        allowed = self.attempt(
            lambda: made.append(
                org.grant_mandate(
                    user=self.fresh(person),
                    role=Role(role),
                    unit=Unit.objects.get(code=code) if code else None,
                    basis="b",
                    granted_by=self.fresh(by),
                    valid_to=end,
                )
            )
        )
        leads = by in self.book.holding({"unit_head"}, unit, self.now)
        grants = by in self.book.holding(RULES, unit, self.now) | {"administrator"}
        appoints = leads and role in {"unit_operator", "unit_coordinator"}
        assert allowed == ((grants or appoints) and by != person)
        if allowed:
            self.enter(made[0])

    @rule(person=st.sampled_from(CAST))
    def hand_over_as_chief(self, person):
        made = []
        if self.attempt(
            lambda: made.append(
                org.grant_mandate(
                    user=self.fresh(person),
                    role=Role.EDITOR_IN_CHIEF,
                    basis="b",
                    replacing=True,
                )
            )
        ):
            for held in self.book.mandates:
                if held.role == "editor_in_chief" and held.end is None:
                    held.end = self.now
            self.enter(made[0])

    @rule(which=st.integers(0, 30))
    def end_mandate(self, which):
        held = self.book.mandates[which % len(self.book.mandates)]
        if held.role == "editor_in_chief":
            return
        row = Mandate.objects.get(pk=held.pk)
        if self.attempt(lambda: org.end_mandate(mandate=row, actor=None, reason="r")):
            held.end = self.now

    @rule(
        which=st.integers(0, 30),
        person=st.sampled_from(CAST),
        wait=st.sampled_from([0, 5, 3600]),
        lasts=st.sampled_from([5, 3600, 10**6]),
    )
    def substitute(self, which, person, wait, lasts):
        held = self.book.mandates[which % len(self.book.mandates)]
        begin = self.now + SECOND + timedelta(seconds=wait)
        end = begin + timedelta(seconds=lasts)
        made = []
        allowed = self.attempt(
            lambda: made.append(
                org.name_substitute(
                    mandate=Mandate.objects.get(pk=held.pk),
                    substitute=self.fresh(person),
                    reason="urlop",
                    valid_from=begin,
                    valid_to=end,
                )
            )
        )
        assert allowed == (person != held.person)
        if allowed:
            held.substitutes[made[0].pk] = (person, begin, end)

    @rule(seconds=st.sampled_from([1, 3, 10, 3600, 86400]))
    def wait(self, seconds):
        self.clock.shift(timedelta(seconds=seconds))

    # --- what holds after every step ---

    def waiting(self, sheet):
        """Return the open stage of a page, by the tables and not by any read of ours."""
        open_states = TaskState.objects.filter(
            workflow_state__object_id=str(sheet.pk), status=TaskState.STATUS_IN_PROGRESS
        )
        return open_states.select_related("workflow_state", "task").first()

    @invariant()
    def the_trail_bears_out_every_approval_and_publication(self):
        for entry in AuditEntry.objects.filter(pk__gt=self.seen).order_by("pk"):
            self.seen = entry.pk
            if entry.action not in {"page.approved", "page.published"}:
                continue
            sheet = self.book.sheets[int(entry.subject.removeprefix("page:"))]
            if entry.action == "page.published":
                self.check_chain(sheet, entry)
            elif entry.data["task"] in STAGES:
                self.check_approval(sheet, entry)

    def check_approval(self, sheet, entry):
        revision, stage = entry.data["revision"], entry.data["task"]
        person = self.name_of[entry.actor_id]
        savers = {saver for saved, saver in sheet.savers if saved > (sheet.live or 0)}
        assert person not in savers, f"{person} approved what he wrote himself"
        assert person not in sheet.submitters, f"{person} approved what he submitted himself"
        able, _asked = self.book.may_decide(sheet, stage, entry.at)
        assert person in able, f"{person} held no power to approve at {stage}"
        self.approvals.setdefault(revision, []).append((stage, sheet.pk))

    def check_chain(self, sheet, entry):
        revision = entry.data["revision"]
        spoken = {stage for stage, pk in self.approvals.get(revision, []) if pk == sheet.pk}
        assert spoken >= CHAIN[sheet.kind], f"published after {spoken} only"
        assert revision == sheet.latest
        sheet.live = revision
        type(self).publications += 1

    publications = 0

    @invariant()
    def every_page_of_ours_has_an_owner(self):
        ours = [page.pk for page in Page.objects.specific() if isinstance(page, PortalPage)]
        owners = dict(
            Stewardship.objects.filter(page__in=ours).values_list("page_id", "owner_unit__code")
        )
        assert set(owners) == set(ours)
        for pk, sheet in self.book.sheets.items():
            assert owners[pk] == sheet.unit

    @invariant()
    def what_is_live_is_the_last_published_revision(self):
        for sheet in self.book.sheets.values():
            page = Page.objects.get(pk=sheet.pk).specific
            assert (page.live_revision_id if page.live else None) == sheet.live
            if page.live:
                text = page.lead if sheet.kind == "page" else page.summary
                assert text == sheet.texts[sheet.live]

    @invariant()
    def no_review_is_lost(self):
        for sheet in self.book.sheets.values():
            page = Page.objects.get(pk=sheet.pk)
            runs = list(
                WorkflowState.objects.filter(
                    object_id=str(sheet.pk), status=WorkflowState.STATUS_IN_PROGRESS
                )
            )
            state = self.waiting(sheet)
            assert len(runs) == (state is not None)
            if state is None:
                continue
            assert runs[0].current_task_state_id == state.pk
            assert state.revision_id == page.latest_revision_id == sheet.latest
            _able, asked = self.book.may_decide(sheet, state.task.name, self.now)
            # Where nobody may decide, the portal must say so and not name somebody.
            assert {person.username for person in reviewers_for(state)} == asked

    @invariant()
    def the_feed_is_what_is_public(self):
        rebuild_marked()
        from_zero, _cursor = catch_up(Channel.PUBLIC, {}, 0, limit=100)
        assert without_units(from_zero) == truth(Channel.PUBLIC)


@pytest.fixture
def busy_city(db):
    """The small city as of the day before, with two people who have no mandate yet."""
    with time_machine.travel(START - timedelta(days=1), tick=False):
        # Built, not copied: its mandates begin the day before.
        city = build_city()
        for name in ("newcomer", "deputy"):
            get_user_model().objects.create_user(name)
        assert not Substitution.objects.exists()
    return city


def test_random_editors_publish_nothing_without_the_whole_chain(busy_city):
    machine = type("EditorsOfThisCity", (Editors,), {"city": busy_city, "publications": 0})

    run_state_machine_as_test(machine, settings=PROVING if os.environ.get("KPUM_PROVE") else SHORT)

    # Machines that publish nothing would prove nothing.
    assert machine.publications > 3
