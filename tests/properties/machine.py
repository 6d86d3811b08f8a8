"""Random editors, a worker that runs or does not, and mirrors that follow badly.

A machine does editorial acts in any order, at moments that move, with a worker that runs or does not;
mirrors of three channels follow over HTTP, lose answers, repeat and restart. ``oracle`` says what is
public by the tables alone.
"""

import os
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import Phase, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from wagtail.models import Locale, Page, PageViewRestriction

from kpum.channels.actions import rebuild_marked
from kpum.channels.models import FeedHead, PublishedDocument
from kpum.channels.reconcile import reconcile, start_new_epoch
from kpum.core.errors import KpumError
from kpum.org.actions import set_contact
from kpum.org.models import Unit
from kpum.org.registry import project_unit
from kpum.outbox.actions import deliver_waiting
from kpum.pages import actions as door
from kpum.pages import reviews
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import WithdrawalReason
from kpum.pages.models import Placement
from kpum.pages.sites import set_site
from services.actions import save_act, save_grouping, save_privacy_notice
from services.models import (
    CardRelation,
    Category,
    LegalAct,
    PrivacyNotice,
    ServiceCardPage,
)
from tests.factories.pages import edit, publish
from tests.properties.mirrors import Mirror, truth, without_units
from tests.properties.oracle import State, told
from workflows import actions as path

START = datetime(2026, 9, 1, 8, 0, 0, tzinfo=UTC)
CHANNELS = ("public", "bip", "kck")
TARGETS = [["public"], ["bip"], ["public", "bip"], [], ["public", "bip", "kck"]]
SYSTEM = Authority.of_system(SystemMandate.TESTS)
REASONS = [WithdrawalReason.OBSOLETE, WithdrawalReason.ERROR, WithdrawalReason.MERGED,
           WithdrawalReason.REPLACED]  # fmt: skip
TEAMS = {"SA": ("operator", "coordinator"), "ZZM": ("stranger", "other_coordinator")}
PROVING = bool(os.environ.get("KPUM_PROVE"))
WANTED = int(os.environ.get("KPUM_PROVE_OPERATIONS", "50000")) if PROVING else 500
#: Shrinking a failure would take many minutes.
ROUND = hypothesis_settings(
    max_examples=20 if PROVING else 2, stateful_step_count=60, phases=[Phase.generate]
)
#: Which page or target of those there are.
ANY = st.integers(0, 11)


def differences(held, wanted):
    """Return only what differs: held and wanted by key."""
    keys = sorted(held.keys() | wanted.keys())
    return [
        (key, held.get(key), wanted.get(key)) for key in keys if held.get(key) != wanted.get(key)
    ]


class Portal(RuleBasedStateMachine):
    """The portal, its editors, its worker, and whoever copies it."""

    city = None
    done: Counter[str] = Counter()
    checks = 0
    begun = 0.0

    def __init__(self):
        super().__init__()
        cache.clear()
        self.point = transaction.savepoint()
        self.traveller = time_machine.travel(START, tick=False)
        self.clock = self.traveller.start()
        self.count = 0
        self.raw = False
        self.english = Locale.objects.get(language_code="en")
        self.mirrors = {
            channel: [Mirror(Client(), channel) for _copy in range(2)] for channel in CHANNELS
        }

    def teardown(self):
        try:
            self.every_mirror_tells_the_truth()
        finally:
            self.traveller.stop()
            transaction.savepoint_rollback(self.point)
            cache.clear()

    # --- what the rules stand on ---

    def act(self, what, *arguments, **named):
        """Do one act of an editor a second later; return its result, None when it was refused."""
        self.clock.shift(timedelta(seconds=1))
        name = what.__name__
        try:
            with transaction.atomic():
                result = what(*arguments, **named)
        except KpumError:
            return None
        type(self).done[name] += 1
        return result or True

    def pages(self, *, folders=False):
        """Return the pages below the folders of both languages; with the folders, on demand."""
        deep = self.city.folder.depth - (1 if folders else 0)
        below = Page.objects.filter(stewardship__isnull=False, depth__gt=deep).order_by("path")
        return [page for page in below if "jednostki" not in page.url_path]

    def pick(self, number, *, folders=False):
        pages = self.pages(folders=folders)
        return pages[number % len(pages)].specific if pages else None

    def above(self, number):
        """Return one of the pages that everything lies below."""
        pages = [self.city.home, self.city.catalogue, self.city.folder, self.city.directory]
        return Page.objects.filter(pk=pages[number % len(pages)].pk).first()

    # --- what editors do ---

    @rule(parent=ANY, card=st.booleans(), public=st.booleans())
    def create(self, parent, card, public):
        self.count += 1
        title = f"Strona {self.count}"
        if card and self.city.folder is not None:
            page = self.act(self.city.new_card, f"SA-{self.count + 50}", title)
        else:
            page = self.act(self.city.new_page, title, parent=self.pick(parent, folders=True))
        if page and public:
            self.act(publish, page)

    @rule(number=ANY, text=st.integers(0, 99), sent=st.sampled_from(TARGETS), to=ANY)
    def edit_and_publish(self, number, text, sent, to):
        page, linked = self.pick(number), self.pick(to, folders=True)
        if page is None or page.current_workflow_state:
            return
        name = "summary" if hasattr(page, "summary") else "lead"
        changes = {name: f"Wersja {text}.", "title": f"Tytuł {text}", "targets": sent}
        if linked and text % 2:
            body = "steps_and_notes" if name == "summary" else "body"
            link = f'<p>Zobacz <a linktype="page" id="{linked.pk}">stronę</a>.</p>'
            changes[body] = [("paragraph", link)]
        self.act(publish, edit(page, **changes))

    @rule(number=ANY, to=ANY)
    def relate(self, number, to):
        """A card becomes public that names another, which the public may know or not."""
        cards = [page for page in self.pages() if page.specific_class is ServiceCardPage]
        if not cards:
            return
        card, other = cards[number % len(cards)].specific, cards[to % len(cards)].specific
        if card.pk != other.pk and not card.current_workflow_state:
            named = [CardRelation(kind="related", card=other)]
            self.act(publish, edit(card, relations=named))

    @rule(number=ANY, text=st.integers(0, 99))
    def save_a_draft(self, number, text):
        if page := self.pick(number):
            edit(page, title=f"Wersja robocza {text}", slug=f"robocza-{text}", targets=["kck"])

    @rule(number=ANY, wait=st.sampled_from([0, 2]), lasts=st.sampled_from([0, 3]))
    def walk_the_whole_path(self, number, wait, lasts):
        """Submit and approve as people do; perhaps for later, perhaps for a while only."""
        page = self.pick(number)
        unit = page and page.owner_unit.code
        if page is None or page.current_workflow_state or unit not in TEAMS:
            return
        now = timezone.now()
        page = edit(
            page,
            author=self.city.person(TEAMS[unit][0]),
            title=f"Uzgodniona {now:%H%M%S}",
            go_live_at=now + timedelta(hours=wait) if wait else None,
            expire_at=now + timedelta(hours=lasts) if lasts else None,
        )
        run = self.act(path.submit, page=page, user=self.city.person(TEAMS[unit][0]))
        people = [TEAMS[unit][1], "manager", "chief"] if hasattr(page, "summary") else [
            TEAMS[unit][1], "chief"
        ]  # fmt: skip
        for person in people:
            state = run and page.__class__.objects.get(pk=page.pk).current_workflow_task_state
            if state is None:
                return
            self.act(path.approve, task_state=state, user=self.city.person(person))

    @rule(hours=st.sampled_from([1, 2, 3]))
    def let_time_pass(self, hours):
        self.clock.shift(timedelta(hours=hours))
        self.act(door.publish_due)

    @rule(number=ANY, reason=st.sampled_from(REASONS), to=ANY, keep=st.booleans())
    def withdraw(self, number, reason, to, keep):
        page, successor = self.pick(number), self.pick(to)
        if page and successor:
            self.act(
                door.withdraw, page_id=page.pk, reason=reason, explanation="Bo tak.",
                keep_text=keep, successor_id=successor.pk if reason.names_successor else None,
                authority=SYSTEM, actor=None,
            )  # fmt: skip

    @rule(number=ANY)
    def take_down(self, number):
        if page := self.pick(number):
            self.act(
                door.take_down, page_id=page.pk, explanation="Błąd.", authority=SYSTEM, actor=None
            )

    @rule(number=ANY, to=ANY)
    def move(self, number, to):
        page, target = self.pick(number), self.pick(to, folders=True)
        if page and target and page.locale_id == target.locale_id:
            self.act(door.move, page_id=page.pk, target_id=target.pk, authority=SYSTEM, actor=None)

    @rule(number=ANY, text=st.integers(0, 99))
    def rename(self, number, text):
        if page := self.pick(number):
            slug = f"adres-{text}"
            self.act(door.rename, page_id=page.pk, slug=slug, authority=SYSTEM, actor=None)

    @rule(number=ANY, text=st.integers(0, 99))
    def rename_what_is_above(self, number, text):
        if page := self.above(number):
            slug = f"jednostki-{text}" if page.pk == self.city.directory.pk else f"wyzej-{text}"
            self.act(door.rename, page_id=page.pk, slug=slug, authority=SYSTEM, actor=None)

    @rule(number=ANY, to=ANY, deep=st.booleans())
    def copy(self, number, to, deep):
        page, target = self.pick(number), self.pick(to, folders=True)
        if page is None or target is None or len(self.pages()) > 15:
            return
        self.count += 1
        made = self.act(
            door.copy, page_id=page.pk, target_id=target.pk, title=f"Kopia {self.count}",
            slug=f"kopia-{self.count}", authority=SYSTEM, actor=None, with_descendants=deep,
        )  # fmt: skip
        if made:
            self.act(publish, made)

    @rule(number=ANY)
    def translate(self, number):
        page = self.pick(number)
        if page is None or page.locale_id == self.english.pk or page.has_translation(self.english):
            return
        parent = page.get_parent()
        if parent.has_translation(self.english) and page.live:
            # Of a page that SQL has hidden no version is made.
            version = self.act(page.copy_for_translation, self.english)
            if version:
                self.act(publish, version)

    @rule(number=ANY)
    def delete(self, number):
        page = self.pick(number)
        if page and len(self.pages()) > 3:
            self.act(door.delete, page_id=page.pk, authority=SYSTEM, actor=None)

    @rule(public=st.booleans())
    def withdraw_or_bring_back_the_directory(self, public):
        page = Page.objects.filter(pk=self.city.directory.pk).first()
        if public:
            self.act(publish, page.specific)
        else:
            self.act(
                door.withdraw, page_id=page.pk, reason=WithdrawalReason.OBSOLETE,
                explanation="Przerwa.", authority=SYSTEM, actor=None,
            )  # fmt: skip

    @rule(number=ANY)
    def suspend_a_branch(self, number):
        """Take down everything below a page, and the page."""
        top = self.pick(number)
        below = top.get_descendants(inclusive=True) if top else []
        for page in below:
            self.act(
                door.take_down, page_id=page.pk, explanation="Przerwa.",
                authority=SYSTEM, actor=None,
            )  # fmt: skip

    @rule(port=st.sampled_from([80, 8080]))
    def move_to_another_port(self, port):
        self.act(set_site, hostname="testserver", port=port, root_page_id=self.city.home.pk)

    @rule(
        what=st.sampled_from(["category", "act", "notice", "notice text"]), text=st.integers(0, 99)
    )
    def keep_a_register(self, what, text):
        """What every card refers to is called or worded otherwise."""
        keeper = {"actor": self.city.manager}
        match what:
            case "category":
                row = Category.objects.first()
                values = {"slug": row.slug, "name": f"Kategoria {text}"}
                self.act(save_grouping, model=Category, values=values, **keeper)
            case "act":
                row = LegalAct.objects.first()
                self.act(save_act, values={"eli": row.eli, "title": f"Ustawa {text}"}, **keeper)
            case _:
                field = "title" if what == "notice" else "purpose"
                row = PrivacyNotice.objects.first()
                values = {"slug": row.slug, field: f"Treść {text}"}
                self.act(save_privacy_notice, values=values, **keeper)

    @rule(number=ANY)
    def confirm(self, number):
        """Somebody reads what is public, and says that it is still right."""
        page = self.pick(number)
        person = page and TEAMS.get(page.owner_unit.code, (None, None))[1]
        if person:
            mandate = Authority.of_mandate()
            actor = self.city.person(person)
            self.act(reviews.confirm, page_id=page.pk, authority=mandate, actor=actor)

    @rule(code=st.sampled_from(["SA", "ZZM"]), number=st.integers(100, 999))
    def give_a_unit_another_phone(self, code, number):
        unit = Unit.objects.get(code=code)
        self.act(
            set_contact, unit=unit, actor=None, authority="proof",
            contact={"phone": f"12 616 {number} 00"},
        )  # fmt: skip

    @rule(code=st.sampled_from(["SA", "ZZM"]), text=st.integers(0, 99))
    def rename_a_unit(self, code, text):
        """As an import does: the name, then its followers."""

        def rename_unit():
            unit = Unit.objects.get(code=code)
            unit.name = f"Wydział {text}"
            unit.save(update_fields=["name"])
            project_unit(unit)

        self.act(rename_unit)

    # --- what SQL does behind everybody's back ---

    @rule(
        number=ANY,
        what=st.sampled_from(
            ["restrict", "open", "title", "live", "targets", "bytes", "row", "reason", "head"]
        ),
        then=st.sampled_from(["reconcile", "reconcile", "later"]),
    )
    def edit_by_sql(self, number, what, then):
        page = self.pick(number)
        if page is None:
            return
        rows = PublishedDocument.objects.filter(document_id=page.translation_key)
        getattr(self, f"sql_{what}")(page, rows)
        type(self).done[f"sql: {what}"] += 1
        # Bytes that no document is made of, rows that are no more and repeated numbers would stop
        # a reader or a publisher here.
        self.raw = then == "later" and what not in {"bytes", "row", "reason", "head"}
        if not self.raw:
            reconcile()

    def sql_restrict(self, page, rows):
        if not page.get_view_restrictions().exists():
            hidden = PageViewRestriction(page_id=page.pk, restriction_type="login")
            PageViewRestriction.objects.bulk_create([hidden])

    def sql_open(self, page, rows):
        PageViewRestriction.objects.all()._raw_delete("default")

    def sql_title(self, page, rows):
        Page.objects.filter(pk=page.pk).update(title=f"Z SQL {page.pk}")

    def sql_live(self, page, rows):
        Page.objects.filter(pk=page.pk, live=True).update(live=False)

    def sql_targets(self, page, rows):
        type(page).objects.filter(pk=page.pk).update(targets=["kck"])
        Placement.objects.filter(page=page.pk).delete()
        Placement.objects.create(page_id=page.pk, channel="kck")

    def sql_bytes(self, page, rows):
        rows.exclude(body="").update(body='{"type":"unit","x":1}')

    def sql_row(self, page, rows):
        # What is public is made anew; of what has left, only the tombstone could have told.
        rows.filter(gone_reason="", document_id__in=self.live_ids()).delete()

    def sql_reason(self, page, rows):
        # Of a page that is no more, in this language, only the tombstone itself could tell why.
        there = rows.filter(locale=page.locale.language_code)
        there.exclude(gone_reason="").update(gone_reason="deleted")

    def sql_head(self, page, rows):
        FeedHead.objects.update(last=FeedHead.objects.get().last - 1)

    def live_ids(self):
        return list(Page.objects.live().public().values_list("translation_key", flat=True))

    @precondition(lambda self: self.count % 5 == 4)
    @rule()
    def restore(self):
        """Tell followers that numbers may repeat."""
        start_new_epoch()

    # --- what runs beside ---

    @rule()
    def work(self):
        rebuild_marked()
        deliver_waiting()

    # --- what mirrors do ---

    @rule(
        channel=st.sampled_from(CHANNELS), copy=st.integers(0, 1), limit=st.sampled_from([1, 3, 50]),
        how=st.sampled_from(["once", "all", "lose", "repeat"]),
    )  # fmt: skip
    def follow(self, channel, copy, limit, how):
        mirror = self.mirrors[channel][copy]
        match how:
            case "once":
                mirror.apply(mirror.fetch(limit))
            case "all":
                mirror.catch_up(max(limit, 10))
            case "lose":
                mirror.fetch(limit)
            case "repeat":
                page = mirror.fetch(limit)
                mirror.apply(page)
                if mirror.cursor == page["next"]:
                    mirror.apply(page)

    @rule(
        channel=st.sampled_from(CHANNELS), copy=st.integers(0, 1), number=ANY,
        how=st.sampled_from(["store", "restart", "step_back", "forget"]),
    )  # fmt: skip
    def fail(self, channel, copy, number, how):
        mirror = self.mirrors[channel][copy]
        getattr(mirror, how)(*([number] if how in {"restart", "step_back"} else []))

    @precondition(lambda self: self.count % 7 == 6)
    @rule()
    def every_mirror_tells_the_truth(self):
        if self.raw:
            reconcile()
            self.raw = False
        rebuild_marked()
        state = State()
        for channel, mirrors in self.mirrors.items():
            fresh = Mirror(Client(), channel)
            wanted = state.of_channel(channel)
            for mirror in [fresh, *mirrors]:
                mirror.catch_up()
                held = {key: told(document) for key, document in mirror.documents.items()}
                wrong = differences(held, wanted)
                assert wrong == [], (channel, wrong)
                assert differences(mirror.documents, fresh.documents) == []
                wrong = differences(mirror.graves, fresh.graves)
                assert wrong == [], (channel, wrong)
            for key, (reason, successor) in fresh.graves.items():
                assert state.may_say(key, reason, successor), (channel, key, reason, successor)
            # Not independent of the projector, but to the byte.
            assert differences(without_units(fresh.documents), truth(channel)) == []
        differing = []
        reconcile(dry_run=True, say=differing.append)
        assert differing == []
        type(self).checks += 1
        self.tell_progress()

    def tell_progress(self):
        if PROVING and self.checks % 100 == 0:
            seconds = time.monotonic() - self.begun
            print(f"{self.done.total()} acts, {self.checks} checks, {seconds:.0f} s", flush=True)


def prove(portal, number, wanted):
    """Run machines until enough acts were done; return the class that counted them."""
    counting = type(
        "PortalOfThisCity",
        (Portal,),
        {"city": portal, "done": Counter(), "checks": 0, "begun": time.monotonic()},
    )
    rounds = 0
    while counting.done.total() < wanted:
        run_state_machine_as_test(seed(number + rounds)(counting), settings=ROUND)
        rounds += 1
    return counting
