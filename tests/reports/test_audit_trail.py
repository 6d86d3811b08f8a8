"""The audit trail is read by who oversees the portal, taken away without formulas, and never changed."""

import ast
import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kpum.audit.actions import record
from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.media.enums import FileKind
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.unit_diff import ChangeKind
from kpum.reports.action_labels import ACTION_LABELS, action_in_words
from tests.architecture import house
from tests.org.screens import csv_table, enter, rows, xlsx_cells
from workflows.enums import Verdict

#: What ``media.actions.tell_of_file`` is told of.
FILE_ACTS = ("added", "changed", "deleted")

pytestmark = pytest.mark.django_db

LIST = "/admin/audit-trail/"
BOUNCED = 302
EVENT = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")


@pytest.fixture
def auditor(city):
    person = get_user_model().objects.create_user("auditor", first_name="Alfred")
    grant_mandate(user=person, role=Role.INTERNAL_AUDITOR, basis="upoważnienie auditor")
    return person


def note(**changes):
    values = {
        "action": "page.withdrawn",
        "actor": None,
        "subject": "page:17",
        "label": "Fontanna na Rynku",
        "authority": "unit_head, SA (upoważnienie)",
        "before": "otwarta",
        "after": "zamknięta",
    }
    with transaction.atomic():
        return record(**(values | changes))


def test_who_oversees_the_portal_reads_who_did_what_as_whom_and_how_it_was(client, city, auditor):
    note(actor=city.coordinator, acting_for="Irena Dębska")
    enter(client, auditor)

    page = client.get(LIST).content.decode()

    for text in (
        "Marek Sowa", "Irena Dębska", "page withdrawn", "Fontanna na Rynku", "otwarta", "zamknięta",
        "unit_head, SA (upoważnienie)",
    ):  # fmt: skip
        assert text in page
    assert rows(client, LIST)[0].subject == "page:17"


@pytest.mark.parametrize(
    "part", ["operator", "coordinator", "head", "manager", "stranger", "administrator"]
)
def test_nobody_else_reads_it_and_a_superuser_needs_a_mandate_like_anybody(client, city, part):
    enter(client, city.person(part))

    for address in (LIST, f"{LIST}results/", f"{LIST}?export=csv", f"{LIST}?export=xlsx"):
        assert client.get(address).status_code == BOUNCED
    assert "/admin/audit-trail/" not in client.get("/admin/account/").content.decode()


@pytest.mark.parametrize(
    "role", [Role.CITY_HALL_DIRECTOR, Role.WON_DEPUTY_ORG, Role.SYSTEM_ADMIN, Role.PORTAL_EDITOR]
)
def test_every_role_that_oversees_reads_it(client, city, role):
    person = get_user_model().objects.create_user("nadzor")
    grant_mandate(user=person, role=role, basis="b")
    enter(client, person)

    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_trail_is_only_read(client, city, auditor, method):
    enter(client, auditor)
    before = list(AuditEntry.objects.values())

    for address in (LIST, f"{LIST}results/", f"{LIST}?export=csv"):
        assert getattr(client, method)(address).status_code == 405
    for way in ("new/", "edit/1/", "delete/1/"):
        assert getattr(client, method)(LIST + way).status_code == 404

    assert list(AuditEntry.objects.values()) == before


def test_the_trail_can_be_narrowed(client, city, auditor):
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                at=clock.now() - timedelta(days=days), action=action, actor_name=name,
                acting_for=acting_for, subject=subject, subject_label=label,
            )
            for days, action, name, acting_for, subject, label in (
                (400, "page.moved", "Anna Dawna", "", "page:901", "Stara strona"),
                (10, "page.moved", "Anna Nowa", "Jan Zastępowany", "page:902", "Nowa strona"),
            )
        ]
    )  # fmt: skip
    enter(client, auditor)
    day = timezone.localdate() - timedelta(days=10)

    def found(query):
        return [row.subject for row in rows(client, LIST + query)]

    assert found("?action=page.moved") == ["page:902", "page:901"]
    assert found("?action=page.moved&ordering=at") == ["page:901", "page:902"]
    assert found("?action=page.moved&person=Dawna") == ["page:901"]
    assert found("?person=Zastępowany") == ["page:902"]
    assert found("?subject=page:901") == found("?subject=Stara") == ["page:901"]
    assert found("?q=Nowa+strona") == ["page:902"]
    assert found(f"?action=page.moved&period_from={day}&period_to={day}") == ["page:902"]
    assert found(f"?action=page.moved&period_to={day - timedelta(days=1)}") == ["page:901"]
    assert found("?action=page.vanished") == []


@pytest.mark.parametrize(
    "query",
    [
        "?period_from=0001-01-01", "?period_to=9999-12-31", "?period_from=x", "?q=%00", "?p=999",
        "?ordering=data", "?subject=%00", "?person=%ED",
    ],
)  # fmt: skip
def test_odd_addresses_are_answered_calmly(client, city, auditor, query):
    enter(client, auditor)

    assert client.get(LIST + query).status_code == 200


def test_the_trail_leaves_with_every_column(client, city, auditor):
    entry = note(actor=city.coordinator, acting_for="Irena Dębska", data={"powód": "remont"})
    enter(client, auditor)

    table = csv_table(client.get(f"{LIST}?export=csv&subject=page:17"))

    assert table == [
        {
            "Time": timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"),
            "Person": "Marek Sowa",
            "Person's id": str(city.coordinator.pk),
            "Acting for": "Irena Dębska",
            "What was done": "page withdrawn",
            "Action's code": "page.withdrawn",
            "On what": "Fontanna na Rynku",
            "Subject's code": "page:17",
            "Before": "otwarta",
            "After": "zamknięta",
            "Authority": "unit_head, SA (upoważnienie)",
            "Details": '{"powód": "remont"}',
        }
    ]


def test_no_cell_of_the_trail_is_a_formula(client, city, auditor):
    note(label='=HYPERLINK("http://example.org")', before="+1", after="@x\x07", authority="-2")
    enter(client, auditor)

    [row] = csv_table(client.get(f"{LIST}?export=csv&subject=page:17"))
    cells = [
        cell
        for line in xlsx_cells(client.get(f"{LIST}?export=xlsx&subject=page:17"))
        for cell in line
    ]

    assert row["On what"] == '\'=HYPERLINK("http://example.org")'
    assert (row["Before"], row["After"], row["Authority"]) == ("'+1", "'@x", "'-2")
    assert not [cell for cell in cells if cell.data_type == "f"]


@pytest.mark.parametrize("address", [LIST, f"{LIST}?export=csv"])
def test_ten_times_the_entries_cost_no_more_queries(client, city, auditor, address):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
            b"".join(response)
        return len(captured)

    enter(client, auditor)
    cost()
    few = cost()
    for _number in range(9 * AuditEntry.objects.count()):
        note()

    assert cost() == few


# --- names of acts ---


def recorded_actions(source):
    """Return the acts that a module records: handed to record(), or to what passes one on."""
    tree = ast.parse(source)
    taking = {"record", "record_all"} | {
        one.name
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef)
        and "action" in {word.arg for word in (*one.args.args, *one.args.kwonlyargs)}
    }
    return {
        value.value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in taking
        for value in [*call.args, *(word.value for word in call.keywords if word.arg == "action")]
        if isinstance(value, ast.Constant) and EVENT.fullmatch(str(value.value))
    }


def test_every_act_that_the_code_records_has_a_label():
    found = set()
    for file in house.files(".py"):
        source = file.read_text(encoding="utf-8")
        if house.name(file).startswith("tests/"):
            continue
        if "kpum.audit.actions import" in source:
            found |= recorded_actions(source)
        if "kpum.pages.passage import" in source:
            # The door tells the trail and the outbox with one call.
            found |= set(re.findall(r'action="(\w+\.\w+)"', source))
    composed = {f"unit.{kind.value}" for kind in ChangeKind} | {"category.saved", "lifeevent.saved"}
    composed |= {f"page.{verdict.value}" for verdict in (Verdict.APPROVED, Verdict.RETURNED)}
    composed |= {f"{kind.value}.{act}" for kind in FileKind for act in FILE_ACTS}

    assert {"mandate.granted", "page.published", "page.moved"} <= found
    assert (found | composed) - ACTION_LABELS.keys() == set()


def test_an_act_of_an_older_version_keeps_its_code():
    assert action_in_words("fountain.opened") == "fountain.opened"
    assert recorded_actions('record(action="fountain.opened")') == {"fountain.opened"}
    assert recorded_actions(
        "def tell(page, action): record(action=action)\n\ntell(page, 'page.moved'); log('a.b')"
    ) == {"page.moved"}
