"""What every test has: a clean cache, a guard against N+1 queries, profiles, and a browser to ask for."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.handlers.base import BaseHandler
from django.test.client import ClientHandler
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from kpum.pages import channel_rules
from tests import browsers, prepared

TESTS = Path(__file__).parent
JOURNEYS = TESTS / "journeys"
#: Public pages and the API: here a query per row is an error. The stock admin has its own N+1s.
GUARDED = tuple(TESTS / name for name in ("portal", "services", "channels", "search"))
#: What no database makes a difference to: these run in one half.
ONCE = tuple(
    TESTS / name
    for name in (
        "architecture", "design", "plugin", "journeys/test_accessibility.py",
        "client/test_console.py", "client/test_proof.py", "client/test_reading.py", "client/test_wire.py",
    )
)  # fmt: skip
#: Walks through the whole portal: they run lines that tests of their own room hold already, and
#: measuring them costs half their time again.
UNMEASURED = tuple(
    TESTS / name
    for name in (
        "journeys", "permissions", "scale", "plugin", "properties",
        "door/test_doors.py", "door/test_embargo.py",
        "pages/test_stranger.py", "pages/test_superuser.py", "channels/test_crash_safety.py",
    )
)  # fmt: skip
#: A long walk over screens whose answer comes from Python: the second database is asked
#: by `make prove`, and by the shorter tests of the same rooms here.
ONCE_UNLESS_PROVING = ("pages/test_stranger.py",)
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

_patient: dict[str, Any] = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
hypothesis_settings.register_profile("short", max_examples=25, derandomize=True, **_patient)
hypothesis_settings.register_profile("prove", max_examples=2000, **_patient)
hypothesis_settings.load_profile("prove" if os.environ.get("KPUM_PROVE") else "short")


def database_of_this_run() -> str:
    """Return the key of DATABASES under which this process runs."""
    engine = str(settings.DATABASES["default"]["ENGINE"])
    return next(key for key in DATABASES if key in engine)


def is_journey(item: pytest.Item) -> bool:
    """A test is a journey when it lives among them, says so, or asks for a browser."""
    asks = "chromium_path" in getattr(item, "fixturenames", ())
    return asks or item.path.is_relative_to(JOURNEYS) or bool(item.get_closest_marker("journey"))


def runs_once(item: pytest.Item) -> bool:
    """Return whether one database is enough for the test."""
    if any(item.path.is_relative_to(place) for place in ONCE):
        return True
    name = item.nodeid.removeprefix("tests/")
    return "KPUM_PROVE" not in os.environ and name.startswith(ONCE_UNLESS_PROVING)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Measure no coverage while a long walk is under way."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    measuring = plugin and getattr(plugin, "cov_controller", None)
    if measuring and any(item.path.is_relative_to(place) for place in UNMEASURED):
        measuring.pause()
        yield
        measuring.resume()
    else:
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put journeys last or leave them out, and tests of the other database aside."""
    here = database_of_this_run()
    for item in items:
        if runs_once(item) and item.get_closest_marker("only_on") is None:
            item.add_marker(pytest.mark.only_on("sqlite"))
        for marker in item.iter_markers("only_on"):
            if marker.args[0] != here:
                reason = f"only on {DATABASES[marker.args[0]]}"
                item.add_marker(pytest.mark.skip(reason=reason))
    if not os.environ.get("KPUM_PROVE"):
        long = [item for item in items if item.get_closest_marker("proof")]
        items[:] = [item for item in items if item not in set(long)]
        config.hook.pytest_deselected(items=long)
    journeys = [item for item in items if is_journey(item)]
    # Playwright leaves its event loop in the thread, where nothing else should run after it.
    items[:] = [item for item in items if item not in set(journeys)]
    if browsers.find_chromium():
        items += journeys
    elif journeys:
        config.hook.pytest_deselected(items=journeys)
        config.stash[_left_out] = True


_left_out = pytest.StashKey[bool]()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a process of xdist tell the first one that it left journeys out."""
    output = getattr(session.config, "workeroutput", {})
    output["left_out"] = session.config.stash.get(_left_out, False)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if getattr(node, "workeroutput", {}).get("left_out"):
        node.config.stash[_left_out] = True


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say once that journeys were left out; the run over both halves has said it by itself."""
    if config.stash.get(_left_out, False) and not os.environ.get("KPUM_JOURNEYS_TOLD"):
        terminalreporter.write_line(browsers.ABSENT)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """A database that was prepared is kept as it is: nothing is left to migrate."""
    return django_db_keepdb or prepared.VARIABLE in os.environ


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """Give this process its copy of the prepared database, when the run has one."""
    if prepared.VARIABLE not in os.environ:
        yield
        return
    with django_db_blocker.unblock():
        prepared.lay_out()
    yield
    with django_db_blocker.unblock():
        prepared.clear_away()


@pytest.fixture(autouse=True)
def clean_caches() -> None:
    """Forget what an earlier test cached: Wagtail keeps its sites' root paths there, we figures."""
    from kpum.integrations.usage import ledger

    ledger.forget()
    for cache in caches.all(initialized_only=True):
        cache.clear()
    channel_rules.forget_rules()


@pytest.fixture(scope="session", autouse=True)
def _channels_are_not_asked_again() -> None:
    """How long a process keeps the channels' rules is time; a count of queries must not depend on it."""
    channel_rules.MAX_AGE = 3600.0


@pytest.fixture(scope="session")
def zeal() -> Any:
    """The N+1 detector, patched into Django once; without a context it only looks on."""
    from zeal import zeal_context
    from zeal.constants import initialize_app_registry
    from zeal.patch import patch

    initialize_app_registry()
    patch()
    return zeal_context


@pytest.fixture
def guarded_requests(zeal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request of the test client fails at its first query per row."""

    def get_response(handler: ClientHandler, request: Any) -> Any:
        with zeal():
            return BaseHandler.get_response(handler, request)

    monkeypatch.setattr(ClientHandler, "get_response", get_response)


@pytest.fixture(autouse=True)
def _guard_public_requests(request: pytest.FixtureRequest) -> None:
    if any(request.path.is_relative_to(folder) for folder in GUARDED):
        request.getfixturevalue("guarded_requests")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser's program. Tests that need it are left out where there is none."""
    return browsers.find_chromium()


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Any]:
    """One headless Chromium for all journeys of this process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as environment:
        # Playwright's loop makes Django believe that it is called from asynchronous code.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        running = playwright.chromium.launch(
            executable_path=chromium_path, args=list(browsers.FLAGS)
        )
        yield running
        running.close()


@pytest.fixture
def new_session(browser: Any, live_server: Any) -> Iterator[Callable[..., Any]]:
    """Open a browser of one person's own: ``new_session(viewport=(360, 780))`` is a phone.

    Addresses are relative to the live server. Whatever a page asks of another host is refused.
    """
    opened = []

    def open_session(viewport: tuple[int, int] = (1280, 900), **options: Any) -> Any:
        size = {"width": viewport[0], "height": viewport[1]}
        context = browser.new_context(
            base_url=live_server.url, locale="pl-PL", viewport=size, **options
        )
        context.set_default_timeout(15_000)
        context.route(lambda url: not url.startswith(live_server.url), lambda route: route.abort())
        opened.append(context)
        return context

    yield open_session
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """The folder for pictures of what a person saw; git does not keep it."""
    folder = JOURNEYS / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def city(db: None) -> Any:
    """The small city, in a transaction that is rolled back."""
    from tests.cast import lay_out_city

    return lay_out_city()


@pytest.fixture
def committed_city(transactional_db: None) -> Any:
    """The small city, really committed: for tests of commits, crashes and second connections."""
    from tests.cast import build_city

    return build_city()
