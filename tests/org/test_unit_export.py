"""An export is read whole or refused whole, and a refusal names every fault where it stands."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpum.org.enums import UnitKind
from kpum.org.errors import BadExport, Problem
from kpum.org.models import FormerName, Unit
from kpum.org.unit_cells import LIMITS
from kpum.org.unit_export import MAX_LEVEL, read_export
from kpum.org.unit_facts import UnitFacts
from tests.org.exports import COLUMNS, HEADER, export, row

DEMO = Path(__file__).parents[2] / "kpum" / "demo" / "data" / "units.csv"


def faults(data: bytes, **context: object) -> list[tuple[int, str]]:
    """Return where the file is refused: line and column."""
    with pytest.raises(BadExport) as caught:
        read_export(data, **{"present": {}} | context)
    return [(problem.line, problem.column) for problem in caught.value.problems]


def outcome(data: bytes) -> tuple[list[UnitFacts], tuple[Problem, ...]]:
    """Return the units or the problems of a file."""
    try:
        return read_export(data, present={"A": "", "B": "A"}, closable={"A"}), ()
    except BadExport as refusal:
        return [], refusal.problems


def messages(data: bytes) -> str:
    with pytest.raises(BadExport) as caught:
        read_export(data, present={})
    return "\n".join(map(str, caught.value.problems))


def test_a_row_becomes_the_facts_of_a_unit():
    data = export(
        row(
            "IT",
            code_official="yes",
            name="Centrum Obsługi Informatycznej",
            abbreviation="COI",
            superior="Dyrektor",
            former_names="Wydział Informatyki; Biuro Informatyki|Wydział Informatyki",
            valid_from="2022-06-23",
            valid_to="2030-01-01",
            source="ordinance 1756/2022 §1",
        )
    )

    assert read_export(data, present={}) == [
        UnitFacts(
            code="IT",
            code_official=True,
            name="Centrum Obsługi Informatycznej",
            abbreviation="COI",
            kind=UnitKind.CELL.value,
            parent_code="",
            superior="Dyrektor",
            former_names=("Biuro Informatyki", "Wydział Informatyki"),
            valid_from=date(2022, 6, 23),
            valid_to=date(2030, 1, 1),
            source="ordinance 1756/2022 §1",
        )
    ]


def test_the_export_of_the_demo_city_has_no_faults():
    units = read_export(DEMO.read_bytes(), present={})

    assert len(units) == 53
    assert {unit.kind for unit in units} == set(UnitKind.values) - {"other_entity"}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_byte_order_marks_and_line_ends_make_no_difference(mark, line_end):
    data = mark + export(row("A"), row("B", "A")).replace(b"\n", line_end)

    assert [unit.code for unit in read_export(data, present={})] == ["A", "B"]


def test_text_is_composed_and_single_spaced():
    decomposed = "  Wydział\N{NO-BREAK SPACE}S\N{COMBINING ACUTE ACCENT}wiadczen\N{COMBINING ACUTE ACCENT}\n Miasta "

    [unit] = read_export(export(row("A", name=decomposed)), present={})

    assert unit.name == "Wydział Świadczeń Miasta"


def test_columns_may_stand_in_any_order_and_others_are_passed_over():
    data = export(row("A") | {"phone": "12"}, columns=["phone", *reversed(COLUMNS)])

    assert [unit.code for unit in read_export(data, present={})] == ["A"]


def test_blank_rows_are_passed_over_and_lines_still_counted():
    data = export(row("A"), dict.fromkeys(COLUMNS, ""), row("B", kind="biuro")) + b"\n\n"

    assert faults(data) == [(4, "kind")]


def test_a_parent_may_come_after_its_children_or_stand_in_the_portal_already():
    data = export(row("A-1", "A"), row("A", "GMK"))

    assert len(read_export(data, present={"GMK": ""})) == 2


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"code": ""}, "code"),
        ({"code": "it"}, "code"),
        ({"code": "IT_01"}, "code"),
        ({"code": "IT-"}, "code"),
        ({"code": "WŚ"}, "code"),
        ({"code": "A\x00"}, "code"),
        ({"code": "A" * 21}, "code"),
        ({"code_official": ""}, "code_official"),
        ({"code_official": "1"}, "code_official"),
        ({"name": "  "}, "name"),
        ({"name": "W" * 256}, "name"),
        ({"name": "Wydział\x00"}, "name"),
        ({"name": "Wydzia\N{REPLACEMENT CHARACTER}"}, "name"),
        ({"abbreviation": "W" * 41}, "abbreviation"),
        ({"kind": ""}, "kind"),
        ({"kind": "biuro"}, "kind"),
        ({"parent_code": "NIKT"}, "parent_code"),
        ({"parent_code": "A"}, "parent_code"),
        ({"parent_code": "B\x00"}, "parent_code"),
        ({"superior": "W" * 201}, "superior"),
        ({"former_names": "Biuro;" + "W" * 256}, "former_names"),
        ({"valid_from": "23.06.2022"}, "valid_from"),
        ({"valid_from": "20220623"}, "valid_from"),
        ({"valid_from": "2022-02-30"}, "valid_from"),
        ({"valid_to": "dziś"}, "valid_to"),
        ({"valid_from": "2022-06-23", "valid_to": "2022-06-22"}, "valid_to"),
        ({"source": "W" * 256}, "source"),
    ],
)
def test_a_bad_cell_is_named_by_line_and_column(cells, column):
    assert faults(export(row("B"), row("A") | cells)) == [(3, column)]


def test_a_unit_may_end_on_the_day_it_begins():
    data = export(row("A", valid_from="2022-06-23", valid_to="2022-06-23"))

    assert len(read_export(data, present={})) == 1


def test_a_double_code_is_named_with_the_line_of_its_first():
    data = export(row("A"), row("B"), row("A"))

    assert faults(data) == [(4, "code")]
    assert "line 2" in messages(data)


def test_every_member_of_a_cycle_is_named_and_nobody_below_it():
    data = export(row("D", "A"), row("A", "C"), row("B", "A"), row("C", "B"), row("E"))

    assert faults(data) == [(3, "parent_code"), (4, "parent_code"), (5, "parent_code")]
    assert "A → C → B → A" in messages(data)


def test_a_cycle_through_units_of_the_portal_is_found():
    # B stands under A already; the file hangs A under B and says nothing of B.
    assert faults(export(row("A", "B")), present={"A": "", "B": "A"}) == [(2, "parent_code")]


def test_a_swap_of_parent_and_child_is_no_cycle():
    data = export(row("A", "B"), row("B", ""))

    assert len(read_export(data, present={"A": "", "B": "A"})) == 2


def test_a_tree_deeper_than_the_store_is_refused_at_its_deepest_unit():
    def chain(length: int) -> bytes:
        return export(*(row(f"N{n}", f"N{n - 1}" if n else "") for n in range(length)))

    assert len(read_export(chain(MAX_LEVEL), present={})) == MAX_LEVEL
    assert faults(chain(MAX_LEVEL + 1)) == [(MAX_LEVEL + 2, "parent_code")]


def test_a_complete_export_must_hold_the_parents_of_its_open_units():
    data = export(row("B", "A"), row("C", "A", valid_to="2020-01-01"))
    present = {"A": ""}

    assert len(read_export(data, present=present)) == 2
    assert faults(data, present=present, closable={"A"}) == [(2, "parent_code")]


def test_every_missing_column_is_named():
    data = export(row("A"), columns=[c for c in COLUMNS if c not in {"kind", "valid_to"}])

    assert faults(data) == [(1, "kind"), (1, "valid_to")]


def test_a_column_that_stands_twice_is_named():
    assert faults(export(row("A"), columns=[*COLUMNS, "name"])) == [(1, "name")]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n"])
def test_an_empty_file_lacks_all_columns(data):
    assert faults(data) == [(1, column) for column in COLUMNS]


def test_too_few_and_too_many_cells_are_named_at_the_first_that_lacks_or_exceeds():
    data = f"{HEADER}\nA,no,Wydział A,,komorka,,,,,\nB,no,Wydział B,,komorka,A,,,,,,nadto\n"

    assert faults(data.encode()) == [(2, "source"), (3, "12")]


def test_broken_quotes_are_named_and_the_rest_is_still_read():
    data = f'{HEADER}\n"A"x,no,W,,komorka,,,,,,\nB,no,W,,biuro,,,,,,\n"C,no,W,,komorka,,,,,,\n'

    assert faults(data.encode()) == [(2, ""), (3, "kind"), (4, "")]


def test_a_row_over_several_lines_is_named_by_its_first():
    data = export(row("A", name="Wydział\nSpraw"), row("B", kind="biuro"))

    assert faults(data) == [(4, "kind")]


@pytest.mark.parametrize("encoding", ["cp1250", "iso-8859-2", "utf-16"])
def test_another_encoding_is_refused(encoding):
    data = export(row("A", name="Wydział Świadczeń")).decode().encode(encoding)

    assert faults(data)[0][1].startswith("byte ")


def test_each_line_in_another_encoding_is_named_with_its_byte_and_the_rest_is_read():
    good, bad = export(row("A"), row("B", "A", kind="biuro")), "C,no,Zażółć,,komorka,A,,,,,\n"
    data = good + bad.encode("cp1250") + export(row("D", "C")).splitlines()[1] + b"\n"

    assert faults(data) == [(3, "kind"), (4, "byte 8")]
    assert "0xBF" in messages(data)


def test_a_row_with_one_garbled_cell_is_judged_by_its_others():
    data = export(row("A", "B", name="Wydział \x07", kind="biuro", valid_to="dziś"), row("B"))

    assert faults(data) == [(2, "name"), (2, "kind"), (2, "valid_to")]


def test_a_line_in_another_encoding_is_judged_by_its_legible_cells():
    data = export(row("A")) + "B,no,Łąka,,biuro,NIKT,,,,,\n".encode("cp1250")

    assert faults(data) == [(3, "byte 6"), (3, "kind"), (3, "parent_code")]


def test_a_shifted_row_is_not_judged_but_may_be_a_parent():
    data = export(row("B", "A")) + b"A,no,komorka,,,,,,,\n"

    assert faults(data) == [(3, "source")]


def test_all_faults_of_a_file_come_in_one_run_in_the_order_of_its_lines():
    data = export(
        row("A", "NIKT", kind="biuro", valid_from="wczoraj"),
        row("B", "C"),
        row("C", "B"),
        row("A", code_official="?", name=""),
    )

    assert faults(data) == [
        (2, "kind"),
        (2, "parent_code"),
        (2, "valid_from"),
        (3, "parent_code"),
        (4, "parent_code"),
        (5, "code"),
        (5, "code_official"),
        (5, "name"),
    ]


def test_limits_are_those_of_the_stored_columns():
    lengths = {
        name: Unit._meta.get_field(name).max_length for name in LIMITS.keys() - {"former_names"}
    }
    lengths["former_names"] = FormerName._meta.get_field("name").max_length

    assert lengths == LIMITS
    assert Unit._meta.get_field("path").max_length // Unit.steplen == MAX_LEVEL


CELLS = st.sampled_from(
    ["", "A", "B", "it", "no", "yes", "komorka", "2022-06-23", '"', '"x"y', "ż", "\x00", "\r", ";|"]
) | st.text(max_size=5)
NEARLY = st.lists(st.lists(CELLS, max_size=12).map(",".join), max_size=8).map(
    lambda lines: "\n".join([HEADER, *lines]).encode("utf-8", errors="surrogatepass")
)


@given(
    data=st.binary(max_size=300) | NEARLY | st.tuples(NEARLY, st.binary(max_size=20)).map(b"".join)
)
def test_no_file_at_all_makes_the_reader_fail(data):
    units, problems = outcome(data)

    assert all(1 <= p.line <= (len(data.splitlines()) or 1) and p.message for p in problems)
    assert not (units and problems)
    assert len({unit.code for unit in units}) == len(units)
