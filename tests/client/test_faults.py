"""Whatever happens to a copy, nothing is lost, no document is ever half there, and all is right in the end."""

import errno
import itertools
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from kpum.client import ChannelClient, ChannelError, MirrorError, follow, open_mirror, verify
from kpum.client import sqlite as sqlite_module
from kpum.client.follow import catch_up
from kpum.client.media import MediaFolder, fetch_media
from tests.client.copies import PROVE, held
from tests.client.portal import URL, Answer, Asked, id_of, zipped

KILLS = 200 if PROVE else 20
ROOT = Path(__file__).parent.parent.parent


class Nursery:
    """Bears processes that keep a copy, and kills them."""

    def __init__(self):
        script = [sys.executable, str(Path(__file__).with_name("nursery.py"))]
        self._parent = subprocess.Popen(
            script,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    def run(self, *arguments, die_after=None):
        """Run a copy's command; return its exit code, negative when it was killed."""
        self._parent.stdin.write(f"{json.dumps([arguments, die_after])}\n")
        self._parent.stdin.flush()
        return int(self._parent.stdout.readline())

    def close(self):
        self._parent.stdin.close()
        self._parent.wait(timeout=30)
        self._parent.stdout.close()


@pytest.fixture(scope="module")
def nursery():
    with closing(Nursery()) as found:
        yield found


def edited(portal, chance, files, acts=8):
    """Let editors do something."""
    for _act in range(chance.randrange(acts // 2, acts)):
        number = chance.randrange(40)
        there = portal.entries.get((id_of(number), "pl"))
        if there and not there.reason and chance.random() < 0.3:
            portal.remove(number)
        else:
            media = [files[chance.randrange(len(files))]] if chance.random() < 0.5 else []
            portal.publish(number, f"Wersja {chance.random()}", media=media)


def whole_documents(target):
    """Every document of a copy is one that the portal sent: whole, and under its own name."""
    for (document_id, locale), body in held(target).items():
        data = json.loads(body)
        assert (data["id"], data["locale"]) == (document_id, locale)


def test_killed_at_random_points_a_copy_is_whole_and_goes_on(portal, target, tmp_path, nursery):
    chance = random.Random()
    portal.page = 5
    files = [portal.add_file(100 + n, bytes([n]) * (1 + 40_000 * n)) for n in range(6)]
    media = str(tmp_path / "media")
    killed = lives = 0
    with portal.served() as url:
        command = (url, target, "--media-folder", media)
        edited(portal, chance, files, acts=60)
        began = time.monotonic()
        assert nursery.run(*command) == 0
        usual = time.monotonic() - began
        for run in range(KILLS * 10):
            if run % 4 == 2:
                lives += 1
                portal.restore(({}, 0), epoch=f"life {lives}")
            edited(portal, chance, files, acts=30)
            code = nursery.run(*command, die_after=chance.uniform(0, usual))
            assert code in {0, -signal.SIGKILL}
            whole_documents(target)
            died = code == -signal.SIGKILL
            killed += died
            # So that about half of the kills come in time, whatever else this machine is doing.
            usual *= 1.2 if died else 0.8
            if killed == KILLS:
                break
        assert killed == KILLS
        assert nursery.run(*command, "--verify") == 0

    assert held(target) == portal.truth()
    wanted = {
        row["sha256"] for body in portal.truth().values() for row in json.loads(body)["media"]
    }
    assert {file.name for file in Path(media).glob("??/*")} == wanted
    assert not list(tmp_path.rglob(".writing-*"))


class Full:
    """A disk that is full from the n-th call on; counts the calls."""

    def __init__(self, monkeypatch, full_at):
        self.calls = 0
        for name in ("open", "write", "replace", "mkdir", "unlink"):
            self._patch(monkeypatch, name, getattr(os, name), full_at)

    def _patch(self, monkeypatch, name, real, full_at):
        def call(*args, **named):
            ours = not (name == "open" and args[1] & 3 == os.O_RDONLY)
            self.calls += ours
            if ours and self.calls >= full_at:
                if name == "write" and len(args[1]) > 1 and self.calls == full_at:
                    return real(args[0], bytes(args[1])[: len(args[1]) // 2])
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*args, **named)

        monkeypatch.setattr(os, name, call)


def keep(portal, target, manners, media=None):
    with (
        ChannelClient(URL, manners=manners, transport=portal.transport) as client,
        closing(open_mirror(target)) as mirror,
        mirror.lock(),
    ):
        catch_up(client, mirror)
        if media:
            fetch_media(client, mirror, MediaFolder(media))


def test_a_folder_on_a_full_disk_keeps_what_it_has_and_goes_on_later(
    portal, manners, tmp_path, monkeypatch
):
    portal.publish(0, "Przed", media=[portal.add_file(20, b"plik")])
    for full_at in itertools.count(1):
        target, media = str(tmp_path / f"{full_at}"), tmp_path / f"{full_at}-media"
        with monkeypatch.context() as patched:
            disk = Full(patched, full_at)
            try:
                keep(portal, target, manners, media)
                said = ""
            except MirrorError as error:
                said = str(error)
        if disk.calls < full_at:
            break
        assert "No space left on device" in said or not said
        if said and Path(target, "documents").exists():
            whole_documents(target)
        keep(portal, target, manners, media)
        assert held(target) == portal.truth()
        assert [file.read_bytes() for file in media.glob("??/*")] == [b"plik"]
        assert not list(Path(target).glob(".writing-*"))
    assert full_at > 25


def test_a_full_database_keeps_what_it_has_and_goes_on_later(
    portal, manners, tmp_path, monkeypatch
):
    target = f"sqlite:///{tmp_path}/copy.sqlite3"
    portal.page = 3
    for number in range(30):
        portal.publish(number, "x" * 3000)
    real, refused = sqlite3.connect, 0

    for pages in (12, 20, 30):

        def small(*args, limit=pages, **named):
            connection = real(*args, **named)
            connection.execute(f"pragma max_page_count = {limit}")
            return connection

        with monkeypatch.context() as patched:
            patched.setattr(sqlite_module.sqlite3, "connect", small)
            with pytest.raises(MirrorError, match="full"):
                keep(portal, target, manners)
        refused += 1
        with closing(open_mirror(target)) as mirror:
            state = mirror.state()
        cursor = state.cursor if state else 0
        # Changes and cursor are one: exactly what the cursor says is there.
        assert {key[0] for key in held(target)} == {id_of(number) for number in range(cursor)}
    keep(portal, target, manners)

    assert refused == 3
    assert held(target) == portal.truth()


def test_an_answer_cut_at_any_byte_is_never_taken_for_a_whole_one(portal, manners, tmp_path):
    portal.page = 10
    portal.publish(0, "Ząb")
    portal.publish(1, "B")
    portal.remove(1)
    once = replace(manners, attempts=1)
    question = Asked("/api/v1/channels/public/changes", {"after": "0"}, {})
    whole = portal.answer(question)
    for packed in (False, True):
        answer = zipped(whole) if packed else whole
        with ChannelClient(URL, manners=once, transport=portal.transport) as client:
            for cut in range(len(answer.body)):
                part = replace(answer, body=answer.body[:cut])
                portal.fault = lambda asked, whole, part=part: part
                with pytest.raises(ChannelError):
                    client.page(0)
    portal.fault = None

    follow(URL, tmp_path, manners=manners, transport=portal.transport)
    assert held(str(tmp_path)) == portal.truth()


def test_a_connection_cut_by_a_real_server_is_noticed(portal, manners, target):
    for number in range(6):
        portal.publish(number, "A" * 500)
    cuts = iter([10, 0, 400, None, 900, 1, None] * 3)

    def cut(asked, answer):
        length = next(cuts, None)
        headers = answer.headers | {"Content-Length": str(len(answer.body))}
        return answer if length is None else Answer(200, answer.body[:length], headers)

    portal.fault = cut
    with portal.served() as url:
        for _run in range(12):
            try:
                follow(url, target, manners=manners)
            except ChannelError:
                whole_documents(target)
        follow(url, target, manners=manners)

    assert held(target) == portal.truth()


RUBBISH = [
    lambda chance, answer, old: Answer(
        200, b"<html>Portal chwilowo", {"Content-Type": "text/html"}
    ),
    lambda chance, answer, old: Answer(200, chance.randbytes(300), answer.headers),
    lambda chance, answer, old: Answer(
        200, answer.body, answer.headers | {"Content-Type": "text/plain"}
    ),
    lambda chance, answer, old: Answer(302, b"", {"Location": "https://elsewhere.test/"}),
    lambda chance, answer, old: Answer(
        200, answer.body[: chance.randrange(len(answer.body) + 1)], answer.headers
    ),
    lambda chance, answer, old: Answer(200, answer.body * 2, answer.headers),
    lambda chance, answer, old: chance.choice(old),
    lambda chance, answer, old: zipped(answer),
    lambda chance, answer, old: Answer(chance.choice([401, 403, 404, 429, 500, 502, 503, 504])),
    lambda chance, answer, old: answer,
    lambda chance, answer, old: answer,
]


def test_answers_that_are_rubbish_repeated_or_mixed_up_lose_nothing(portal, manners, target):
    """Answers to other questions come back, pages in any order: the page itself says what it answers."""
    chance, old = random.Random(4), []

    def fault(asked, answer):
        if answer.status == 200:
            old.append(answer)
        return chance.choice(RUBBISH)(chance, answer, old or [answer])

    for _round in range(25):
        edited(portal, chance, [{"id": "x"}])
        portal.fault = fault
        with suppress(ChannelError):
            follow(URL, target, manners=manners, transport=portal.transport)
        whole_documents(target)
    portal.fault = None
    with (
        ChannelClient(URL, manners=manners, transport=portal.transport) as client,
        closing(open_mirror(target)) as mirror,
    ):
        # An old page at its own cursor is a lie that only the manifest finds.
        verify(mirror, client, repair=True)

    assert held(target) == portal.truth()


def test_a_clock_that_jumps_changes_nothing(portal, manners, target, monkeypatch):
    chance = random.Random(5)
    monkeypatch.setattr(time, "time", lambda: chance.choice([0.0, 1e9, 4e9]) + chance.random())
    for _round in range(6):
        edited(portal, chance, [{"id": "x"}])
        if Path(target).is_dir():
            for file in Path(target).rglob("*.json"):
                os.utime(file, (chance.choice([0, 4e9]),) * 2)
        follow(URL, target, manners=manners, transport=portal.transport)

        assert held(target) == portal.truth()


def test_other_bytes_than_promised_never_become_a_file(portal, manners, tmp_path):
    facts = portal.add_file(20, b"prawdziwy plik")
    portal.publish(0, "A", media=[facts])
    target, media = str(tmp_path / "copy"), tmp_path / "media"
    for body in (b"podmieniony pl", b"prawdziwy", b"prawdziwy plik i jeszcze", b""):
        portal.fault = lambda asked, answer, body=body: (
            Answer(200, body, {}) if asked.path.endswith("/content") else answer
        )
        keep(portal, target, manners, media)
        assert not list(media.glob("??/*"))
    portal.fault = None

    keep(portal, target, manners, media)
    assert [file.read_bytes() for file in media.glob("??/*")] == [b"prawdziwy plik"]


def test_files_are_fetched_once_and_go_with_their_last_document(portal, manners, tmp_path):
    first, second = portal.add_file(20, b"jeden"), portal.add_file(21, b"dwa")
    portal.publish(0, "A", media=[first, second])
    portal.publish(1, "B", media=[first])
    target, media = str(tmp_path / "copy"), tmp_path / "media"

    keep(portal, target, manners, media)
    portal.asked.clear()
    portal.remove(0)
    keep(portal, target, manners, media)
    assert {file.name for file in media.glob("??/*")} == {first["sha256"]}
    assert not [asked for asked in portal.asked if "/media/" in asked.path]

    spoilt = next(media.glob("??/*"))
    spoilt.write_bytes(b"zepsu")
    with (
        ChannelClient(URL, manners=manners, transport=portal.transport) as client,
        closing(open_mirror(target)) as mirror,
    ):
        assert fetch_media(client, mirror, MediaFolder(media)).fetched == 0
        assert fetch_media(client, mirror, MediaFolder(media), every_byte=True).fetched == 1
    assert spoilt.read_bytes() == b"jeden"


def test_what_a_killed_run_left_of_a_file_is_swept_up(portal, manners, tmp_path):
    portal.publish(0, "A")
    (tmp_path / "copy").mkdir()
    left = tmp_path / "copy" / ".writing-abc"
    left.write_bytes(b"half")

    keep(portal, str(tmp_path / "copy"), manners)

    assert not left.exists()


def test_a_connection_error_of_every_kind_is_an_error_with_words(manners, tmp_path):
    def answer(request):
        raise httpx.ConnectError("[Errno 111] Connection refused")

    with pytest.raises(ChannelError, match=r"cannot be reached.*refused"):
        follow(URL, tmp_path, manners=manners, transport=httpx.MockTransport(answer))
