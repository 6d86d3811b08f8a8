"""The built wheel in a host's project: apps, one ``include()``, migrate, a card through the door, the API."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
APPS = [
    "kpum", "kpum.channels", "kpum.reports", "search", "branch_pages", "services", "kpum.portal", "workflows",
    "kpum.blocks", "kpum.pages", "kpum.integrations", "kpum.org", "kpum.outbox", "kpum.audit", "kpum.design", "kpum.core", "wagtail_localize",
    "wagtail_localize.locales",
]  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel with the build backend, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    script = f"import hatchling.build as b; print(b.build_wheel({str(folder)!r}))"
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("kpum-*.whl"))


@pytest.fixture(scope="module")
def host(wheel, tmp_path_factory):
    """Make a project with ``wagtail start``, install the wheel beside it, and add the apps."""
    folder = tmp_path_factory.mktemp("host")
    installed = folder / "site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    project = folder / "gospodarz"
    project.mkdir()
    starter = Path(sysconfig.get_path("scripts")) / "wagtail"
    subprocess.run(
        [sys.executable, str(starter), "start", "gospodarz", str(project)],
        check=True,
        capture_output=True,
    )
    # README: the sample project's own “search” package shadows ours.
    subprocess.run(
        [sys.executable, "-c", f"import shutil; shutil.rmtree({str(project / 'search')!r})"],
        check=True,
    )
    settings = project / "gospodarz" / "settings" / "base.py"
    text = settings.read_text(encoding="utf-8").replace('    "search",\n', "")
    apps = "".join(f'    "{app}",\n' for app in APPS)
    text = text.replace("INSTALLED_APPS = [\n", f"INSTALLED_APPS = [\n{apps}")
    settings.write_text(
        text + '\nWAGTAIL_I18N_ENABLED = True\nLANGUAGE_CODE = "pl"\n', encoding="utf-8"
    )
    urls = project / "gospodarz" / "urls.py"
    text = urls.read_text(encoding="utf-8")
    text = text.replace("from search import views as search_views\n", "")
    text = text.replace(
        '    path("search/", search_views.search, name="search"),\n',
        '    path("", include("kpum.plugin_urls")),\n',
    )
    urls.write_text(text, encoding="utf-8")
    return project, installed


def run(host, *arguments, stdin=None):
    """Run the host's manage.py with nothing of ours on the path but the installed wheel."""
    project, installed = host
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("DJANGO_", "KPUM_", "PYTHON", "COV_"))
    }
    environment |= {
        "PYTHONPATH": str(installed),
        "DJANGO_SETTINGS_MODULE": "gospodarz.settings.dev",
    }
    result = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=project, env=environment, input=stdin, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


CARD = (HERE / "create_card.py").read_text(encoding="utf-8")


@pytest.mark.wheel
def test_the_wheel_serves_a_card_in_a_hosts_project(host):
    run(host, "migrate", "--verbosity", "0")

    output = run(host, "shell", "--no-imports", "-c", CARD)

    answer = json.loads(output.strip().splitlines()[-1])
    assert answer["kpum"].startswith(str(host[1])), "the test ran our sources, not the wheel"
    assert answer["code"] == "SA-14"
    assert answer["feed"]["type"] == "service_card"
    assert answer["page"] == 200
    assert answer["bypass"] == "refused"
    assert answer["host_workflow"] is True, "the host's own workflow was touched"


@pytest.mark.wheel
def test_the_hosts_own_search_package_is_named_by_a_check(host, tmp_path):
    project, _installed = host
    shadow = project / "search"
    shadow.mkdir(exist_ok=True)
    (shadow / "__init__.py").write_text("", encoding="utf-8")
    (shadow / "apps.py").write_text(
        'from django.apps import AppConfig\n\nclass S(AppConfig):\n    name = "search"\n',
        encoding="utf-8",
    )
    try:
        with pytest.raises(AssertionError, match=r"kpum\.E002"):
            run(host, "check")
    finally:
        for file in (*shadow.glob("*.py"),):
            file.unlink()


@pytest.mark.wheel
def test_the_wheel_carries_templates_catalogues_and_styles(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    for wanted in (
        "kpum/templates/kpum/base.html",
        "kpum/locale/pl/LC_MESSAGES/django.mo",
        "kpum/design/static/kpum/css/kpum.css",
        "services/models.py",
    ):
        assert wanted in names
    assert not [name for name in names if name.startswith(("tests/", "var/", "docs/"))]
