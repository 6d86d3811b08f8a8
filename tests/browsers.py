"""The browser of the journeys: Debian's Chromium or one like it, found and, in CI, installed.

    python -m tests.browsers

installs it by apt when root on a Debian-like machine and CI or KPUM_INSTALL_BROWSER is set;
elsewhere it changes nothing.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: The fonts have every Polish and Ukrainian letter; without them a picture shows boxes.
DEBIAN_PACKAGES = ("chromium", "fonts-liberation")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ABSENT = (
    "Skipped: the journeys in a browser. Chromium was not found; install it (Debian: apt-get install"
    " chromium), or as root on Debian let make do it: make test KPUM_INSTALL_BROWSER=1."
)


def find_chromium() -> str:
    """Return the program's path, or nothing."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), "")


def may_install() -> bool:
    asked = os.environ.get("CI") or os.environ.get("KPUM_INSTALL_BROWSER")
    return bool(asked) and os.geteuid() == 0 and Path("/etc/debian_version").exists()


def install() -> int:
    """Install Debian's package; the package manager's words are shown only when it fails."""
    print("Installing Chromium for the journeys …", flush=True)
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    fetch = ["apt-get", "install", "--yes", "--no-install-recommends", *DEBIAN_PACKAGES]
    for command in (["apt-get", "update"], fetch):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stdout, done.stderr, file=sys.stderr)
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(install() if may_install() and not find_chromium() else 0)
