"""Make .venv and fill it from a hash-locked list; do nothing when that is done already.

    python3 requirements/install.py run     what the demo and production need
    python3 requirements/install.py dev     that, and what the tests and linters need

Written so that any Python 3 can read it: an old one gets a sentence, not a SyntaxError.
"""

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

LISTS = Path("requirements")
VENV = Path(".venv")
STAMP = VENV / "kpum-requirements"
OLDEST = (3, 11)


def refuse(sentence: str) -> NoReturn:
    sys.exit(sentence)


def mark(name: str) -> str:
    """Return the line that a finished installation of this list leaves behind."""
    checksum = hashlib.sha256((LISTS / (name + ".txt")).read_bytes()).hexdigest()
    return name + " " + checksum


def make_environment(*, clear: bool) -> None:
    arguments = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.call(arguments + (["--clear"] if clear else [])) != 0:
        refuse("No virtual environment could be made. On Debian: apt-get install python3-venv.")


def install(name: str) -> None:
    python = str(VENV / "bin" / "python")
    file = str(LISTS / (name + ".txt"))
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.call([python, "-m", "pip", "install", *options, "-r", file]) != 0:
        refuse("The packages of " + file + " could not be installed; pip says why above.")


def main(name: str) -> None:
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        refuse(
            "KPUM needs Python 3.11 or newer, and " + sys.executable + " is " + found + ".\n"
            "Install one and name it: make PYTHON=python3.12 …"
        )
    wanted = [mark(name)] if name == "dev" else [mark(name), mark("dev")]
    done = STAMP.read_text(encoding="utf-8").strip() if STAMP.is_file() else ""
    usable = (VENV / "bin" / "python").exists()
    if usable and done in wanted:
        return
    print("Installing the packages of requirements/" + name + ".txt into .venv …", flush=True)
    # The longer list only adds to the shorter one; anything else starts from an empty folder.
    if not (usable and done == mark("run")):
        make_environment(clear=VENV.exists())
    install(name)
    STAMP.write_text(mark(name) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
