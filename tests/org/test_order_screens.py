"""The screens of internal orders: a head says who prepares, publishes and updates (K-22, M-13)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpum.audit.models import AuditEntry
from kpum.org.actions import issue_order
from kpum.org.enums import Duty
from kpum.org.models import InternalOrder, OrderDuty, Unit
from tests.org.screens import enter, errors, rows

pytestmark = pytest.mark.django_db

LIST = "/admin/orders/"
NEW = "/admin/orders/new/"
BOUNCED = 302


def unit(code):
    return Unit.objects.get(code=code)


def sent(*duties, **changes):
    """Return what a head sends: the order's facts, and (login, duty, extent) for each person."""
    body = {
        "unit": unit("SA").pk,
        "number": "5/2026",
        "issued_on": "2026-03-01",
        "subject": "Osoby odpowiedzialne za treści",
        "valid_from": "2026-03-02",
        "valid_to": "",
        "file": "",
        "duties-TOTAL_FORMS": str(len(duties) + 1),
        "duties-INITIAL_FORMS": "0",
    }
    for number, (person, duty, extent) in enumerate(duties):
        body |= {
            f"duties-{number}-person": person,
            f"duties-{number}-duty": duty,
            f"duties-{number}-extent": extent,
        }
    return body | changes


def order_of(code, number="1/2026", people=()):
    order = InternalOrder(
        unit=unit(code), number=number, issued_on=date(2026, 1, 5), subject="Treści",
        valid_from=date(2026, 1, 6),
    )  # fmt: skip
    duties = [(person, Duty.PREPARES, "") for person in people]
    return issue_order(order=order, duties=duties, issued_by=None)


def test_a_head_issues_an_order_with_the_people_it_names(client, city):
    enter(client, city.head)

    response = client.post(
        NEW, sent(("operator", "prepares", "karty SA"), ("coordinator", "publishes", ""))
    )

    order = InternalOrder.objects.get()
    assert response.status_code == BOUNCED
    assert (order.number, order.issued_by) == ("5/2026", city.head)
    assert set(order.duties.values_list("person__username", "duty", "extent")) == {
        ("operator", "prepares", "karty SA"),
        ("coordinator", "publishes", ""),
    }
    entry = AuditEntry.objects.get(action="order.issued")
    assert "kierujący jednostką, SA" in entry.authority
    assert "karty SA" in entry.after


def test_an_order_is_corrected_and_the_trail_says_how_it_was(client, city):
    order = order_of("SA", people=[city.operator, city.coordinator])
    enter(client, city.head)

    form = client.get(f"{LIST}edit/{order.pk}/").context
    body = sent(
        ("operator", "updates", ""), ("coordinator", "prepares", ""), ("head", "publishes", ""),
        number="2/2026",
    ) | {"duties-INITIAL_FORMS": "2", "duties-1-DELETE": "on"}  # fmt: skip
    client.post(f"{LIST}edit/{order.pk}/", body)

    assert [row["person"].value() for row in form["duties"]][:2] == ["operator", "coordinator"]
    order.refresh_from_db()
    assert order.number == "2/2026"
    assert set(order.duties.values_list("person__username", "duty")) == {
        ("operator", "updates"),
        ("head", "publishes"),
    }
    entry = AuditEntry.objects.filter(action="order.issued").latest("pk")
    assert "SA 1/2026" in entry.before
    assert "SA 2/2026" in entry.after


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit": "ZZM"}, "unit"),
        ({"unit": "WON-OSI"}, "unit"),
        ({"number": ""}, "number"),
        ({"number": "1/2026"}, "__all__"),
        ({"valid_to": "2026-01-01"}, "valid_to"),
        ({"issued_on": "kiedyś"}, "issued_on"),
        ({"file": "77"}, "file"),
        ({"subject": "a\x00b"}, "subject"),
    ],
)
def test_a_forged_or_mistaken_order_is_refused_at_its_field(client, city, changes, field):
    order_of("SA")
    if "unit" in changes:
        changes = {"unit": unit(changes["unit"]).pk}
    enter(client, city.head)

    response = client.post(NEW, sent(**changes))

    assert list(errors(response)) == [field]
    assert InternalOrder.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"duties-0-person": "nikt"},
        {"duties-0-duty": "rules"},
        {"duties-0-extent": "x" * 256},
        {"duties-TOTAL_FORMS": "abc"},
        {"duties-TOTAL_FORMS": "100"},
        {"duties-TOTAL_FORMS": ""},
    ],
)
def test_a_wrong_row_is_shown_at_the_row_and_nothing_is_stored(client, city, changes):
    enter(client, city.head)

    response = client.post(NEW, sent(("operator", "prepares", ""), **changes))

    duties = response.context["duties"]
    assert any(duties.errors) or duties.non_form_errors()
    assert not InternalOrder.objects.exists()


def test_one_duty_named_twice_is_told_and_nothing_is_stored(client, city):
    enter(client, city.head)

    response = client.post(NEW, sent(("operator", "prepares", ""), ("operator", "prepares", "")))

    assert list(errors(response)) == ["__all__"]
    assert not InternalOrder.objects.exists()
    assert not OrderDuty.objects.exists()


@pytest.mark.parametrize("part", ["operator", "coordinator", "editor", "administrator"])
def test_only_a_head_issues_orders(client, city, part):
    order = order_of("SA")
    enter(client, city.person(part))

    for address in (NEW, f"{LIST}edit/{order.pk}/"):
        assert client.get(address).status_code in {BOUNCED, 404}
        assert client.post(address, sent()).status_code in {BOUNCED, 404}
    assert InternalOrder.objects.get().number == "1/2026"


def test_a_head_cannot_correct_another_units_order(client, city):
    order = order_of("ZZM")
    enter(client, city.head)

    response = client.post(f"{LIST}edit/{order.pk}/", sent())

    assert response.status_code == 404
    assert InternalOrder.objects.get().unit.code == "ZZM"


def test_people_read_the_orders_of_their_unit_and_those_that_name_them(client, city):
    order_of("SA", people=[city.stranger])
    order_of("ZZM", number="2/2026")
    order_of("UMK", number="3/2026")

    def seen_by(part, query=""):
        enter(client, city.person(part))
        return {row.number for row in rows(client, LIST + query)}

    assert seen_by("operator") == {"1/2026"}
    assert seen_by("stranger") == {"1/2026", "2/2026"}
    assert seen_by("editor") == {"1/2026", "2/2026", "3/2026"}
    assert seen_by("editor", "?q=ZZM") == {"2/2026"}
    assert seen_by("editor", "?person=Obcy") == {"1/2026"}
    assert seen_by("editor", f"?unit={unit('UMK').pk}") == {"1/2026", "3/2026"}


def test_ten_times_the_orders_cost_no_more_queries(client, city):
    def many(count):
        for _number in range(count):
            number = f"{InternalOrder.objects.count()}/2025"
            order_of("SA", number, people=[city.operator, city.coordinator])

    def cost(address):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    enter(client, city.head)
    many(2)
    few = cost(LIST)
    many(18)

    assert cost(LIST) == few
