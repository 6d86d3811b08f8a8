"""The screens of substitutions: the holder names his substitute, and every list says for whom one acts."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.org.actions import grant_mandate, name_substitute
from kpum.org.enums import Role
from kpum.org.models import Mandate, Substitution, Unit
from tests.org.screens import enter, errors, rows

pytestmark = pytest.mark.django_db

LIST = "/admin/substitutions/"
NEW = "/admin/substitutions/new/"
BOUNCED = 302
DAY = timedelta(days=1)


def mandate_of(person):
    return Mandate.objects.get(user=person)


def typed(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


def naming(city, whose="head", substitute="coordinator", **changes):
    return {
        "mandate": mandate_of(city.person(whose)).pk,
        "substitute": city.person(substitute).pk,
        "reason": "urlop",
        "valid_from": "",
        "valid_to": typed(clock.now() + 7 * DAY),
    } | changes


def substitute(city, whose="head", by="coordinator", begin=-1, end=7):
    now = clock.now()
    return name_substitute(
        mandate=mandate_of(city.person(whose)),
        substitute=city.person(by),
        reason="urlop",
        valid_from=now + begin * DAY,
        valid_to=now + end * DAY,
    )


def test_a_head_names_his_own_substitute_who_then_acts_for_him(client, city):
    enter(client, city.head)

    response = client.post(NEW, naming(city))

    row = Substitution.objects.get()
    assert response.status_code == BOUNCED
    assert (row.substitute, row.mandate.user, row.named_by) == (city.coordinator,) + (
        city.head,
    ) * 2
    coordinator = enter(client.__class__(), city.coordinator)
    coordinator.post(
        "/admin/mandates/new/",
        {
            "user": city.stranger.pk,
            "role": Role.UNIT_OPERATOR.value,
            "unit": Unit.objects.get(code="SA").pk,
            "basis": "upoważnienie 12/2026",
        },
    )
    entry = AuditEntry.objects.filter(action="mandate.granted").latest("pk")
    assert (entry.actor_name, entry.acting_for) == ("Marek Sowa", "Irena Dębska")


@pytest.mark.parametrize(
    ("part", "changes", "field"),
    [
        ("head", {"substitute": "head"}, "substitute"),
        ("head", {"mandate": "stranger"}, "mandate"),
        ("operator", {"mandate": "head"}, "mandate"),
        ("operator", {"mandate": "operator", "substitute": "operator"}, "substitute"),
        ("head", {"valid_to": ""}, "valid_to"),
        ("head", {"valid_to": "2020-01-01 10:00"}, "valid_to"),
        ("head", {"valid_from": "2020-01-01 10:00"}, "valid_from"),
        ("head", {"mandate": "operator", "substitute": "operator"}, "substitute"),
        ("head", {"reason": ""}, "reason"),
        ("head", {"reason": "x" * 256}, "reason"),
        ("administrator", {"mandate": "head", "substitute": "administrator"}, "substitute"),
    ],
)
def test_a_forged_or_mistaken_substitution_is_refused_at_its_field(
    client, city, part, changes, field
):
    if "mandate" in changes:
        changes = changes | {"mandate": mandate_of(city.person(changes["mandate"])).pk}
    if "substitute" in changes:
        changes = changes | {"substitute": city.person(changes["substitute"]).pk}
    enter(client, city.person(part))

    response = client.post(NEW, naming(city) | changes)

    assert list(errors(response)) == [field]
    assert not Substitution.objects.exists()


def test_each_sees_the_substitutions_that_concern_him(client, city):
    substitute(city)
    substitute(city, whose="other_coordinator", by="stranger")

    def seen_by(part):
        enter(client, city.person(part))
        return {row.substitute.username for row in rows(client, LIST)}

    assert seen_by("coordinator") == {"coordinator"}
    assert seen_by("head") == {"coordinator"}
    assert seen_by("stranger") == {"stranger"}
    assert seen_by("operator") == set()
    assert seen_by("editor") == seen_by("administrator") == {"coordinator", "stranger"}


def test_the_list_can_be_narrowed_and_put_in_order(client, city):
    substitute(city)
    substitute(city, whose="manager", by="editor", begin=2, end=3)
    substitute(city, whose="other_coordinator", by="stranger", begin=-9, end=-2)
    enter(client, city.chief)

    def found(query):
        return [row.substitute.username for row in rows(client, LIST + query)]

    assert found("") == ["coordinator"]
    assert found("?standing=future") == ["editor"]
    assert found("?standing=past") == ["stranger"]
    assert found("?standing=any&person=Teka") == ["editor"]
    assert found("?standing=any&q=Obcy") == ["stranger"]
    assert found("?standing=any&role=unit_head") == ["coordinator"]
    assert found(f"?standing=any&unit={Unit.objects.get(code='ZZM').pk}") == ["stranger"]
    assert found("?standing=any&ordering=substitute") == ["stranger", "coordinator", "editor"]
    assert found("?standing=any&ordering=-holder") == ["editor", "stranger", "coordinator"]
    get_user_model().objects.filter(username="head").update(is_active=False)
    assert (found(""), found("?standing=idle")) == ([], ["coordinator"])


def test_the_holder_ends_a_substitution_and_its_powers_end_at_the_next_request(client, city):
    row = substitute(city, by="operator")
    operator = enter(client.__class__(), city.operator)
    assert operator.get("/admin/mandates/new/").status_code == 200
    enter(client, city.head)

    shown = client.get(f"{LIST}end/{row.pk}/").content.decode()
    client.post(f"{LIST}end/{row.pk}/", {"reason": "powrót"})

    assert "Halina Wrona" in shown
    assert operator.get("/admin/mandates/new/").status_code == BOUNCED
    assert AuditEntry.objects.get(action="substitution.ended").authority.startswith("powrót; ")


def test_what_has_not_begun_is_taken_back(client, city):
    row = substitute(city, begin=1)
    enter(client, city.head)

    response = client.post(f"{LIST}end/{row.pk}/", {"reason": "zmiana planów"})

    assert response.status_code == BOUNCED
    assert not Substitution.objects.exists()


def test_what_has_ended_is_not_ended_again(client, city):
    row = substitute(city, begin=-3, end=-1)
    enter(client, city.head)

    response = client.post(f"{LIST}end/{row.pk}/", {"reason": "x"})

    assert errors(response)["__all__"] == ["The substitution has ended already."]


@pytest.mark.parametrize(
    ("part", "status"),
    [("stranger", 404), ("coordinator", BOUNCED), ("editor", BOUNCED), ("operator", 404)],
)
def test_nobody_else_ends_a_substitution(client, city, part, status):
    row = substitute(city)
    enter(client, city.person(part))

    for answer in (client.get(f"{LIST}end/{row.pk}/"), client.post(f"{LIST}end/{row.pk}/")):
        assert answer.status_code == status
    assert Substitution.objects.get().holds_at(clock.now())


def test_ten_times_the_substitutions_cost_no_more_queries(client, city):
    def many(count):
        for number in range(count):
            name = f"p{Substitution.objects.count()}-{number}"
            person = get_user_model().objects.create_user(name)
            mandate = grant_mandate(
                user=person, role=Role.UNIT_OPERATOR, unit=Unit.objects.get(code="SA"), basis="b"
            )
            name_substitute(
                mandate=mandate,
                substitute=city.coordinator,
                reason="urlop",
                valid_from=clock.now(),
                valid_to=clock.now() + DAY,
            )

    def cost(address):
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    enter(client, city.head)
    many(2)
    few = [cost(LIST), cost(NEW)]
    many(18)

    assert [cost(LIST), cost(NEW)] == few
