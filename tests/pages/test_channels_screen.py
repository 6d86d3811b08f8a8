"""The channels' screens: the chief editor is told what would leave before anything does."""

import pytest

from kpum.audit.models import AuditEntry
from kpum.channels.models import PublishedDocument
from kpum.org.enums import Role
from kpum.org.models import Unit
from kpum.pages.channel_models import PublicationChannel
from tests.factories.pages import publish

CARD = "kpum_services.servicecardpage"


@pytest.fixture
def chief(client, city):
    client.force_login(city.chief)
    return client


def channel(code="mpi"):
    return PublicationChannel.objects.get(code=code)


def address(code="mpi"):
    return f"/admin/channels/edit/{channel(code).pk}/"


def rules(stored="mpi", demands=(), **changes):
    """Return what a browser sends for a channel as it is stored, with changes."""
    row = PublicationChannel.objects.filter(code=stored).first() or PublicationChannel()
    data = {
        "name": row.name, "description": row.description, "contact": row.contact,
        "owner_unit": row.owner_unit_id or "", "accepted_types": row.accepted_types,
        "sending_roles": row.sending_roles,
        "accepted_units": [unit.pk for unit in row.accepted_units.all()] if row.pk else [],
        "demands-TOTAL_FORMS": str(len(demands)), "demands-INITIAL_FORMS": "0",
    }  # fmt: skip
    data |= {name: "on" for name in ("is_active", "is_open") if getattr(row, name)}
    for number, demand in enumerate(demands):
        data |= {f"demands-{number}-{name}": value for name, value in demand.items()}
    return {name: value for name, value in (data | changes).items() if value is not None}


def test_the_list_tells_what_each_channel_takes(chief, django_assert_max_num_queries):
    chief.get("/admin/channels/")
    with django_assert_max_num_queries(20):
        text = chief.get("/admin/channels/").content.decode()

    for row in PublicationChannel.objects.all():
        assert row.name in text
        assert f"/admin/channels/edit/{row.pk}/" in text
    assert "ePUAP" in chief.get("/admin/channels/results/?q=epuap").content.decode()


def test_what_would_leave_is_told_before_it_does(chief, city):
    card = publish(city.new_card("SA-1", "Karta", targets=["mpi"]))
    page = publish(city.new_page("Strona", targets=["mpi"]))
    entered = rules(accepted_types=[CARD])

    warned = chief.post(address(), entered)
    assert (warned.status_code, warned.context["effect"].leaving) == (200, 1)
    assert channel().accepted_types == []
    assert not PublishedDocument.objects.filter(gone_reason="left-channel").exists()
    assert 'name="seen" value="1"' in warned.content.decode()
    assert chief.post(address(), entered | {"seen": "2"}).status_code == 200

    done = chief.post(address(), entered | {"seen": "1"}, follow=True)
    assert channel().accepted_types == [CARD]
    gone = PublishedDocument.objects.exclude(kind="unit").get(gone_reason="left-channel")
    assert (gone.document_id, gone.channel) == (page.translation_key, "mpi")
    assert "1" in done.content.decode()
    back = chief.post(address(), rules(accepted_types=[]))
    assert back.status_code == 302
    assert not PublishedDocument.objects.filter(gone_reason="left-channel", channel="mpi").exists()
    assert card.live


def test_the_form_stores_every_rule_and_shows_its_history(chief, city):
    unit = Unit.objects.get(code="ZZM")
    demand = {"type": CARD, "needs": "keywords", "says": "Podaj inne nazwy."}
    empty = {"type": "", "needs": "", "says": ""}

    answer = chief.post(
        address(),
        rules(
            demands=[demand, empty],
            is_open="on",
            accepted_units=[unit.pk],
            owner_unit=unit.pk,
            contact="Redakcja MPI",
            sending_roles=[Role.UNIT_OPERATOR.value],
        ),
    )

    assert answer.status_code == 302, answer.context["form"].errors
    row = channel()
    assert (row.is_open, row.demands, row.owner_unit, row.sending_roles) == (
        True, [demand], unit, ["unit_operator"],
    )  # fmt: skip
    assert [kept.code for kept in row.accepted_units.all()] == ["ZZM"]
    shown = chief.get(address()).content.decode()
    assert AuditEntry.objects.get(action="channel.changed").after.split(";")[0] in shown
    assert "Podaj inne nazwy." in shown
    removed = rules(demands=[demand | {"DELETE": "on"}])
    assert chief.post(address(), removed).status_code == 302
    assert channel().demands == []


@pytest.mark.parametrize(
    ("changes", "demands"),
    [
        ({"name": ""}, []),
        ({"accepted_types": ["kpum_gazeta.strona"]}, []),
        ({"accepted_units": ["999999"]}, []),
        ({"sending_roles": ["bip_editor"]}, []),
        ({}, [{"type": "", "needs": "keywords", "says": ""}]),
        ({}, [{"type": "", "needs": "", "says": "Uzupełnij."}]),
        ({}, [{"type": "", "needs": "hasło", "says": "Uzupełnij."}]),
        ({"demands-TOTAL_FORMS": "x"}, []),
        ({"demands-TOTAL_FORMS": "100000"}, []),
        ({"name": "\x00"}, []),
    ],
)
def test_rules_that_make_no_sense_are_not_stored(chief, changes, demands):
    answer = chief.post(address(), rules(demands=demands, **changes))

    assert answer.status_code == 200
    assert not AuditEntry.objects.filter(action="channel.changed").exists()


def test_a_channel_of_another_versions_types_is_shown_and_stored_again(chief):
    PublicationChannel.objects.filter(code="mpi").update(
        accepted_types=["kpum_dawny.strona"],
        demands=[{"type": "kpum_dawny.strona", "needs": "dawne", "says": "Uzupełnij."}],
    )
    assert "kpum_dawny.strona" in chief.get(address()).content.decode()
    assert chief.post(address(), rules(contact="Redakcja")).status_code == 302


def test_a_channel_is_added(chief):
    answer = chief.post(
        "/admin/channels/new/",
        rules("profil", code="profil", name="Profil", is_active="on", is_open=None),
    )
    assert answer.status_code == 302, answer.context["form"].errors
    assert chief.get("/admin/channels/new/").status_code == 200
    twice = chief.post(
        "/admin/channels/new/", rules("inny", code="profil", name="P", is_active="on")
    )
    assert "code" in twice.context["form"].errors
    assert AuditEntry.objects.filter(action="channel.added").count() == 1


def test_nobody_else_reaches_the_form_and_strangers_not_the_list(client, city):
    body = rules(is_open="on")
    for part in (
        "operator",
        "coordinator",
        "head",
        "manager",
        "editor",
        "administrator",
        "stranger",
    ):
        client.force_login(city.person(part))
        assert client.post(address(), body).status_code in {302, 403, 404}
        assert client.post("/admin/channels/new/", body | {"code": "x"}).status_code in {302, 403}
    assert not channel().is_open
    assert not PublicationChannel.objects.filter(code="x").exists()
    client.force_login(city.editor)
    assert client.get("/admin/channels/").status_code == 200
    client.force_login(city.operator)
    assert client.get("/admin/channels/").status_code in {302, 403}
