"""The bench works in databases of its own, and in no other."""

import io
import json

import pytest
from wagtail.models import Page

from kpum.bench import building, keeper
from kpum.bench.keeper import Keeper, KeeperFailed
from kpum.bench.places import Place, place_for, remove_file


def test_a_portal_has_a_database_beside_the_named_one(tmp_path):
    server = "postgresql://kpum@db.example.org/portal?host=/run/pg"

    assert place_for(60, server, tmp_path).url == (
        "postgresql://kpum@db.example.org/portal_bench_60?host=/run/pg"
    )
    assert place_for(60, "postgresql:///", tmp_path).url.endswith("/kpum_bench_60")
    own = place_for(60, "sqlite:////srv/portal.sqlite3", tmp_path)
    assert own.url == f"sqlite://{tmp_path}/pages-60.sqlite3"
    assert own.environment["KPUM_DATABASE_URL"] == own.url
    odd = tmp_path / "Próba ł #5"
    odd.mkdir()
    assert place_for(60, "", odd).file == odd / "pages-60.sqlite3"
    for name in ("pages-60.sqlite3", "pages-60.sqlite3-wal", "pages-70.sqlite3"):
        (odd / name).touch()
    remove_file(odd / "pages-60.sqlite3")
    assert [file.name for file in odd.iterdir()] == ["pages-70.sqlite3"]


def test_a_portal_that_the_bench_did_not_make_is_left_alone(city):
    before = Page.objects.count()
    answers = io.StringIO()

    keeper.serve(io.StringIO("build 40\nbuild 40\nopen 40\n"), answers)

    told = [json.loads(line)["error"] for line in answers.getvalue().splitlines()]
    assert len(told) == 3
    assert all(f"holds {before} pages that the bench did not make" in error for error in told[:2])
    assert "nothing here that the bench built" in told[2]
    assert Page.objects.count() == before
    assert not building.is_own()


def test_a_process_that_ended_is_told_of(tmp_path):
    lost = Keeper(Place(1, "mysql://kpum:secret@nowhere/at-all"))

    with pytest.raises(KeeperFailed, match="ended by itself") as told:
        lost.ask("build 1")
    assert "secret" not in str(told.value)
    lost.end()
