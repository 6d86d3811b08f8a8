"""docs/api.md does what it says: every block of it is run against a portal that is being served."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command

from kpum.org.models import Unit
from tests.factories import integrations as make

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(?P<kind>[a-z ]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(*kinds: str) -> Iterator[str]:
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        if found["kind"] in kinds:
            yield found["text"]


class Shell:
    """A developer's shell in an empty folder, with the portal's address."""

    def __init__(self, folder: Path, portal: str) -> None:
        self.folder = folder
        binaries = folder.parent / "bin"
        binaries.mkdir(exist_ok=True)
        # A link would be another Python than that of the virtual environment.
        python = binaries / "python"
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
        python.chmod(0o755)
        path = f"{binaries}:{os.environ['PATH']}"
        self._env = {"PATH": path, "PORTAL": portal, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}

    def run(self, text: str, program: tuple[str, ...] = ("bash", "-euo", "pipefail", "-c")) -> str:
        done = subprocess.run(
            [*program, text],
            cwd=self.folder,
            env=self._env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def shell(committed_city, live_server, tmp_path):
    committed_city.published_card("SA-14", "Zameldowanie")
    folder = tmp_path / "work"
    folder.mkdir()
    return Shell(folder, live_server.url)


def test_every_block_of_the_page_is_of_a_kind_that_is_run():
    text = (ROOT / "docs/api.md").read_text(encoding="utf-8")
    kinds = {found["kind"] for found in BLOCK.finditer(text)}

    assert kinds == {"shell", "shell with a key", "shell with proofs", "portal", "python"}
    assert text.count("\n```") == 2 * len(list(BLOCK.finditer(text)))


def test_the_path_from_nothing_to_a_copy_that_is_shown(shell):
    said = [shell.run(block) for block in blocks("shell", "shell with proofs")]
    program = next(blocks("python")).replace("{PORTAL}", "{__import__('os').environ['PORTAL']}")
    said.append(shell.run(program, (sys.executable, "-c")))

    whole = "\n".join(said)
    assert '"changes":' in said[0]
    assert "Portal siostrzany" in whole
    assert "('service_card', 1)" in whole
    assert re.search(r"store \S+ pl Zameldowanie", whole)
    assert whole.count("Proven: ") == 3
    assert ", 1 mended" in whole
    assert "missing: " in whole


def test_a_key_is_issued_and_opens_its_channel(shell, committed_city):
    unit = Unit.objects.get(code="SA")
    make.client_of(make.interface(unit, channels=["mpi"]), "mpi-portal")

    for block in blocks("portal"):
        for line in block.splitlines():
            command, _arrow, file = line.partition(" > ")
            with (shell.folder / file).open("w", encoding="utf-8") as out:
                call_command(*shlex.split(command)[1:], stdout=out)
    said = [shell.run(block) for block in blocks("shell with a key")]

    assert "removed, cursor" in said[0]
    key = (shell.folder / "kpum.key").read_text(encoding="utf-8").strip()
    assert key not in "".join(said)
