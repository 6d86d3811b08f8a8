"""The command tells an operator what SEZAM's export changes, or everything that is wrong with it."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from kpum.org.enums import UnitKind
from kpum.org.models import Mandate, Unit
from tests.org.sezam_exports import line, listing, table

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 10, 0, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(db):
    Unit.add_root(code="SA", name="Wydział SA", kind=UnitKind.CELL)
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def run(tmp_path):
    def _run(data, *flags, name="sezam.csv", stderr=None):
        path = tmp_path / name
        path.write_bytes(data)
        out, err = io.StringIO(), stderr or io.StringIO()
        call_command("import_mandates", str(path), *flags, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return _run


def test_the_command_reports_by_kind_of_change(run, clock):
    run(table(line(), line("S-2", valid_from="2026-09-01"), line("S-3", role="portal_editor")))
    clock.shift(timedelta(seconds=1))

    out, err = run(
        table(
            line(first_name="Zosia", valid_to="2026-12-31"),
            line("S-2", valid_from="2026-05-01", valid_to="2026-05-31"),
            line("S-3", role="portal_editor"),
            line("S-3", role="unit_head", authorisation="9/2026", valid_from="2026-07-01"),
            line("S-4", valid_to="2026-05-31"),
        )
    )

    assert err == ""
    assert out.splitlines() == [
        "People added: 0",
        "People changed: 1",
        "  S-1  Zosia Kruk  (first_name: “Zofia” → “Zosia”)",
        "Authorisations recorded: 3",
        (
            "  S-1  Zosia Kruk  (upoważnienie 7/2026, 2026-01-01 00:00:00 – … →"
            " upoważnienie 7/2026, 2026-01-01 00:00:00 – 2027-01-01 00:00:00)"
        ),
        (
            "  S-2  Adam Gil  (upoważnienie 7/2026, 2026-09-01 00:00:00 – … →"
            " upoważnienie 7/2026, 2026-05-01 00:00:00 – 2026-06-01 00:00:00)"
        ),
        (
            "  S-3  Maria Czyż  (upoważnienie 7/2026, 2026-01-01 00:00:00 – … →"
            " 9/2026, 2026-01-01 00:00:00 – …)"
        ),
        "Mandates granted: 1",
        "  S-3  Maria Czyż  (unit_head, SA, 2026-07-01 00:00:00 – …)",
        "Mandates with another end: 1",
        (
            "  S-1  Zosia Kruk  (operator jednostki, SA (upoważnienie 7/2026),"
            " 2026-06-01 12:00:00 – … → 2026-06-01 12:00:00 – 2027-01-01 00:00:00)"
        ),
        "Mandates ended: 0",
        "Mandates taken back: 1",
        "  S-2  Adam Gil  (operator jednostki, SA (upoważnienie 7/2026))",
        "Unchanged lines: 2",
    ]


def test_the_command_reads_a_list_by_its_name_or_by_the_flag(run):
    run(listing(line()), name="sezam.json")
    run(listing(line("S-2")), "--format=json", name="wydruk.txt")

    assert Mandate.objects.filter(by_sezam=True).count() == 2


def test_the_command_says_that_a_dry_run_wrote_nothing(run):
    out, _err = run(table(line()), "--dry-run")

    assert "Mandates granted: 1" in out
    assert out.splitlines()[-1] == "A dry run: nothing was written."
    assert not Mandate.objects.exists()


def test_the_command_lists_all_faults_and_fails(run):
    err = io.StringIO()

    with pytest.raises(CommandError, match="2 problems; nothing was written"):
        run(table(line(unit="XX"), line("S-2", role="?")), stderr=err)

    places = [entry.split("sezam.csv:")[1].split(": ")[:2] for entry in err.getvalue().splitlines()]
    assert places == [["2", "unit"], ["3", "role"]]


def test_the_command_refuses_too_many_endings(run):
    run(table(line(), line("S-2")))

    with pytest.raises(CommandError, match="1 of 2 mandates or people"):
        run(table(line()), "--complete")


def test_the_command_tells_who_ends_for_absence(run, clock):
    people = [line(f"P-{number:02}") for number in range(10)]
    run(table(*people))
    clock.shift(timedelta(seconds=1))

    out, _err = run(table(*people[1:]), "--complete")

    assert (
        "  P-00  Jan P-00  (operator jednostki, SA (upoważnienie 7/2026); not in the file)"
        in out.splitlines()
    )


def test_the_command_names_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.csv"):
        call_command("import_mandates", str(tmp_path / "nowhere.csv"))


def test_a_quiet_command_says_nothing(run):
    assert run(table(line()), "--verbosity=0") == ("", "")
