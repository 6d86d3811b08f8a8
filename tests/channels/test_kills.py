"""``kill -9`` of the server and of the worker while people publish: in the end everything agrees.

The server is a gunicorn, the worker is ``manage.py worker``; acts come over HTTP as an editor's
browser sends them, on a database that is really committed to. ``test_crash_safety`` kills before each
statement; here it is the processes as they are run, at any moment.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from kpum.audit.models import AuditEntry
from kpum.channels.actions import rebuild_marked
from kpum.channels.models import RebuildMark
from kpum.channels.reconcile import reconcile
from kpum.outbox.actions import deliver_waiting
from kpum.outbox.models import OutboxEvent
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from tests.factories.pages import edit, publish
from tests.processes import Server, Worker
from tests.properties.mirrors import Mirror
from tests.properties.oracle import State, told
from workflows import actions as path

KILLS = 200 if os.environ.get("KPUM_PROVE") else 20
#: Longer than an approval takes, so that a kill falls before, into and after it.
LONGEST = 0.4
SYSTEM = Authority.of_system(SystemMandate.TESTS)
#: One request in so many loses the master of the server, too.
WHOLE_SERVER = 5


class Office:
    """A chief editor at his browser, and what the others prepare for him."""

    def __init__(self, city, server):
        self.city, self.server = city, server
        self.pages = [city.new_page(f"Strona {number}") for number in range(4)]
        browser = Client()
        browser.force_login(city.chief)
        self.cookies = {"sessionid": browser.cookies["sessionid"].value, "csrftoken": "x" * 32}
        self.approved: list[tuple[int, int]] = []
        self.cut = 0

    def prepare(self, number):
        """Leave a new text of one of the pages waiting for the chief editor."""
        page = self.pages[number % len(self.pages)]
        page = edit(page, author=self.city.operator, lead=f"Wersja {number}.")
        run = path.submit(page=page, user=self.city.operator)
        run = path.approve(task_state=run.current_task_state, user=self.city.coordinator)
        self.approved.append((page.pk, page.latest_revision_id))
        return page.pk, page.latest_revision_id, run.current_task_state_id

    def approve(self, page_id, task_state_id):
        """Press the button; return whether an answer came."""
        address = reverse(
            "wagtailadmin_pages:workflow_action", args=[page_id, "approve", task_state_id]
        )
        try:
            answer = httpx.post(
                self.server.url + address, cookies=self.cookies, timeout=30,
                headers={"X-CSRFToken": "x" * 32}, data={"comment": "", "next": "/admin/"},
            )  # fmt: skip
        except httpx.TransportError:
            self.cut += 1
            return False
        assert answer.status_code in {200, 302, 403}, answer.text[:500]
        return True

    def insist(self, page_id, revision_id, task_state_id):
        """Press the button until the page is public, as a person would who got no answer."""
        for _attempt in range(50):
            if Page.objects.get(pk=page_id).live_revision_id == revision_id:
                return
            self.approve(page_id, task_state_id)
        raise AssertionError(f"Revision {revision_id} of page {page_id} never became public.")


@pytest.mark.django_db(transaction=True)
def test_server_and_worker_killed_at_any_moment_lose_nothing(
    committed_city, settings, tmp_path, monkeypatch
):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    monkeypatch.setattr("kpum.channels.actions.BATCH", 2)
    number = random.SystemRandom().randrange(10**6) if os.environ.get("KPUM_PROVE") else 7
    chance = random.Random(number)
    server, worker = Server(tmp_path / "server.log"), Worker(tmp_path / "worker.log")
    parent = publish(committed_city.new_page("Rodzic"))
    for child in range(4):
        publish(committed_city.new_page(f"Dziecko {child}", parent=parent))
    try:
        server.start()
        office, mirror = Office(committed_city, server), Mirror(server, "public")
        for count in range(KILLS):
            one_kill(count, chance, office, worker, parent.pk)
            mirror.apply(mirror.fetch(3))
        worker.start()
        wait_until_done()
        mirror.catch_up(5)
        assert_all_agree(office, mirror)
    finally:
        worker.kill()
        server.kill()
    print(f"{connection.vendor}: {KILLS} kills, seed {number}, {office.cut} requests cut off")
    assert office.cut, "no kill fell into a request"


def one_kill(count, chance, office, worker, parent_id):
    """Publish over HTTP while a subtree is rebuilt, and kill one of the two who do it."""
    worker.start()
    page_id, revision_id, task_state_id = office.prepare(count)
    door.rename(page_id=parent_id, slug=f"adres-{count}", authority=SYSTEM, actor=None)
    with ThreadPoolExecutor(1) as pool:
        pressed = pool.submit(office.approve, page_id, task_state_id)
        time.sleep(chance.uniform(0, LONGEST))
        if count % 2:
            worker.kill()
        elif count % WHOLE_SERVER:
            office.server.kill_those_who_answer()
        else:
            office.server.kill()
        pressed.result()
    if not count % 2 and not count % WHOLE_SERVER:
        office.server.start()
    office.insist(page_id, revision_id, task_state_id)
    worker.kill()


def wait_until_done():
    """Let the worker finish what it was killed over."""
    deadline = time.monotonic() + 60
    while RebuildMark.objects.exists() or OutboxEvent.objects.waiting().exists():
        assert time.monotonic() < deadline, "the worker does not finish"
        time.sleep(0.05)


def assert_all_agree(office, mirror):
    for page_id, revision_id in office.approved:
        published = AuditEntry.objects.filter(subject=f"page:{page_id}", action="page.published")
        events = OutboxEvent.objects.filter(subject=f"page:{page_id}", kind="page.published")
        # Exactly once, however often the button was pressed.
        assert [row.data["revision"] for row in published].count(revision_id) == 1
        assert [row.payload["revision"] for row in events].count(revision_id) == 1
    last = dict(office.approved)
    for page_id, revision_id in last.items():
        assert Page.objects.get(pk=page_id).live_revision_id == revision_id
    assert (rebuild_marked(), deliver_waiting()) == (0, 0)
    wanted = State().of_channel("public")
    fresh = Mirror(office.server, "public")
    fresh.catch_up()
    assert {key: told(document) for key, document in mirror.documents.items()} == wanted
    assert mirror.state == fresh.state
    assert reconcile(dry_run=True).found == 0
