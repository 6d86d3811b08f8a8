"""The commands that import and export cards, as an operator meets them."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from services.card_columns import NAMES
from services.models import ServiceCardPage
from tests.factories.card_files import everything_held, full_row, prepare_references, written


@pytest.fixture(autouse=True)
def _messages_in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def stocked(city):
    city.published_card()
    prepare_references()
    return city


class Terminal(io.StringIO):
    def isatty(self):
        return True


def run(command, *options, terminal=False):
    """Return what a command says: on its output, and beside it."""
    out, err = io.StringIO(), Terminal() if terminal else io.StringIO()
    call_command(command, *map(str, options), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def stored(folder, rows, name="karty.json"):
    file = folder / name
    file.write_bytes(written(rows))
    return file


def test_a_dry_run_tells_row_by_row_and_writes_nothing(stocked, tmp_path):
    rows = [full_row("SA-30"), {"code": "SA-14", "unit": "SA", "title": "Inny tytuł"}]
    file = stored(tmp_path, rows)
    before = everything_held()

    out, _err = run("import_services", file, "--dry-run")

    assert out.splitlines() == [
        "2  SA-30  New", "3  SA-14  Changed: title", "New: 1", "Changed: 1", "Unchanged: 0",
        "Bad: 0", "A dry run: nothing was written.",
    ]  # fmt: skip
    assert everything_held() == before


def test_an_import_shows_how_far_it_is(stocked, tmp_path):
    file = stored(tmp_path, [full_row("SA-30"), full_row("SA-31")])

    _out, err = run("import_services", file)

    assert err == "Cards written: 2 of 2\n"
    assert ServiceCardPage.objects.filter(code__in=["SA-30", "SA-31"]).count() == 2


def test_a_terminal_shows_a_bar(stocked, tmp_path):
    _out, err = run("import_services", stored(tmp_path, [full_row("SA-30")]), terminal=True)

    assert "[" + "#" * 40 + "] 1/1" in err


def test_every_fault_is_told_by_file_line_and_column(stocked, tmp_path):
    file = stored(tmp_path, [full_row("SA-30", sector="84"), full_row("SA-31", unit="SB")])
    out, err = io.StringIO(), io.StringIO()

    with pytest.raises(CommandError, match="2 faults; nothing was written"):
        call_command("import_services", str(file), stdout=out, stderr=err)

    assert [line.rsplit(": ", 1)[0] for line in err.getvalue().splitlines()] == [
        f"{file}:2: sector",
        f"{file}:3: unit",
    ]
    assert "Bad: 2" in out.getvalue()


def test_rows_not_taken_go_to_a_file(stocked, tmp_path):
    file = stored(tmp_path, [full_row("SA-30"), full_row("SA-31", sector="84")])
    rejected = tmp_path / "odrzucone.json"

    out, err = run("import_services", file, "--skip-bad", "--rejected", rejected)

    (row,) = json.loads(rejected.read_bytes())
    assert (row["code"], row["sector"]) == ("SA-31", "84")
    assert row["reason"].startswith("3: sector: ")
    assert f"{file}:3: sector" in err
    assert f"Rows not taken: {rejected}" in out
    assert ServiceCardPage.objects.filter(code="SA-30").exists()


WRONG = [
    (["karty.txt"], "the name must end with .csv, .xlsx or .json"),
    (["brak.json"], "No such file"),
    (["karty.json", "--skip-bad"], "go together"),
    (["karty.json", "--rejected", "x.json"], "go together"),
    (["karty.json", "--skip-bad", "--rejected", "x.csv"], "of the same form"),
    (["karty.json", "--skip-bad", "--rejected", "karty.json"], "is there already"),
    (["karty.json", "--skip-bad", "--rejected", "nie/ma.json"], "is there already"),
]


def test_a_wrong_command_is_refused_in_words(stocked, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    stored(tmp_path, [full_row("SA-30")])

    for options, words in WRONG:
        with pytest.raises(CommandError, match=words):
            run("import_services", *options)

    assert not ServiceCardPage.objects.filter(code="SA-30").exists()


def test_an_export_holds_what_is_public_and_drafts_only_when_asked(stocked, tmp_path):
    stocked.new_card("SA-20", "Szkic")
    stocked.new_card("", "Szkic bez kodu")

    public, _err = run("export_services", tmp_path / "a.json")
    every, _err = run("export_services", tmp_path / "b.json", "--drafts")

    assert public == "Cards: 1\n"
    assert every == "Cards: 2\nDrafts without a code, left out: 1\n"
    assert "Szkic" not in (tmp_path / "a.json").read_text()
    (row,) = json.loads((tmp_path / "a.json").read_text())
    assert set(row) == {name.split(".")[0] for name in NAMES}


def test_an_export_may_be_one_units(stocked, tmp_path):
    run("export_services", tmp_path / "a.json", "--unit", "ZZM")

    assert json.loads((tmp_path / "a.json").read_text()) == []
    with pytest.raises(CommandError, match="There is no unit SB"):
        run("export_services", tmp_path / "b.json", "--unit", "SB")
