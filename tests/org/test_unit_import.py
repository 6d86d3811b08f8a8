"""What the export says becomes so, as a whole or not at all, and saying it twice changes nothing."""

import random
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from unittest import mock

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from kpum.audit.models import AuditEntry
from kpum.org import registry, unit_import
from kpum.org.enums import UnitKind
from kpum.org.errors import BadExport, TooManyClosures
from kpum.org.models import FormerName, Unit
from kpum.org.unit_diff import ChangeKind
from kpum.org.unit_import import import_units
from kpum.outbox.models import OutboxEvent
from tests.org.exports import export, row

pytestmark = pytest.mark.django_db

DEMO = Path(__file__).parents[2] / "kpum" / "demo" / "data" / "units.csv"


def take(*rows: dict[str, str], **options: object) -> list[tuple[str, str]]:
    """Import the rows; return what changed: kind and code."""
    report = import_units(data=export(*rows), origin="units.csv", **options)
    return [(change.kind.value, change.unit.code) for change in report.changes]


def tree(**conditions: object) -> dict[str, str]:
    """Return code → parent's code of the stored units."""
    units = {unit.path: unit.code for unit in Unit.objects.all()}
    chosen = Unit.objects.filter(**conditions)
    return {unit.code: units.get(unit.path[: -Unit.steplen], "") for unit in chosen}


def stored() -> tuple[object, ...]:
    """Return every row an import may write, as it stands."""
    tables = (Unit, FormerName, AuditEntry, OutboxEvent)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)


@contextmanager
def projected():
    """Collect the units that the projectors are told of."""
    told: list[Unit] = []
    with mock.patch.object(registry, "_projectors", [told.append]):
        yield told


# --- the demo city ---


def test_the_export_of_the_demo_city_becomes_the_tree_it_describes():
    report = import_units(data=DEMO.read_bytes(), origin=DEMO.name)

    assert {change.kind for change in report.changes} == {ChangeKind.ADDED}
    assert Unit.objects.count() == len(report.changes) == 53
    assert tree()["IT-01-1"] == "IT"
    assert tree()["GMK"] == ""
    assert not any(Unit.find_problems())


def test_the_same_export_again_changes_nothing():
    import_units(data=DEMO.read_bytes(), origin=DEMO.name)
    before = stored()

    report = import_units(data=DEMO.read_bytes(), origin=DEMO.name, complete=True)

    assert report.changes == ()
    assert report.unchanged == 53
    assert stored() == before


# --- each kind of change ---


def test_parents_may_come_after_their_children():
    take(row("A-1-1", "A-1"), row("A-1", "A"), row("B"), row("A"))

    assert tree() == {"A": "", "A-1": "A", "A-1-1": "A-1", "B": ""}


def test_changed_facts_are_stored_and_told_with_old_and_new():
    take(row("IT", name="Wydział Informatyki", kind="komorka"))

    changes = take(
        row("IT", name="Centrum Obsługi Informatycznej", kind="jednostka", valid_from="2022-06-23")
    )

    assert changes == [("changed", "IT")]
    unit = Unit.objects.get(code="IT")
    assert unit.name == "Centrum Obsługi Informatycznej"
    assert unit.kind == UnitKind.UNIT
    assert unit.valid_from == date(2022, 6, 23)
    told = AuditEntry.objects.get(action="unit.changed").data["differences"]
    assert told["name"] == ["Wydział Informatyki", "Centrum Obsługi Informatycznej"]
    assert told["valid_from"] == [None, "2022-06-23"]
    assert "source" not in told


def test_contact_data_and_the_document_id_outlive_every_import():
    take(row("IT"))
    Unit.objects.update(phone="12 616 55 55", opening_hours="7.40–15.30")
    before = Unit.objects.get().document_id

    take(row("A"), row("IT", "A", name="Centrum", valid_to="2030-01-01"))

    unit = Unit.objects.get(code="IT")
    assert (unit.document_id, unit.phone, unit.opening_hours) == (
        before,
        "12 616 55 55",
        "7.40–15.30",
    )


def test_a_unit_moves_with_all_that_stands_under_it():
    take(row("A"), row("B"), row("A-1", "A"), row("A-1-1", "A-1"))

    changes = take(row("A-1", "B"))

    assert changes == [("moved", "A-1")]
    assert tree() == {"A": "", "B": "", "A-1": "B", "A-1-1": "A-1"}
    assert not any(Unit.find_problems())
    told = AuditEntry.objects.get(action="unit.moved").data["differences"]
    assert told == {"parent_code": ["A", "B"]}


def test_parent_and_child_may_change_places():
    take(row("A"), row("B", "A"), row("C", "B"))

    changes = take(row("C"), row("B", "C"), row("A", "B"))

    assert sorted(changes) == [("moved", "A"), ("moved", "B"), ("moved", "C")]
    assert tree() == {"C": "", "B": "C", "A": "B"}
    assert not any(Unit.find_problems())


def test_a_unit_may_move_under_one_that_is_new():
    take(row("A"), row("A-1", "A"))

    take(row("A-1", "N-1"), row("N-1", "N"), row("N"))

    assert tree() == {"A": "", "A-1": "N-1", "N-1": "N", "N": ""}
    assert not any(Unit.find_problems())


def test_a_unit_may_change_move_and_close_at_once_and_is_projected_once():
    take(row("A"), row("B"), row("A-1", "A"))

    with projected() as told:
        changes = take(row("A-1", "B", name="Referat", valid_to="2026-01-31"))

    assert sorted(changes) == [("changed", "A-1"), ("closed", "A-1"), ("moved", "A-1")]
    [unit] = told
    assert (unit.name, unit.get_parent().code, unit.valid_to) == (
        "Referat",
        "B",
        date(2026, 1, 31),
    )


def test_siblings_stay_in_the_order_of_their_codes():
    take(row("M"), row("Z", "M"), row("B"), row("C", "M"))
    take(row("A", "M"), row("B", "M"), row("D"))

    for parent in Unit.objects.all():
        children = parent.get_children()
        assert list(children) == list(children.order_by("code"))
    roots = Unit.get_root_nodes()
    assert list(roots) == list(roots.order_by("code"))


# --- closing ---


def test_a_unit_closed_by_the_export_stays_with_its_dates():
    take(row("A"), row("A-1", "A", valid_from="2020-01-01"))

    changes = take(row("A-1", "A", valid_from="2020-01-01", valid_to="2025-05-31"))

    assert changes == [("closed", "A-1")]
    unit = Unit.objects.get(code="A-1")
    assert (unit.valid_from, unit.valid_to) == (date(2020, 1, 1), date(2025, 5, 31))
    assert tree()["A-1"] == "A"


def test_a_closed_unit_may_be_reopened_with_later_dates():
    take(row("A", valid_from="2020-01-01", valid_to="2021-12-31"))

    changes = take(row("A", valid_from="2025-06-01"))

    assert sorted(changes) == [("changed", "A"), ("reopened", "A")]
    unit = Unit.objects.get()
    assert (unit.valid_from, unit.valid_to) == (date(2025, 6, 1), None)


def test_a_corrected_last_day_is_a_change():
    take(row("A", valid_to="2021-12-31"))

    assert take(row("A", valid_to="2021-11-30")) == [("changed", "A")]
    assert Unit.objects.get().valid_to == date(2021, 11, 30)


def test_absence_closes_nothing():
    take(row("A"), row("B"))

    assert take(row("A")) == []
    assert Unit.objects.get(code="B").valid_to is None


@time_machine.travel("2026-03-10 12:00+01:00", tick=False)
def test_a_complete_import_closes_the_absent_with_yesterday_as_last_day():
    everybody = [row(f"A-{n}") for n in range(10)]
    take(*everybody)

    changes = take(*everybody[1:], complete=True)

    assert changes == [("closed", "A-0")]
    assert Unit.objects.get(code="A-0").valid_to == date(2026, 3, 9)
    assert Unit.objects.get(code="A-0").is_closed
    assert take(*everybody[1:], complete=True) == []


@time_machine.travel("2026-03-10 12:00+01:00", tick=False)
def test_an_absent_unit_never_closes_before_it_opened():
    everybody = [row(f"A-{n}") for n in range(9)]
    take(*everybody, row("B", valid_from="2026-05-01"))

    assert take(*everybody, complete=True) == [("closed", "B")]
    assert Unit.objects.get(code="B").valid_to == date(2026, 5, 1)
    assert take(*everybody, complete=True) == []


@time_machine.travel("2026-03-10 12:00+01:00", tick=False)
def test_an_absent_unit_with_a_later_end_closes_now_and_one_closed_long_ago_is_left_alone():
    everybody = [row(f"A-{n}") for n in range(9)]
    take(*everybody, row("B", valid_to="2026-12-31"), row("C", valid_to="2020-12-31"))

    assert take(*everybody, complete=True) == [("closed", "B")]
    assert Unit.objects.get(code="B").valid_to == date(2026, 3, 9)
    assert Unit.objects.get(code="C").valid_to == date(2020, 12, 31)


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_complete_import_is_refused_above_ten_per_cent_and_writes_nothing(dry_run):
    everybody = [row(f"A-{n}") for n in range(19)]
    take(*everybody)
    before = stored()

    with pytest.raises(TooManyClosures, match="lacks 2 of 19 open units"):
        take(*everybody[2:], row("NEW"), complete=True, dry_run=dry_run)

    assert stored() == before


def test_ten_per_cent_exactly_are_closed():
    everybody = [row(f"A-{n}") for n in range(20)]
    take(*everybody)

    assert len(take(*everybody[2:], complete=True)) == 2


def test_long_closed_units_do_not_loosen_the_ten_per_cent():
    still_open = [row(f"A-{n}") for n in range(9)]
    take(*still_open, *(row(f"C-{n}", valid_to="2020-12-31") for n in range(50)))

    with pytest.raises(TooManyClosures):
        take(*still_open[1:], complete=True)


def test_closures_by_date_are_not_limited():
    take(row("A"), row("B"))

    assert len(take(row("A", valid_to="2025-01-01"), row("B"), complete=True)) == 1


# --- former names ---


def test_a_unit_is_found_by_a_name_it_bore_before():
    import_units(data=DEMO.read_bytes(), origin=DEMO.name)

    assert [unit.code for unit in Unit.objects.named("wydział informatyki")] == ["IT"]


def test_former_names_follow_the_export():
    take(row("IT", former_names="Wydział Informatyki;Biuro Informatyki"))
    kept = FormerName.objects.get(name="Wydział Informatyki").pk

    changes = take(row("IT", former_names="Ośrodek Informatyki|Wydział Informatyki"))

    assert changes == [("changed", "IT")]
    names = set(FormerName.objects.values_list("name", flat=True))
    assert names == {"Ośrodek Informatyki", "Wydział Informatyki"}
    assert FormerName.objects.get(name="Wydział Informatyki").pk == kept
    assert not Unit.objects.named("Biuro Informatyki").exists()


def test_the_order_of_former_names_means_nothing():
    take(row("IT", former_names="B;A"))

    assert take(row("IT", former_names="A | B;A")) == []


# --- all or nothing ---


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_file_with_faults_writes_nothing_and_tells_all_of_them(dry_run):
    take(row("A"))
    before = stored()

    with pytest.raises(BadExport) as caught:
        take(
            row("A", name="Inna"),
            row("B", "NIKT"),
            row("C", kind="?"),
            row("A", "D"),
            dry_run=dry_run,
        )

    assert [(p.line, p.column) for p in caught.value.problems] == [
        (3, "parent_code"),
        (4, "kind"),
        (5, "code"),
        (5, "parent_code"),
    ]
    assert stored() == before


def test_a_dry_run_tells_everything_and_writes_nothing():
    take(row("A"), row("B"), row("A-1", "A"))
    before = stored()
    wanted = [row("A", name="Inna"), row("A-1", "B", valid_to="2025-01-01"), row("N")]

    with projected() as told:
        foretold = take(*wanted, dry_run=True)

    assert stored() == before
    assert told == []
    assert take(*wanted) == foretold


def test_a_projector_that_fails_undoes_the_whole_import():
    take(row("A"))
    before = stored()

    def fail(unit: Unit) -> None:
        raise IntegrityError(unit.code)

    with mock.patch.object(registry, "_projectors", [fail]), pytest.raises(IntegrityError):
        take(row("A", name="Inna"), row("B", "A"))

    assert stored() == before


def test_every_change_has_an_audit_row_under_the_system_mandate_and_an_event():
    take(row("A"), row("B"))

    take(row("A", name="Inna"), row("B", "A"))

    entries = AuditEntry.objects.filter(action__in=["unit.changed", "unit.moved"])
    assert {entry.subject_label for entry in entries} == {"Inna", "Wydział B"}
    for entry in entries:
        assert (entry.actor_id, entry.actor_name) == ("", "system")
        assert entry.authority == "system: integrator"
        assert entry.data["file"] == "units.csv"
    told = list(OutboxEvent.objects.order_by("pk").values_list("kind", "subject"))
    assert told == list(AuditEntry.objects.order_by("pk").values_list("action", "subject"))


def test_projectors_see_the_tree_as_the_import_leaves_it():
    take(row("A"), row("A-1", "A"))

    with projected() as told:
        take(row("A", "N"), row("A-1", "A", name="Referat"), row("N"))

    assert {unit.code: unit.get_parent() and unit.get_parent().code for unit in told} == {
        "N": None,
        "A": "N",
        "A-1": "A",
    }


# --- cost ---


def test_an_unchanged_file_costs_the_same_whatever_its_size():
    def cost(size: int) -> int:
        rows = [row("A"), *(row(f"A-{n}", "A", former_names=f"B-{n}") for n in range(size))]
        take(*rows)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert take(*rows, complete=True) == []
        return len(queries)

    small = cost(10)

    assert cost(100) == small <= 5


# --- any two trees ---

CODES = [f"U{n}" for n in range(9)]


@st.composite
def trees(draw):
    """Draw a forest over some of the codes, with names, as the rows of an export."""
    codes = draw(st.lists(st.sampled_from(CODES), unique=True, max_size=9))
    rows = []
    for place, code in enumerate(codes):
        parent = draw(st.sampled_from(["", *codes[:place]]))
        name, former = draw(st.sampled_from("XYZ")), draw(st.sampled_from(["", "F", "F;G", "H"]))
        rows.append(row(code, parent, name=name, former_names=former))
    random.Random(draw(st.integers(0, 99))).shuffle(rows)
    return rows


@given(first=trees(), second=trees())
def test_from_any_tree_a_complete_import_leads_to_exactly_the_other(first, second):
    with transaction.atomic(), mock.patch.object(unit_import, "ABSENT_PERCENT", 100):
        take(*first)
        assert not any(Unit.find_problems())

        take(*second, complete=True)

        assert tree(valid_to=None) == {unit["code"]: unit["parent_code"] for unit in second}
        names = dict(Unit.objects.filter(valid_to=None).values_list("code", "name"))
        assert names == {unit["code"]: unit["name"] for unit in second}
        assert set(tree()) == {unit["code"] for unit in [*first, *second]}
        assert not any(Unit.find_problems())
        assert take(*second, complete=True) == []
        transaction.set_rollback(True)
