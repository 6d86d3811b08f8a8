"""The whole bench, once, in a database of its own; then what stops it when something is not right."""

import io
import json
import os
import shutil
import sqlite3
import uuid
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command
from django.db import connection, connections

from kpum.bench import plan
from kpum.bench.asking import Asker, Invalid, Request, TimedOut
from kpum.bench.places import place_for
from kpum.bench.rows import Job, measure_row
from kpum.bench.serving import running
from kpum.bench.survey import CHANGES, survey
from kpum.bench.verdict import OF_ONE
from tests import prepared

pytestmark = pytest.mark.django_db
#: A few more than a stored page of the feed holds.
PAGES = 105


@pytest.fixture
def _django_db_helper():
    """No transaction for each test: what is built lies in another database."""


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker, tmp_path_factory):
    """A migrated database where the bench will look for its own: migrating takes longer than the rest."""
    folder = tmp_path_factory.mktemp("bench")
    with django_db_blocker.unblock():
        template = os.environ.get(prepared.VARIABLE) or connection.settings_dict["NAME"]
        connections.close_all()
        if connection.vendor == "sqlite":
            found = place_for(PAGES, "", folder / "bench")
            found.file.parent.mkdir()
            shutil.copy(template, found.file)
            yield found, "", folder
            return
        parts = urlsplit(os.environ["KPUM_TEST_DATABASE_URL"])
        named = urlunsplit(parts._replace(path=f"/kpum_{uuid.uuid4().hex[:8]}"))
        found = place_for(PAGES, named, folder)
        name = urlsplit(found.url).path.strip("/")
        prepared.create_postgresql(name, template)
        yield found, named, folder
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {connection.ops.quote_name(name)} WITH (FORCE)")


@pytest.fixture(scope="module")
def ran(place, django_db_blocker):
    """The command's own words, and its file."""
    found, named, folder = place
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(project, "VAR_DIR", folder, raising=False)
        patch.setenv("KPUM_VAR", str(folder))
        call_command(
            "bench", "api", pages=[PAGES], rounds=2, requests=5, details=20, publications=2,
            out=folder / "bench.json", database=named, stdout=said,
        )  # fmt: skip
    return found, said.getvalue(), json.loads((folder / "bench.json").read_text())


def test_a_run_measures_every_row_and_judges_every_target(ran):
    _place, said, told = ran

    assert [row["row"] for row in told["rows"]] == [
        "publishing", "publishing, indexes left to the worker", "full sync", "one document", "304",
        "deep, feed", "deep, list", "deep, stored pages",
    ]  # fmt: skip
    for row in told["rows"]:
        assert row["pages"] == PAGES
        assert not row["timed_out"]
        for job in row["jobs"].values():
            assert len(job["rounds_cpu_s"]) == 2
            assert min(job["rounds_cpu_s"]) > 0
    sync = told["rows"][2]["jobs"]
    assert {name: job["documents"] for name, job in sync.items()} == {
        "v3": 20, "pages": PAGES + 5, "v2": PAGES,
        "large pages": PAGES + 5, "lines": PAGES + 5, "stored": PAGES + 5,
    }  # fmt: skip
    assert sync["v3"]["sampled"]
    assert sync["stored"]["bytes"] < sync["pages"]["bytes"] / 3
    assert told["rows"][2]["ratios"]["v3/pages"]["min"] > 10
    assert [one["target"] for one in told["verdict"]] == [target.words for target in OF_ONE]
    assert all(one["figure"] for one in told["verdict"])
    assert f"full sync, {PAGES} pages" in said
    assert told["database"].startswith(("SQLite", "PostgreSQL"))


@pytest.fixture(scope="module")
def asker(ran, place):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPUM_VAR", str(place[2]))
        with running(ran[0], 0) as server:
            asker = Asker(server)
            yield asker
            asker.close()


@pytest.fixture
def execute(place):
    """Run SQL in the bench's database; what is changed, the test changes back."""

    def run(sql):
        url = place[0].url
        if place[0].vendor == "sqlite":
            with closing(sqlite3.connect(place[0].file)) as own, own:
                return own.execute(sql).fetchall()
        with psycopg.connect(url) as own:
            cursor = own.execute(sql)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def read(asker, execute):
    def run(pages=PAGES):
        words = {
            name: {str(pk): slug for pk, slug in execute(f"SELECT id, slug FROM {table}")}  # noqa: S608
            for name, table in (
                ("categories", "kpum_services_category"),
                ("life_events", "kpum_services_lifeevent"),
            )
        }
        return survey(asker, pages=pages, units=5, words=words, details=1000)

    return run


def test_another_text_count_or_hash_stops_the_run(read, execute):
    ((pk, lead),) = execute(
        "SELECT page_ptr_id, lead FROM kpum_portal_informationpage ORDER BY page_ptr_id LIMIT 1"
    )
    lead = lead.replace("'", "''")
    execute(f"UPDATE kpum_portal_informationpage SET lead='Co innego' WHERE page_ptr_id={pk}")  # noqa: S608
    with pytest.raises(Invalid, match=r"says another “lead”: ours .* stock v2 'Co innego'"):
        read()
    execute(f"UPDATE kpum_portal_informationpage SET lead='{lead}' WHERE page_ptr_id={pk}")  # noqa: S608

    execute(f"UPDATE wagtailcore_page SET live={false()} WHERE id={pk}")  # noqa: S608
    with pytest.raises(Invalid, match="1 pages are in ours alone"):
        read()
    execute(f"UPDATE wagtailcore_page SET live={true()} WHERE id={pk}")  # noqa: S608

    with pytest.raises(Invalid, match=f"holds {PAGES} pages and 5 units, where 106 and 5"):
        read(PAGES + 1)
    execute(
        "UPDATE kpum_channels_publisheddocument SET etag='0'"
        " WHERE channel='public' AND kind='folder'"
    )
    with pytest.raises(Invalid, match="does not hold the documents that it holds as rows"):
        read()


def true():
    return "1" if connection.vendor == "sqlite" else "true"


def false():
    return "0" if connection.vendor == "sqlite" else "false"


def test_what_answers_otherwise_than_when_it_was_checked_is_not_measured(asker):
    ever = float("inf")

    with pytest.raises(Invalid, match="bytes, where 3 were checked"):
        asker.measure([Request(f"{CHANGES}?after=0&limit=1", size=3)], ever)
    with pytest.raises(Invalid, match="answered 404, not 200"):
        asker.measure([Request("/bench/nothing/")], ever)
    with pytest.raises(Invalid, match="/bench/nothing/ answered 404"):
        asker.fetch("/bench/nothing/")
    with pytest.raises(TimedOut):
        asker.measure([Request("/bench/empty")], deadline=0)


def test_a_row_that_takes_too_long_is_cut_and_keeps_what_it_has(asker):
    row = measure_row("x", 1, [Job("a", asker, [Request("/bench/empty")])], rounds=3, seconds=-1)

    assert row["timed_out"]
    assert (row["jobs"], row["ratios"]) == ({}, {})


def test_queries_are_counted_in_the_body_too_and_only_when_asked(asker):
    lines = Request(CHANGES, {"Accept": "application/x-ndjson"})

    assert asker.queries_of(Request("/bench/empty")) == 0
    counted = asker.queries_of(lines)
    assert counted >= 3
    asker.measure([Request(f"{CHANGES}?after=0"), lines], float("inf"))
    assert asker.fetch("/bench/queries").text == str(counted)


def test_deltas_of_two_portals_hold_as_many_changes(asker, execute):
    numbers = [
        number
        for (number,) in execute(
            "SELECT sequence FROM kpum_channels_publisheddocument"
            " WHERE channel='public' ORDER BY sequence"
        )
    ]
    amounts = plan.Amounts(rounds=1, requests=2, details=1, publications=1, seconds=9)

    rows = plan.deltas_of((asker, numbers), (asker, numbers), amounts)

    assert [(name, [job.requests[0].documents for job in jobs]) for name, jobs in rows] == [
        ("delta of 1", [1, 1]),
        ("delta of 10", [10, 10]),
        ("delta of 100", [100, 100]),
    ]


def test_a_database_that_is_not_the_benchs_is_refused(ran, place, execute, settings, monkeypatch):
    _found, named, folder = place
    execute("UPDATE wagtailcore_site SET site_name = 'Portal'")
    before = execute("SELECT count(*) FROM wagtailcore_page")
    settings.VAR_DIR = folder
    monkeypatch.setenv("KPUM_VAR", str(folder))

    with pytest.raises(CommandError, match=r"holds 106 pages that the bench did not make"):
        call_command("bench", "api", pages=[PAGES], database=named)

    assert execute("SELECT count(*) FROM wagtailcore_page") == before
