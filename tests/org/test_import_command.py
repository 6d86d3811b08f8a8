"""The command tells an operator what an import changes, or everything that is wrong with the file."""

import io

import pytest
from django.core.management import CommandError, call_command

from kpum.org.models import Unit
from kpum.org.unit_import import import_units
from tests.org.exports import export, row

pytestmark = pytest.mark.django_db


def store(*rows: dict[str, str]) -> None:
    import_units(data=export(*rows), origin="units.csv")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def run(tmp_path):
    def _run(data: bytes, *flags: str, stderr: io.StringIO | None = None) -> tuple[str, str]:
        path = tmp_path / "units.csv"
        path.write_bytes(data)
        out, err = io.StringIO(), stderr or io.StringIO()
        call_command("import_units", str(path), *flags, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return _run


def test_the_command_reports_by_kind_of_change(run):
    store(row("A", former_names="Stara"), row("B"), row("C", valid_to="2025-01-01"))

    out, err = run(
        export(row("A", name="Inna"), row("B", "A", valid_to="2025-02-01"), row("C"), row("D", "A"))
    )

    assert err == ""
    assert out.splitlines() == [
        "Added: 1",
        "  D  Wydział D  (under A)",
        "Changed: 1",
        "  A  Inna  (name: “Wydział A” → “Inna”; former_names: “Stara” → –)",
        "Moved: 1",
        "  B  Wydział B  (parent_code: – → “A”)",
        "Closed: 1",
        "  B  Wydział B  (valid_to: – → 2025-02-01)",
        "Reopened: 1",
        "  C  Wydział C  (valid_to: 2025-01-01 → –)",
        "Unchanged: 0",
    ]


def test_the_command_says_that_a_dry_run_wrote_nothing(run):
    out, _err = run(export(row("A")), "--dry-run")

    assert "Added: 1" in out
    assert out.splitlines()[-1] == "A dry run: nothing was written."
    assert not Unit.objects.exists()


def test_the_command_lists_all_faults_and_fails(run):
    err = io.StringIO()

    with pytest.raises(CommandError, match="2 problems; nothing was written") as caught:
        run(export(row("A", "NIKT"), row("B", kind="?")), stderr=err)

    assert caught.value.returncode == 1
    places = [line.split("units.csv:")[1].split(": ")[:2] for line in err.getvalue().splitlines()]
    assert places == [["2", "parent_code"], ["3", "kind"]]


def test_the_command_refuses_too_many_closures(run):
    store(row("A"), row("B"))

    with pytest.raises(CommandError, match="1 of 2 open units"):
        run(export(row("A")), "--complete")


def test_the_command_tells_who_is_closed_for_absence(run):
    everybody = [row(f"A-{n}") for n in range(10)]
    store(*everybody)

    out, _err = run(export(*everybody[1:]), "--complete")

    assert "  A-0  Wydział A-0  (not in the file, last day " in out


def test_the_command_names_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command("import_units", str(tmp_path / "nowhere.csv"))


def test_the_bar_is_drawn_on_a_terminal_only(run):
    terminal = Terminal()

    run(export(row("A"), row("B")), stderr=terminal)

    assert terminal.getvalue().endswith(f"[{'#' * 40}] 2/2\n")
    assert run(export(row("C")))[1] == ""


def test_a_quiet_command_says_nothing(run):
    assert run(export(row("A")), "--verbosity=0") == ("", "")
