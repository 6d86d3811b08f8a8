"""The commands: the same options with Django and without, words for people, codes for scripts."""

import json
import subprocess
import sys
from functools import partial
from io import StringIO
from pathlib import Path

import httpx
import pytest
from django.core.management import CommandError, call_command

from kpum.client import Manners, console
from kpum.client.folder import FolderMirror
from kpum.client.media import folder_beside
from kpum.client.mirror import MirrorError
from tests.client.copies import held
from tests.client.portal import Answer, id_of

KEY = "kpum_tajny-klucz-0123456789"


@pytest.fixture
def address(portal):
    portal.publish(0, "A", type="page", media=[portal.add_file(20, b"plik")])
    with portal.served() as url:
        yield url


@pytest.fixture
def impatient(monkeypatch):
    """No pause is waited for."""
    hasty = partial(Manners, attempts=2, sleep=lambda seconds: None)
    monkeypatch.setattr(console, "Manners", hasty)


def run(capsys, *arguments):
    code = console.main([str(word) for word in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_copy_with_its_files_is_kept_and_proven(portal, address, tmp_path, capsys):
    copy = tmp_path / "copy"

    code, out, _err = run(capsys, address, copy, "--media", "--verify")

    assert (code, out.splitlines()) == (
        0,
        [
            "1 stored, 0 removed, cursor 1",
            "Proven: 1 documents at 1",
            "1 files fetched, 0 removed",
        ],
    )
    assert held(str(copy)) == portal.truth()
    assert [file.read_bytes() for file in (copy / "media").glob("??/*")] == [b"plik"]


def test_a_copy_that_differs_ends_with_three_and_repair_mends_it(portal, address, tmp_path, capsys):
    run(capsys, address, tmp_path)
    FolderMirror(tmp_path).forget([(id_of(0), "pl")])

    code, out, _err = run(capsys, address, tmp_path, "--verify")
    assert code == 3
    assert f"missing: page {id_of(0)} pl" in out
    assert "Not what the manifest says (1 documents at 1): page" in out

    code, out, _err = run(capsys, address, tmp_path, "--repair")
    assert (code, "Proven: 1 documents at 1, 1 mended" in out) == (0, True)


def test_a_file_that_the_portal_lacks_and_a_set_back_are_said(portal, address, tmp_path, capsys):
    portal.files.clear()
    out = run(capsys, address, tmp_path, "--media")[1]
    assert f"does not give the file {id_of(20)}" in out

    portal.epoch = "second"
    out = run(capsys, address, tmp_path)[1]
    assert "went back to an earlier state: everything was read anew" in out


def test_pinned_keys_are_used(portal, address, tmp_path, capsys):
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(portal.signing_keys()), encoding="utf-8")
    assert run(capsys, address, tmp_path, "--verify", "--signing-keys", keys)[0] == 0

    portal.kid = "new"
    code, _out, err = run(capsys, address, tmp_path, "--verify", "--signing-keys", keys)
    assert (code, "not among the trusted" in err) == (1, True)

    for text in ("[]", "{}", "{"):
        keys.write_text(text, encoding="utf-8")
        code, _out, err = run(capsys, address, tmp_path, "--signing-keys", keys)
        assert (code, "no JWK Set" in err) == (1, True)


def test_the_key_comes_from_a_file_or_the_environment_and_is_never_shown(
    portal, address, tmp_path, capsys, monkeypatch, impatient
):
    seen = []

    def look(asked, answer):
        seen.append(asked.headers.get("authorization"))
        return answer

    portal.fault = look
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n", encoding="utf-8")
    said = run(capsys, address, tmp_path / "a", "--key-file", file)
    monkeypatch.setenv("KPUM_CHANNEL_KEY", KEY + "2")
    said += run(capsys, address, tmp_path / "b")
    assert seen == [f"Bearer {KEY}", f"Bearer {KEY}2"]

    portal.fault = lambda asked, answer: Answer(401)
    said += run(capsys, address, tmp_path / "c")
    said += run(capsys, address.replace("127.0.0.1", "portal.test"), tmp_path / "d")
    assert KEY not in str(said)
    assert "plain http" in said[-1]
    code, _out, err = run(capsys, address, tmp_path / "e", "--key-file", tmp_path / "none")
    assert (code, "none cannot be read" in err) == (1, True)
    for found in tmp_path.rglob("*"):
        assert found == file or not found.is_file() or KEY.encode() not in found.read_bytes()


def test_a_pace_goes_on_through_faults_until_it_is_stopped(
    portal, address, tmp_path, capsys, monkeypatch, impatient
):
    naps = []

    def nap(seconds):
        naps.append(seconds)
        portal.fault = (lambda asked, answer: Answer(500)) if len(naps) == 1 else None
        portal.publish(len(naps), "B", type="page")
        if len(naps) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(console.time, "sleep", nap)
    code, out, _err = run(capsys, address, tmp_path, "--every", "5")

    assert (code, naps) == (0, [5.0, 5.0, 5.0])
    assert "Not up to date: " in out
    assert "2 stored, 0 removed, cursor 3" in out


def test_a_copy_is_shown_also_while_the_portal_is_away(
    portal, address, tmp_path, capsys, monkeypatch, impatient
):
    run(capsys, address, tmp_path)
    portal.fault = lambda asked, answer: Answer(500)
    pages = []

    def look(seconds):
        pages.append(httpx.get("http://127.0.0.1:8391/typ/page").text)
        raise KeyboardInterrupt

    monkeypatch.setattr(console.time, "sleep", look)
    code, out, _err = run(capsys, address, tmp_path, "--serve", "8391")

    assert code == 0
    assert "The copy is shown at http://127.0.0.1:8391/" in out
    assert "Not up to date" in out
    assert "<h1>Strony</h1>" in pages[0]


@pytest.mark.parametrize("pace", ["0", "-1", "soon", "nan", "1e9"])
def test_a_pace_that_is_none_is_refused(tmp_path, pace):
    with pytest.raises(SystemExit):
        console.main(["http://x.test/channels/public", str(tmp_path), "--every", pace])


def test_the_command_of_django_does_the_same(portal, address, tmp_path):
    told = StringIO()
    call_command(
        "follow_channel", address, f"sqlite:///{tmp_path}/c.sqlite3", verify=True, stdout=told
    )
    assert told.getvalue().splitlines()[-1] == "Proven: 1 documents at 1"

    call_command("follow_channel", address, tmp_path / "copy", stdout=told)
    FolderMirror(tmp_path / "copy").forget([(id_of(0), "pl")])
    with pytest.raises(CommandError, match="not what the manifest says") as differs:
        call_command("follow_channel", address, str(tmp_path / "copy"), "--verify", stdout=told)
    assert differs.value.returncode == 3
    with pytest.raises(CommandError, match="looks like"):
        call_command("follow_channel", "nowhere", str(tmp_path / "copy"))


def test_the_command_of_django_is_stopped_without_a_trace(address, tmp_path, monkeypatch):
    def stop(keeper):
        raise KeyboardInterrupt

    monkeypatch.setattr(console.Keeper, "run", stop)

    call_command("follow_channel", address, str(tmp_path))


def test_the_module_runs_by_itself(address, tmp_path):
    command = [sys.executable, "-m", "kpum.client", address, str(tmp_path / "copy")]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )

    assert (done.returncode, done.stdout) == (0, "1 stored, 0 removed, cursor 1\n"), done.stderr


def test_files_lie_beside_their_copy_unless_told_otherwise():
    assert folder_beside("copy") == Path("copy/media")
    assert folder_beside("sqlite:////x/c.sqlite3") == Path("/x/c.sqlite3.media")
    with pytest.raises(MirrorError, match="--media-folder"):
        folder_beside("postgresql://host/x")
