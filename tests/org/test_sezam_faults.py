"""What is wrong with an export of SEZAM is told with its line, and nothing of it is carried out."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.errors import BadExport, ChangeRefused
from kpum.org.models import Authorisation, Mandate, Unit
from kpum.org.sezam_cells import LIMITS
from kpum.org.sezam_export import ExportFormat
from kpum.org.sezam_import import import_mandates
from tests.org.sezam_exports import line
from tests.org.sezam_office import (
    NEXT_YEAR,
    NOW,
    faults,
    person,
    snapshot,
    take,
)

pytestmark = pytest.mark.usefixtures("clock")


# --- faults ---


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"role": "burmistrz"}, "role", "“burmistrz” is no role of the portal"),
        ({"unit": "XX"}, "unit", "There is no unit XX."),
        ({"unit": ""}, "unit", "name the unit"),
        ({"branch": "uslugi/sa"}, "branch", "leave it empty"),
        (
            {"role": "branch_operator", "unit": "", "branch": "nigdzie"},
            "branch",
            "no page “nigdzie”",
        ),
        ({"role": "branch_operator", "unit": "", "branch": "9" * 40}, "branch", "There is no page"),
        ({"role": "branch_operator", "unit": "", "branch": "1"}, "branch", "There is no page “1”"),
        ({"sezam_id": ""}, "sezam_id", "The cell is empty."),
        ({"sezam_id": "S" * 65}, "sezam_id", "65 characters"),
        ({"authorisation": ""}, "authorisation", "The cell is empty."),
        ({"first_name": ""}, "first_name", "The cell is empty."),
        ({"last_name": "x" * 151}, "last_name", "at most 150"),
        ({"login": "jan kowalski"}, "login", "valid username"),
        ({"email": "nikt"}, "email", "valid email"),
        ({"valid_from": ""}, "valid_from", "The cell is empty."),
        ({"valid_from": "1.06.2026"}, "valid_from", "neither a day"),
        ({"valid_to": "2026-13-01"}, "valid_to", "neither a day"),
        ({"valid_to": "2026-06-31T08:00:00"}, "valid_to", "neither a day"),
        ({"valid_to": "9999-12-31"}, "valid_to", "neither a day"),
        ({"valid_to": "2025-12-31"}, "valid_to", "ends before it begins"),
        ({"login": "chief"}, "login", "is already that of another person, Jadwiga Naczelna"),
    ],
)
def test_a_fault_is_told_with_its_line_and_column(cells, column, words):
    take(line())

    (problem,) = faults(line("S-2"), line() | cells)

    assert problem[:2] == (3, column)
    assert words in problem[2]


def test_all_faults_are_told_at_once_in_the_order_of_the_file():
    problems = faults(
        line(unit="XX", email="nikt"), line("S-2", role="x"), line("S-3", valid_from="x")
    )

    assert [(number, column) for number, column, _message in problems] == [
        (2, "email"),
        (2, "unit"),
        (3, "role"),
        (4, "valid_from"),
    ]


def test_a_blocked_person_is_a_problem_until_the_line_lapses():
    take(line())
    get_user_model().objects.filter(username="zofia").update(is_active=False)

    assert faults(line()) == [
        (2, "login", "Zofia Kruk is blocked in the portal: unblock the account first.")
    ]
    assert take(line(valid_to="2026-05-31"))


def test_a_closed_unit_is_a_problem_until_the_line_lapses():
    take(line())
    Unit.objects.filter(code="SA").update(valid_to=NOW.date() - timedelta(days=1))

    assert faults(line()) == [(2, "unit", "The unit SA is closed since 2026-05-31.")]
    assert take(line(valid_to="2026-05-31"))


def test_the_login_of_somebody_whom_sezam_calls_otherwise_is_a_problem():
    take(line())

    ((number, column, message),) = faults(line("S-9", login="zofia"))

    assert (number, column) == (2, "login")
    assert message == "The login zofia belongs to the person whom SEZAM calls S-1."


def test_lines_that_contradict_each_other_are_problems():
    problems = faults(
        line(),
        line(role="portal_editor", last_name="Wilk"),
        line("S-2", login="zofia"),
        line(),
        line(authorisation="8/2026", valid_to="2026-08-01"),
    )

    assert problems == [
        (3, "last_name", "“Wilk”, but line 2 says “Kruk” of the same person."),
        (4, "login", "The login zofia stands already at line 2, for another person."),
        (5, "role", "Line 2 gives this person the same role by the same number."),
        (6, "role", "Line 2 gives this person the same role in the same time already."),
    ]


def test_one_branch_site_named_in_two_ways_is_the_same_role_twice(city):
    problems = faults(
        line(role="branch_operator", branch="uslugi/sa"),
        line(role="branch_operator", branch=str(city.folder.pk), authorisation="8/2026"),
    )

    assert [(number, column) for number, column, _message in problems] == [(3, "role")]


@pytest.mark.parametrize(
    ("data", "number", "words"),
    [
        (b"", 1, "Expected"),
        (b"{}", 1, "Expected"),
        (b'[\n{"sezam_id": "S-1",\n"login" "x"}]', 3, "no JSON"),
        (b"[\n\n7]", 3, "no object"),
        (b"[" * 100_000, 1, "brackets"),
        (b'[{"sezam_id": "\xff"}]', 1, "0xFF"),
        (b"[]\n[]", 2, "goes on"),
        (b'[{"login": ["a"]}]', 1, "neither text nor a number"),
        (b'[{"login": "a", "login": "b"}]', 1, "more than once"),
        (b'[{"login": "\\ud800"}]', 1, "U+D800"),
        (b'[{"login": "\\u0000"}]', 1, "U+0000"),
    ],
)
def test_a_file_that_is_no_list_of_objects_is_refused_with_the_line(data, number, words):
    with pytest.raises(BadExport) as refused:
        import_mandates(data=data, origin="x.json", form=ExportFormat.JSON)

    assert [problem.line for problem in refused.value.problems if words in problem.message] == [
        number
    ]


def test_limits_are_those_of_the_columns():
    fields = {"sezam_id": "sezam_id", "authorisation": "number"}

    assert {
        column: Authorisation._meta.get_field(name).max_length for column, name in fields.items()
    } == LIMITS


# --- what must not happen half ---


def test_a_refusal_half_way_leaves_nothing(monkeypatch):
    before = snapshot()

    def granted_meanwhile(_changes, _held):
        return iter(())

    monkeypatch.setattr("kpum.org.sezam_import.single_role_problems", granted_meanwhile)
    with pytest.raises(ChangeRefused, match="Line 3, Adam Gil: In that time this role is held by"):
        take(line(), line("S-2", role="editor_in_chief"))

    assert snapshot() == before


def test_finding_out_costs_no_query_per_line():
    def queries_for(count):
        lines = [line(f"P-{number:03}") for number in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            take(*lines, dry_run=True)
        return len(captured)

    take(*(line(f"P-{number:03}") for number in range(40)))

    assert queries_for(40) == queries_for(4)


def test_a_mandate_that_the_portal_gave_is_left_alone():
    grant_mandate(
        user=person("stranger"), role=Role.PORTAL_EDITOR, basis="zarządzenie", valid_to=NEXT_YEAR
    )

    take(line(login="stranger", role="portal_editor", valid_to="2026-05-31"))

    assert (
        Mandate.objects.get(user=person("stranger"), role=Role.PORTAL_EDITOR).valid_to == NEXT_YEAR
    )
