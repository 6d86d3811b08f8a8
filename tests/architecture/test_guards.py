"""The guards around the tests themselves: each is shown to bite."""

import os
from pathlib import Path

import pytest
from coverage.exceptions import NoDataError
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.urls import path
from zeal import NPlusOneError

from tests import databases, floors, halves

OLDEST_POSTGRESQL = databases.OLDEST * 10_000


def list_permissions(request):
    """A view with a query per row."""
    names = [permission.content_type.model for permission in Permission.objects.all()[:5]]
    return HttpResponse(",".join(names))


urlpatterns = [path("permissions", list_permissions)]


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_query_per_row_fails_a_guarded_request(client, guarded_requests):
    with pytest.raises(NPlusOneError):
        client.get("/permissions")


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_elsewhere_it_passes(client):
    assert client.get("/permissions").status_code == 200


@pytest.mark.django_db
def test_this_half_runs_on_the_database_it_names():
    announced = os.environ.get("KPUM_TEST_HALF") or connection.vendor

    assert connection.vendor == announced
    if connection.vendor == "postgresql":
        connection.ensure_connection()
        assert connection.pg_version >= OLDEST_POSTGRESQL


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_one_test_caches_another_does_not_see(time):
    assert cache.get("seen") is None
    cache.set("seen", time)


@pytest.mark.only_on("sqlite")
def test_of_sqlite_runs_on_sqlite_only():
    assert connection.vendor == "sqlite"


@pytest.mark.only_on("postgresql")
def test_of_postgresql_runs_on_postgresql_only():
    assert connection.vendor == "postgresql"


def half(name="PostgreSQL", exit_code=0, passed=("a", "b"), elsewhere=()):
    nothing = frozenset()
    return halves.Half(name, exit_code, frozenset(passed), nothing, nothing, frozenset(elsewhere))


def test_equal_halves_raise_no_complaint():
    assert halves.complaints(half("SQLite"), half()) == []


@pytest.mark.parametrize(
    ("postgresql", "complaint"),
    [
        (half(passed=("a",)), "PostgreSQL: 1 tests passed only in the other half:\n  b"),
        (half(passed=()), "PostgreSQL: no test has passed."),
        (half(exit_code=1), "PostgreSQL: pytest ended with 1."),
        (half(passed=("a", "b", "c")), "SQLite: 1 tests passed only in the other half:\n  c"),
    ],
)
def test_a_lesser_half_is_refused(postgresql, complaint):
    assert complaint in halves.complaints(half("SQLite"), postgresql)


def test_a_test_of_the_other_database_may_be_missing():
    assert halves.complaints(half("SQLite"), half(passed=("a",), elsewhere=("b",))) == []


def test_a_half_that_wrote_no_report_has_passed_nothing():
    lost = halves.read_report("PostgreSQL", 1, Path("nowhere.xml"))

    assert lost.closing_line() == "PostgreSQL: 0 passed, 0 failed"


def test_a_report_is_read_test_by_test(tmp_path):
    report = tmp_path / "half.xml"
    report.write_text(
        "<testsuites><testsuite>"
        "<testcase classname='t' name='passes'/>"
        "<testcase classname='t' name='fails'><failure message='no'/></testcase>"
        "<testcase classname='t' name='cleans_up_badly'/>"
        "<testcase classname='t' name='cleans_up_badly'><error message='no'/></testcase>"
        "<testcase classname='t' name='waits'><skipped message='later'/></testcase>"
        "<testcase classname='t' name='other'><skipped message='only on PostgreSQL'/></testcase>"
        "</testsuite></testsuites>",
        encoding="utf-8",
    )

    found = halves.read_report("SQLite", 1, report)

    assert found.passed == {"t::passes"}
    assert found.failed == {"t::fails", "t::cleans_up_badly"}
    assert (found.skipped, found.elsewhere) == ({"t::waits"}, {"t::other"})
    assert found.closing_line() == "SQLite: 1 passed, 2 failed, 2 skipped"


def test_a_server_that_is_too_old_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("KPUM_TEST_POSTGRESQL", str(tmp_path))

    with pytest.raises(databases.NoServer, match="PostgreSQL 15 or newer"):
        databases.find_binaries()


def test_a_temporary_folder_too_deep_for_a_socket_is_passed_over(monkeypatch, tmp_path):
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr(databases.tempfile, "gettempdir", lambda: str(deep))

    folder = databases.short_folder({})
    folder.rmdir()

    assert not folder.is_relative_to(deep)
    assert list(deep.iterdir()) == []


class Measured:
    """A measurement in which every pattern reached the same."""

    def __init__(self, reached):
        self.reached = reached

    def report(self, *, include, file, **_options):
        if self.reached is None:
            raise NoDataError
        file.write(f"lines of {include[0]}")
        return self.reached


def test_reached_floors_raise_no_complaint():
    assert floors.shortfalls(lambda: Measured(100.0)) == []


def test_almost_all_is_not_all():
    found = floors.shortfalls(lambda: Measured(99.99))

    assert "Coverage of workflows/*: 99.99 %, the floor is 100 %.\nlines of workflows/*" in found
    assert not any("Coverage of *:" in line for line in found)


def test_a_floor_under_nothing_is_refused():
    assert "Coverage: no file matches workflows/*." in floors.shortfalls(lambda: Measured(None))
