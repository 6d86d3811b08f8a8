"""What SEZAM says of people becomes so, as a whole or not at all, and saying it twice changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model

from kpum.audit.models import AuditEntry
from kpum.org import queries
from kpum.org.actions import end_mandate, name_substitute
from kpum.org.enums import Right, Role
from kpum.org.errors import TooManyEndings
from kpum.org.models import Authorisation, Mandate, Substitution, Unit
from kpum.org.powers import Place
from kpum.org.sezam_export import ExportFormat
from kpum.org.sezam_import import import_mandates
from tests.org.sezam_exports import line, listing, table
from tests.org.sezam_office import (
    NEXT_YEAR,
    NOW,
    SECOND,
    faults,
    mandates,
    person,
    snapshot,
    take,
    zofia,
)

pytestmark = pytest.mark.usefixtures("clock")


# --- people and what they get ---


def test_an_unknown_person_gets_an_account_an_authorisation_and_a_mandate():
    changes = take(line(valid_to="2026-12-31"))

    assert [kind for kind, _who in changes] == ["person added", "authorisation", "mandate granted"]
    person = zofia()
    assert (person.first_name, person.last_name) == ("Zofia", "Kruk")
    assert (person.email, person.function) == ("zofia@example.org", "inspektor")
    assert not person.has_usable_password()
    assert person.authorisation.number == "upoważnienie 7/2026"
    assert person.authorisation.valid_from == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert person.authorisation.valid_to == NEXT_YEAR
    place = Place.of_unit(Unit.objects.get(code="SA"))
    assert queries.may(person, place, Right.CHANGE)


def test_what_sezam_dates_back_begins_with_the_import_because_nobody_had_it_before():
    take(line(valid_to="2026-12-31"))

    assert mandates() == [("zofia", "unit_operator", NOW, NEXT_YEAR)]


def test_a_day_counts_to_its_end_in_krakow_and_a_second_is_that_second():
    take(
        line(valid_to="2026-07-01"),
        line("S-2", valid_to="2026-07-01T08:00:00"),
        line("S-3", valid_to="2026-07-01T08:00:05+00:00"),
    )

    assert [end for *_rest, end in mandates()] == [
        datetime(2026, 7, 1, 22, 0, tzinfo=UTC),
        datetime(2026, 7, 1, 6, 0, tzinfo=UTC),
        datetime(2026, 7, 1, 8, 0, 5, tzinfo=UTC),
    ]


def test_a_person_is_found_by_login_where_sezam_meets_him_first():
    take(line(login="operator", first_name="Halina", last_name="Wrona-Sikora"))

    assert person("operator").last_name == "Wrona-Sikora"
    assert person("operator").authorisation.sezam_id == "S-1"
    assert person("operator").check_password("wawel-1320")


def test_a_person_known_to_sezam_keeps_the_account_when_the_login_changes():
    take(line())
    person = zofia()

    take(line(login="zofia.kruk", email=""))

    person.refresh_from_db()
    assert person.username == "zofia.kruk"
    assert person.email == "zofia@example.org"
    entry = AuditEntry.objects.get(action="person.changed")
    assert (entry.before, entry.after) == ("username: zofia", "username: zofia.kruk")


def test_a_json_list_says_the_same_as_a_table():
    data = listing(line(valid_to=None, branch=None), line("S-2") | {"sezam_id": 77})

    import_mandates(data=data, origin="sezam.json", form=ExportFormat.JSON)

    assert [who for who, *_rest in mandates()] == ["zofia", "adam"]
    assert Authorisation.objects.filter(sezam_id="77").exists()


def test_a_branch_site_is_named_by_its_path_or_its_pages_id(city):
    take(
        line(role="branch_operator", branch="/uslugi/sa/"),
        line("S-2", role="branch_operator", branch=str(city.folder.pk)),
    )

    assert set(Mandate.objects.filter(by_sezam=True).values_list("branch", flat=True)) == {
        city.folder.pk
    }


def test_the_trail_names_the_import_and_its_file():
    take(line())

    entries = AuditEntry.objects.filter(authority__contains="SEZAM")
    assert [(entry.action, entry.actor_name, entry.authority) for entry in entries] == [
        ("person.provisioned", "system", "system: SEZAM import sezam.csv"),
        ("authorisation.recorded", "system", "system: SEZAM import sezam.csv"),
        (
            "mandate.granted",
            "system",
            "upoważnienie 7/2026; system: SEZAM import sezam.csv",
        ),
    ]
    assert "zofia@example.org" in entries[0].after
    assert entries[1].after == "upoważnienie 7/2026: 2025-12-31 23:00:00+0000 – …"


# --- twice, and dry ---


def test_a_second_run_changes_nothing_and_writes_nothing(clock):
    lines = [
        line(valid_to="2026-12-31"),
        line(role="portal_editor", valid_from="2026-09-01", authorisation="8/2026"),
        line("S-2", valid_to="2026-01-31"),
        line("S-3", login="operator", role="unit_head"),
    ]
    take(*lines)
    clock.shift(timedelta(hours=1))
    before = snapshot()

    report = import_mandates(data=table(*lines), origin="sezam.csv", complete=True)

    assert (report.changes, report.unchanged) == ((), 4)
    assert snapshot() == before


def test_a_dry_run_finds_the_same_and_writes_nothing():
    take(line(), line("S-2"))
    lines = [line(valid_to="2026-05-01"), line("S-2", valid_to="2026-09-01"), line("S-3")]
    before = snapshot()

    dry = take(*lines, dry_run=True)

    assert snapshot() == before
    assert dry == take(*lines)
    assert len(dry) == 7


# --- ends ---


def test_a_withdrawn_line_ends_the_mandate_and_the_access_that_second(clock):
    take(line(), line("S-2"))
    person = zofia()

    clock.shift(SECOND)
    take(line(valid_to="2026-05-31"))

    assert mandates(user=person)[0][3] == NOW + SECOND
    assert queries.powers_of(person) == []
    assert AuditEntry.objects.get(action="mandate.ended").after.endswith("2026-06-01 10:00:01+0000")
    assert not person.authorisation.holds_at(NOW)


def test_a_mandate_ends_with_its_line_without_another_import(clock):
    take(line(valid_to="2026-06-01T10:00:10+00:00"))
    person = zofia()

    clock.shift(9 * SECOND)
    assert queries.powers_of(person)
    clock.shift(SECOND)
    assert queries.powers_of(person) == []


def test_another_end_moves_the_end_and_leaves_the_mandate(clock):
    take(line(valid_to="2026-12-31"))
    clock.shift(SECOND)

    assert take(line()) == [("authorisation", "S-1"), ("mandate changed", "S-1")]
    assert mandates() == [("zofia", "unit_operator", NOW, None)]


def test_a_renewed_number_replaces_the_mandate_without_a_gap(clock):
    take(line())
    clock.shift(SECOND)

    take(line(authorisation="upoważnienie 9/2026"))

    (first, second) = mandates()
    assert first[3] == second[2] == NOW + SECOND


def test_this_years_and_next_years_authorisations_stand_beside_each_other():
    take(
        line(valid_to="2026-12-31"),
        line(authorisation="3/2027", valid_from="2027-01-01", valid_to="2027-12-31"),
    )

    assert len(mandates()) == 2
    assert zofia().authorisation.number == "3/2027"
    assert zofia().authorisation.valid_from == datetime(2025, 12, 31, 23, tzinfo=UTC)


def test_a_mandate_that_has_not_begun_is_taken_back_with_its_substitution():
    take(line(valid_from="2026-09-01"), line("S-2"))
    mandate = Mandate.objects.get(user=zofia(), by_sezam=True)
    begin = mandate.valid_from
    name_substitute(
        mandate=mandate,
        substitute=person("stranger"),
        reason="urlop",
        valid_from=begin,
        valid_to=begin + timedelta(days=1),
    )

    take(line(valid_from="2026-05-01", valid_to="2026-05-31"))

    assert mandates(user=zofia()) == []
    assert not Substitution.objects.exists()
    entry = AuditEntry.objects.get(action="mandate.taken_back")
    assert entry.after == "taken back before it began"


def test_a_beginning_put_off_ends_the_mandate_until_then(clock):
    take(line())
    clock.shift(SECOND)

    take(line(valid_from="2026-09-01"))

    assert [(begin, end) for _who, _role, begin, end in mandates()] == [
        (NOW, NOW + SECOND),
        (datetime(2026, 8, 31, 22, tzinfo=UTC), None),
    ]


def test_a_lapsed_line_of_somebody_unknown_makes_no_account():
    assert take(line(valid_to="2026-05-31")) == []
    assert not get_user_model().objects.filter(username="zofia").exists()


# --- silence ---


def test_silence_ends_nothing_and_leaves_the_authorisation_as_wide_as_what_is_kept():
    take(line(), line(role="portal_editor", authorisation="8/2026"), line("S-2"))

    take(line(role="portal_editor", authorisation="8/2026", valid_to="2026-08-01"))

    assert [end for who, _role, _begin, end in mandates() if who == "zofia"] == [
        None,
        datetime(2026, 8, 1, 22, tzinfo=UTC),
    ]
    assert zofia().authorisation.valid_to is None
    assert mandates(user__username="adam")[0][3] is None


def test_a_complete_import_ends_what_it_lacks_and_only_what_sezam_gave(clock):
    people = [line(f"P-{number:02}") for number in range(12)]
    take(*people)
    clock.shift(SECOND)

    changes = take(*people[1:], complete=True)

    assert changes == [("authorisation", "P-00"), ("mandate ended", "P-00")]
    gone = get_user_model().objects.get(username="p-00")
    assert queries.powers_of(gone) == []
    assert not gone.authorisation.holds_at(NOW + SECOND)
    assert queries.powers_of(person("operator"))
    reason = AuditEntry.objects.get(action="mandate.ended").authority
    assert reason == "not in the complete export of SEZAM; system: SEZAM import sezam.csv"


def test_a_complete_import_that_lacks_more_than_a_tenth_is_refused():
    people = [line(f"P-{number:02}") for number in range(10)]
    take(*people)
    before = snapshot()

    with pytest.raises(TooManyEndings, match="2 of 10"):
        take(*people[2:], complete=True)

    assert snapshot() == before
    assert take(*people[1:], complete=True)


def test_a_complete_import_ends_one_persons_missing_role_and_keeps_his_access(clock):
    people = [line(f"P-{number:02}") for number in range(12)]
    take(*people, line("P-00", role="portal_editor"))
    clock.shift(SECOND)

    assert take(*people, complete=True) == [("mandate ended", "P-00")]
    roles = [
        power.role for power in queries.powers_of(get_user_model().objects.get(username="p-00"))
    ]
    assert roles == [Role.UNIT_OPERATOR]


# --- one person's roles ---


def test_a_role_that_another_person_holds_is_a_problem_with_its_line():
    problems = faults(line("S-2"), line(role="editor_in_chief"))

    assert problems == [(3, "role", "In that time this role is held by Jadwiga Naczelna.")]


def test_two_lines_that_both_name_a_chief_editor_are_a_problem():
    _end_chief()

    problems = faults(line(role="editor_in_chief"), line("S-2", role="editor_in_chief"))

    assert problems == [(3, "role", "In that time this role is held by Zofia Kruk.")]


def test_a_chief_editor_hands_over_within_one_import(clock):
    _end_chief()
    take(line(role="editor_in_chief"))
    clock.shift(SECOND)

    take(
        line("S-2", role="editor_in_chief"),
        line(role="editor_in_chief", valid_to="2026-05-31"),
    )

    assert [(who, end) for who, _role, _begin, end in mandates()] == [
        ("zofia", NOW + SECOND),
        ("adam", None),
    ]
    assert [person.username for person in queries.holders(Role.EDITOR_IN_CHIEF)] == ["adam"]


def test_a_branch_site_has_one_coordinator_and_another_one_has_another(city):
    take(line(role="branch_coordinator", branch="/uslugi/sa/"))

    problems = faults(
        line("S-2", role="branch_coordinator", branch="/uslugi/zzm/"),
        line("S-3", role="branch_coordinator", branch="/uslugi/sa/"),
    )

    assert problems == [(3, "role", "In that time this role is held by Zofia Kruk.")]


def _end_chief():
    chief = Mandate.objects.get(role=Role.EDITOR_IN_CHIEF)
    end_mandate(mandate=chief, actor=None, reason="koniec")
