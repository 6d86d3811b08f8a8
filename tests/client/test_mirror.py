"""A copy of a channel, of each kind: it ends with exactly what the channel holds."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from kpum.client import ChannelError, MirrorBusy, MirrorError, follow, open_mirror
from kpum.client.mirror import without_password
from tests.client.copies import held
from tests.client.portal import URL, Answer, Portal, id_of


def run(portal, target, manners):
    return follow(URL, target, manners=manners, transport=portal.transport)


def failing_after(answers):
    left = iter([True] * answers)
    return lambda asked, answer: answer if next(left, False) else Answer(500)


def test_a_copy_is_the_channel_byte_for_byte_after_each_run(portal, target, manners):
    for number in range(5):
        portal.publish(number, f"Tytuł {number} “ąż” \u2028\x85", note={"a": [1.50, None]})
    portal.publish(1, "Title", locale="en")

    report = run(portal, target, manners)
    assert (report.stored, report.removed, report.cursor) == (6, 0, 6)
    assert held(target) == portal.truth()

    portal.remove(1)
    portal.publish(0, "Poprawione")
    report = run(portal, target, manners)
    assert (report.stored, report.removed) == (1, 1)
    assert held(target) == portal.truth()


def test_nothing_new_is_one_request_and_no_write(portal, tmp_path, manners):
    portal.publish(0, "A")
    run(portal, tmp_path, manners)
    written = (tmp_path / "cursor.json").stat().st_ino
    portal.asked.clear()

    report = run(portal, tmp_path, manners)

    assert (report.stored, len(portal.asked)) == (0, 1)
    assert (tmp_path / "cursor.json").stat().st_ino == written


def test_a_tombstone_says_where_to_go_until_the_document_is_back(portal, target, manners):
    portal.publish(0, "A")
    portal.publish(1, "B")
    portal.remove(0, successor=1)
    portal.remove(1)
    run(portal, target, manners)

    with closing(open_mirror(target)) as mirror:
        grave, other = (mirror.tombstone(id_of(number), "pl") for number in (0, 1))
        assert (grave.reason, grave.successor.id, grave.successor.url) == (
            "withdrawn",
            id_of(1),
            "http://portal.test/dalej/",
        )
        assert other.successor is None
        assert mirror.tombstone(id_of(7), "pl") is None

    portal.publish(0, "Znów")
    run(portal, target, manners)
    with closing(open_mirror(target)) as mirror:
        assert mirror.tombstone(id_of(0), "pl") is None
        assert mirror.document(id_of(0), "pl").data["title"] == "Znów"
        assert mirror.document(id_of(7), "pl") is None


@pytest.mark.parametrize("epoch", [None, "second"], ids=["cursor beyond", "said by the operator"])
def test_a_portal_set_back_is_read_anew_and_nothing_stale_stays(portal, target, manners, epoch):
    portal.publish(0, "A")
    backup = portal.backup()
    for number in (1, 2, 3):
        portal.publish(number, "Utracone")
    portal.remove(3)
    run(portal, target, manners)
    portal.restore(backup, epoch=epoch)
    if epoch:
        for number in (4, 5, 6, 7, 8):
            portal.publish(number, "Po powrocie")

    report = run(portal, target, manners)

    assert report.began_again
    assert held(target) == portal.truth()
    with closing(open_mirror(target)) as mirror:
        assert mirror.tombstone(id_of(3), "pl") is None
        assert not mirror.state().rebuilding


def test_reading_anew_is_taken_up_where_it_was_cut_off(portal, target, manners):
    for number in range(8):
        portal.publish(number, "Utracone")
    run(portal, target, manners)
    portal.entries.clear()
    portal.epoch = "second"
    for number in range(3, 30):
        portal.publish(number, "Po powrocie")

    for broken in (1, 2, 3, 2, 2):
        portal.fault = failing_after(broken)
        with pytest.raises(ChannelError):
            run(portal, target, manners)
        portal.epoch = "third" if broken == 3 else portal.epoch
    portal.fault = None
    run(portal, target, manners)

    assert held(target) == portal.truth()


def test_two_runs_at_once_are_refused_and_the_next_is_not(portal, target, manners):
    portal.publish(0, "A")
    with (
        closing(open_mirror(target)) as first,
        first.lock(),
        pytest.raises(MirrorBusy, match="another run"),
    ):
        run(portal, target, manners)

    assert run(portal, target, manners).stored == 1


def test_a_copy_is_of_one_channel_only(portal, target, manners):
    portal.publish(0, "A")
    run(portal, target, manners)

    with pytest.raises(MirrorError, match=r"mirrors .*/public, not .*/bip"):
        follow(URL.replace("public", "bip"), target, transport=portal.transport)


def test_a_copy_of_the_first_version_of_the_client_is_made_anew(portal, tmp_path, manners):
    portal.publish(0, "A")
    (tmp_path / "documents").mkdir()
    stale = tmp_path / "documents" / f"{id_of(9)}.pl.json"
    stale.write_text('{"old": 1}', encoding="utf-8")
    state = {"url": URL, "cursor": 1}
    (tmp_path / "cursor.json").write_text(json.dumps(state), encoding="utf-8")

    run(portal, tmp_path, manners)

    assert held(str(tmp_path)) == portal.truth()


@pytest.mark.parametrize("text", ["", "[]", '{"url": 1', '{"cursor": 4}'])
def test_a_state_that_cannot_be_read_is_said_and_not_guessed(portal, tmp_path, manners, text):
    (tmp_path / "cursor.json").write_text(text, encoding="utf-8")

    with pytest.raises(MirrorError, match="state cannot be read"):
        run(portal, tmp_path, manners)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("mysql://host/x", "mysql:// is no copy"),
        ("sqlite://relative", "sqlite:///file"),
        ("sqlite:///", "sqlite:///file"),
        ("sqlite:////proc/none/x", "/proc/none"),
        ("/proc/none/x", "/proc/none"),
        ("postgresql://u:tajne@127.0.0.1:9/x", "127.0.0.1"),
    ],
)
def test_a_place_where_no_copy_can_be_is_named(target, said):
    with pytest.raises(MirrorError, match=said) as refused:
        open_mirror(target)

    assert "tajne" not in str(refused.value)


def test_a_file_that_is_no_database_is_said(tmp_path):
    file = tmp_path / "copy.sqlite3"
    file.write_bytes(b"This is a shopping list, not a database, and it is long enough." * 20)

    with pytest.raises(MirrorError, match="not a database"):
        open_mirror(f"sqlite:///{file}")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ola:tajne@host/x", "postgresql://ola:…@host/x"),
        ("postgresql:///x?user=ola&password=tajne&a=b", "postgresql:///x?user=ola&password=…&a=b"),
        ("postgresql://host:5432/x", "postgresql://host:5432/x"),
    ],
)
def test_a_password_is_never_shown(url, shown):
    assert without_password(url) == shown


def test_an_sqlite_copy_is_read_while_it_is_kept(portal, tmp_path, manners):
    portal.publish(0, "A")
    target = f"sqlite:///{tmp_path}/copy.sqlite3"
    run(portal, target, manners)

    with closing(open_mirror(target)) as keeper, keeper.lock(), keeper._transaction():
        keeper._run("delete from kpum_mirror_document")
        with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as reader:
            found = reader.execute("select count(*) from kpum_mirror_document").fetchone()

    assert found == (1,)


def test_the_client_needs_neither_django_nor_anything_of_ours():
    script = (
        "import sys, kpum.client.console, kpum.client.sister.server;"
        "bad = [m for m in sys.modules if m.split('.')[0] in {'django', 'wagtail', 'services', 'psycopg'}"
        " or (m.startswith('kpum.') and not m.startswith('kpum.client'))];"
        "sys.exit(repr(bad) if bad else 0)"
    )

    subprocess.run([sys.executable, "-c", script], check=True)


def test_whoever_types_his_own_program_finds_our_types():
    assert Path(sys.modules["kpum.client"].__file__).with_name("py.typed").exists()


def test_a_portal_that_knows_no_cursor_at_all_is_an_error(portal, tmp_path, manners):
    answer = httpx.Response(409, json={"type": "urn:kpum:problem:cursor-ahead"})

    with pytest.raises(ChannelError, match="answered 409"):
        follow(
            URL, tmp_path, manners=manners, transport=httpx.MockTransport(lambda _request: answer)
        )


def test_a_first_page_may_be_empty(target, manners):
    run(Portal(), target, manners)

    assert held(target) == {}
