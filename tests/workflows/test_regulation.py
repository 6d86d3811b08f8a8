"""Units outside the city office publish only after they accepted the regulation (K-09 … K-11)."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Unit
from tests.cast import PASSWORD
from tests.factories.pages import draft
from tests.factories.services import complete_card
from workflows import actions as path
from workflows.regulation_models import (
    AcceptanceIsFinal,
    PublishingRegulation,
    RegulationAcceptance,
    digest_of,
)
from workflows.regulations import (
    NotAccepted,
    NotYoursToAccept,
    accept_regulation,
    in_force,
    issue_regulation,
)

pytestmark = pytest.mark.django_db
ADMIN = "kpum_regulation_admin"


@pytest.fixture
def regulation(city):
    return issue_regulation(
        regulation=PublishingRegulation(
            version="1/2026",
            title="Regulamin publikowania",
            text="§ 1. Piszemy prosto.",
            legal_basis="zarządzenie 3842/2023",
            valid_from=date(2026, 1, 1),
        ),
        actor=city.chief,
    )


@pytest.fixture
def zzm(city):
    unit = Unit.objects.get(code="ZZM")
    grant_mandate(
        user=city.person("other_coordinator"),
        role=Role.UNIT_REPRESENTATIVE,
        unit=unit,
        basis="powołanie",
    )
    return unit


def card_of_zzm(city):
    card = complete_card(city, code="ZZM-1", title="Wycinka drzewa")
    return draft(city.other_folder, card, author=city.stranger)


def accept(city, unit, regulation, by="other_coordinator"):
    return accept_regulation(
        unit=unit, regulation=regulation, person=city.person(by), function="dyrektorka"
    )


def test_a_unit_submits_nothing_before_it_accepted(city, regulation, zzm):
    card = card_of_zzm(city)

    with pytest.raises(NotAccepted, match="Zarząd Zieleni Miejskiej"):
        path.submit(page=card, user=city.stranger)

    accept(city, zzm, regulation)
    assert path.submit(page=card, user=city.stranger).status == "in_progress"


def test_a_cell_of_the_city_office_is_bound_without_accepting(city, regulation):
    assert path.submit(page=city.card, user=city.operator).status == "in_progress"


def test_a_cell_of_a_unit_is_admitted_with_its_unit(city, regulation, zzm):
    cell = zzm.add_child(code="ZZM-D", name="Dział Drzew", kind="cell")
    city.other_folder.unit = Unit.objects.get(pk=cell.pk)
    card = card_of_zzm(city)
    accept(city, zzm, regulation)

    assert path.submit(page=card, user=city.stranger)


def test_the_acceptance_of_a_version_that_ended_admits_no_longer(city, regulation, zzm):
    accept(city, zzm, regulation)
    PublishingRegulation.objects.update(valid_to=date(2026, 2, 1))
    issue_regulation(
        regulation=PublishingRegulation(
            version="2/2026",
            title="Regulamin publikowania",
            text="§ 1. Piszemy jeszcze prościej.",
            legal_basis="zarządzenie 4000/2026",
            valid_from=date(2026, 2, 2),
        ),
        actor=None,
    )

    with pytest.raises(NotAccepted):
        path.submit(page=card_of_zzm(city), user=city.stranger)


@pytest.mark.parametrize("by", ["stranger", "chief", "head", "administrator"])
def test_only_who_represents_the_unit_accepts_for_it(city, regulation, zzm, by):
    with pytest.raises(NotYoursToAccept):
        accept(city, zzm, regulation, by=by)


def test_the_same_version_is_accepted_once_and_only_while_in_force(city, regulation, zzm):
    accept(city, zzm, regulation)
    with pytest.raises(ValidationError):
        accept(city, zzm, regulation)

    future = PublishingRegulation.objects.create(
        version="9", title="R", text="t", legal_basis="z", valid_from=clock.today() + timedelta(9)
    )
    assert future not in in_force()
    with pytest.raises(ValidationError):
        accept(city, zzm, future)


def test_an_acceptance_is_a_document_that_nobody_changes(city, regulation, zzm):
    acceptance = accept(city, zzm, regulation)

    assert acceptance.is_intact
    for word in ("ZZM", "1/2026", digest_of(regulation.text), "Wanda Inna", "dyrektorka"):
        assert word in acceptance.statement
    acceptance.statement = "co innego"
    with pytest.raises(AcceptanceIsFinal):
        acceptance.save()
    with pytest.raises(AcceptanceIsFinal):
        acceptance.delete()
    with pytest.raises(AcceptanceIsFinal):
        RegulationAcceptance.objects.update(statement="x")
    assert AuditEntry.objects.get(action="regulation.accepted").after == acceptance.digest


@pytest.mark.parametrize("part", ["editor", "manager", "operator", "administrator"])
def test_only_the_chief_editor_issues_a_version(city, part):
    with pytest.raises(NotYoursToAccept):
        issue_regulation(regulation=PublishingRegulation(version="1"), actor=city.person(part))


def test_citizens_read_the_version_in_force(city, regulation, client):
    answer = client.get("/regulamin-publikowania/")

    assert "Piszemy prosto" in answer.content.decode()
    assert "/regulamin-publikowania/" in client.get("/").content.decode()


def test_without_a_version_there_is_nothing_to_read(city, client):
    assert client.get("/regulamin-publikowania/").status_code == 404


def test_a_representative_accepts_in_the_admin_and_takes_the_statement_along(
    city, regulation, zzm, client
):
    client.login(username="other_coordinator", password=PASSWORD)
    page = client.get(reverse(ADMIN)).content.decode()
    assert "Zarząd Zieleni Miejskiej" in page

    facts = {"unit": zzm.pk, "regulation": regulation.pk, "function": "dyrektorka"}
    client.post(reverse(ADMIN), facts)
    assert not RegulationAcceptance.objects.exists(), "accepted without the word itself"
    client.post(reverse(ADMIN), facts | {"agreed": "on"})

    acceptance = RegulationAcceptance.objects.get()
    file = client.get(reverse("kpum_regulation_statement", args=[acceptance.pk]))
    assert acceptance.digest in file.content.decode()
    assert "attachment" in file["Content-Disposition"]


def test_nobody_accepts_for_another_unit_by_a_forged_form(city, regulation, zzm, client):
    client.login(username="operator", password=PASSWORD)

    client.post(
        reverse(ADMIN),
        {"unit": zzm.pk, "regulation": regulation.pk, "function": "x", "agreed": "on"},
    )

    assert not RegulationAcceptance.objects.exists()


def test_a_statement_is_for_the_unit_and_for_who_oversees(city, regulation, zzm, client):
    acceptance = accept(city, zzm, regulation)
    address = reverse("kpum_regulation_statement", args=[acceptance.pk])

    for part, status in (("operator", 302), ("chief", 200), ("other_coordinator", 200)):
        client.login(username=part, password=PASSWORD)
        assert client.get(address).status_code == status
