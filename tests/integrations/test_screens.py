"""The register's screens: who sees what, the way of an interface by hand, and a key shown once."""

import json
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator, FormatChecker

from kpum.core import clock
from kpum.integrations import queries, registry
from kpum.integrations.enums import InterfaceState, Side
from kpum.integrations.models import (
    ApiClient,
    ApiKey,
    ClientCursor,
    ClientUsage,
    DataInterface,
    OutsideSystem,
)
from kpum.integrations.panels import AgreementsPanel
from kpum.org.models import Unit
from tests.factories import integrations as make
from tests.org.screens import csv_table, enter, errors, rows, xlsx_cells

pytestmark = pytest.mark.django_db
S = InterfaceState
LIST = "/admin/interfaces/"
FIGURES = "/admin/channel-figures/"
SYSTEMS = "/admin/outside-systems/"
SCHEMA = Path(__file__).parents[2] / "docs/integrations/interface-register.schema.json"
BOUNCED, NOT_FOUND = 302, 404


def page(row, act=""):
    return f"{LIST}{row.pk}/{act}"


def facts(unit, **changes):
    """Return what a browser sends of a proposal."""
    given = make.terms_of(unit) | changes
    sent = {name: getattr(value, "pk", value) for name, value in given.items()}
    return {name: value for name, value in sent.items() if value is not False}


def stand(row):
    row.refresh_from_db()
    return row.standing


def waiting_for(person):
    """Return the interfaces that the dashboard lays before the person."""
    parent = {"request": SimpleNamespace(user=person)}
    return AgreementsPanel().get_context_data(parent)["waiting"]


# --- who sees what ---


@pytest.mark.parametrize(
    ("part", "seen"),
    [
        ("registrar", {"sa", "zzm"}), ("chief", {"sa", "zzm"}), ("manager", {"sa", "zzm"}),
        ("auditor", {"sa", "zzm"}), ("head", {"sa"}), ("stranger", {"zzm"}), ("operator", None),
    ],
)  # fmt: skip
def test_the_register_is_read_by_who_keeps_agrees_or_oversees_and_by_heads_for_their_unit(
    client, unit, people, part, seen
):
    mine = make.interface(unit, code="sa")
    make.client_of(mine)
    make.interface(Unit.objects.get(code="ZZM"), code="zzm")
    enter(client, people[part])

    if seen is None:
        assert client.get(LIST).status_code == BOUNCED
        assert client.get(page(mine)).status_code == NOT_FOUND
        return
    assert {row.code for row in rows(client, LIST)} == seen
    assert client.get(page(mine)).status_code == (200 if "sa" in seen else NOT_FOUND)
    takes_away = part not in {"head", "stranger"}
    assert (client.get(f"{LIST}?export=csv").status_code == 200) is takes_away
    assert (client.get(f"{LIST}register.json").status_code == 200) is takes_away
    assert (client.get(FIGURES).status_code == 200) is takes_away
    assert client.get(SYSTEMS).status_code == 200


def test_a_superuser_without_a_mandate_neither_reads_nor_keeps_the_register(client, unit):
    row = make.interface(unit)
    enter(client, get_user_model().objects.create_superuser("root", password="x"))

    assert client.get(LIST).status_code == BOUNCED
    assert client.get(page(row)).status_code == NOT_FOUND


@pytest.mark.parametrize("part", ["chief", "manager", "auditor", "head"])
def test_who_only_reads_is_offered_no_act_and_reaches_none(client, unit, people, part):
    row = make.interface(unit)
    api_client = make.client_of(row)
    key = make.issued(api_client).key
    enter(client, people[part])

    shown = client.get(page(row)).content.decode()
    assert "/suspend/" not in shown
    assert "/keys/" not in shown
    for address in (
        page(row, "change/"), page(row, "suspend/"), page(row, "retire/"), page(row, "decide/"),
        f"/admin/api-clients/of/{row.pk}/new/", f"/admin/api-clients/{api_client.pk}/change/",
        f"/admin/api-clients/{api_client.pk}/keys/new/", f"/admin/api-clients/keys/{key.pk}/rotate/",
        f"/admin/api-clients/keys/{key.pk}/revoke/", f"{SYSTEMS}new/",
        f"{SYSTEMS}edit/{row.system_id}/",
    ):  # fmt: skip
        for method in ("get", "post"):
            assert getattr(client, method)(address).status_code == BOUNCED, address
    assert stand(row) is S.LIVE
    assert ApiKey.objects.get() == key


# --- the way of an interface ---


def test_an_interface_goes_its_whole_way_by_hand(client, unit, people):
    enter(client, people["head"])
    sent = facts(unit, code="bip-karty", service_level="")
    client.post(f"{LIST}new/", sent)
    row = DataInterface.objects.get(code="bip-karty")
    assert row.channels == ["bip"]
    assert "fill in: Service level." in client.get(page(row)).content.decode()

    enter(client, people["registrar"])
    assert errors(client.post(page(row, "consult/"), {}))["__all__"]
    client.post(page(row, "change/"), facts(unit))
    client.post(page(row, "consult/"), {})
    assert stand(row) is S.CONSULTED

    enter(client, people["manager"])
    assert waiting_for(people["manager"]) == [row]
    decision = {"verdict": "agreed", "version": row.version, "comment": ""}
    client.post(page(row, "decide/"), decision | {"side": Side.PORTFOLIO_MANAGER})
    assert waiting_for(people["manager"]) == []
    assert waiting_for(people["chief"]) == [row]
    assert waiting_for(people["registrar"]) == []
    enter(client, people["chief"])
    client.post(page(row, "decide/"), decision | {"side": Side.CHIEF_EDITOR})
    assert stand(row) is S.AGREED

    enter(client, people["registrar"])
    client.post(page(row, "live/"), {})
    assert errors(client.post(page(row, "suspend/"), {}))["reason"]
    for act, sent in (("suspend", "przerwa"), ("live", ""), ("retire", "zbędny")):
        client.post(page(row, f"{act}/"), {"reason": sent})
    assert stand(row) is S.RETIRED
    shown = client.get(page(row)).content.decode()
    assert "suspended (przerwa)" in shown
    assert "Paweł Teka" in shown


def test_the_chief_editor_is_told_in_whose_name_he_agrees(client, unit, people):
    row = make.interface(unit, S.CONSULTED)
    make.agreement(row, Side.CHIEF_EDITOR)
    enter(client, people["chief"])

    shown = client.get(page(row, "decide/")).content.decode()
    assert "in the name of: service portfolio manager" in shown
    assert "Opublikowane karty" in shown
    decision = {"verdict": "agreed", "version": 1, "side": Side.PORTFOLIO_MANAGER}
    client.post(page(row, "decide/"), decision)

    assert "acting for: Paweł Teka" in client.get(page(row)).content.decode()
    # His own side has agreed: nothing is left to decide.
    DataInterface.objects.update(state=S.CONSULTED)
    assert client.get(page(row, "decide/")).status_code == BOUNCED


def test_a_refusal_without_reasons_or_of_terms_not_read_stands_at_its_field(client, unit, people):
    row = make.interface(unit, S.CONSULTED)
    enter(client, people["manager"])
    decision = {"verdict": "refused", "side": Side.PORTFOLIO_MANAGER, "version": 1, "comment": ""}

    assert "comment" in errors(client.post(page(row, "decide/"), decision))
    late = client.post(page(row, "decide/"), decision | {"version": 9, "comment": "Nie."})
    assert "have changed" in errors(late)["__all__"][0]
    foreign = client.post(page(row, "decide/"), decision | {"side": Side.CHIEF_EDITOR})
    assert "side" in errors(foreign)
    client.post(page(row, "decide/"), decision | {"comment": "Za szeroko."})

    assert stand(row) is S.PROPOSED
    assert "Za szeroko." in client.get(page(row)).content.decode()


def test_a_change_that_lapses_agreements_is_asked_about_before_it_is_stored(client, unit, people):
    row = make.interface(unit)
    enter(client, people["registrar"])
    sent = facts(unit, data_scope="Także szkice.")

    warned = client.post(page(row, "change/"), sent)
    assert "Scope of the data" in errors(warned)["may_lapse"][0]
    assert 'name="may_lapse"' in warned.content.decode()
    assert stand(row) is S.LIVE
    client.post(page(row, "change/"), sent | {"may_lapse": "on"})

    assert (stand(row), row.data_scope) == (S.CONSULTED, "Także szkice.")


def test_a_proposal_says_at_which_field_it_is_wrong(client, unit, people):
    enter(client, people["head"])
    foreign = Unit.objects.get(code="ZZM")

    found = errors(
        client.post(
            f"{LIST}new/",
            facts(unit, code="Ż", owner_unit=foreign, personal_data="on", channels=["x"], name=""),
        )
    )

    assert {"code", "owner_unit", "legal_ground", "channels", "name"} <= set(found)
    assert not DataInterface.objects.exists()


def test_the_page_says_in_each_state_what_comes_next_and_offers_who_may_the_way_there(
    client, unit, people
):
    told = {
        S.PROPOSED: ("It is complete", {"consult", "retire", "change"}),
        S.CONSULTED: ("agreement of: chief editor and service portfolio", {"retire", "change"}),
        S.AGREED: ("Both sides have agreed", {"live", "retire", "change"}),
        S.LIVE: ("It is at work", {"suspend", "retire", "change"}),
        S.SUSPENDED: ("It stands still", {"live", "retire", "change"}),
        S.RETIRED: ("It has ended", set()),
    }
    offered = {"registrar": {state: acts for state, (_word, acts) in told.items()}}
    offered["chief"] = {S.CONSULTED: {"decide"}}
    made = {state: make.interface(unit, state, code=f"i-{state.value}") for state in S}
    for part, acts in offered.items():
        enter(client, people[part])
        for state, row in made.items():
            response = client.get(page(row))
            links = {act.url.split("/")[-2] for act in response.context["acts"]}
            assert links == acts.get(state, set()), (part, state)
            assert told[state][0] in response.content.decode()


# --- clients and keys ---


def test_a_key_is_shown_once_and_never_again(client, unit, people):
    row = make.interface(unit, channels=["bip", "mpi"])
    enter(client, people["registrar"])
    client.post(
        f"/admin/api-clients/of/{row.pk}/new/",
        {"name": "Import", "code": "bip-import", "contact": "Dyżur", "requests_per_minute": ""},
    )
    api_client = ApiClient.objects.get()
    sent = {"channels": ["bip"], "verbs": ["feed", "media"], "days": 30}
    answer = client.post(f"/admin/api-clients/{api_client.pk}/keys/new/", sent)
    text = answer.context["issued"].text
    key = ApiKey.objects.get()

    assert text in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert (key.channels, key.verbs) == (["bip"], ["feed", "media"])
    later = client.get(page(row)).content.decode() + client.get("/admin/").content.decode()
    assert text[-43:] not in later
    assert key.prefix in later

    rotated = client.post(
        f"/admin/api-clients/keys/{key.pk}/rotate/", {"overlap_days": 7, "days": 365}
    )
    assert rotated.context["issued"].text != text
    again = client.post(
        f"/admin/api-clients/keys/{key.pk}/rotate/", {"overlap_days": 7, "days": 365}
    )
    assert "already" in errors(again)["__all__"][0]
    client.post(f"/admin/api-clients/keys/{key.pk}/revoke/", {"reason": "wyciek"})
    key.refresh_from_db()
    assert key.revoked_at is not None
    client.post(
        f"/admin/api-clients/{api_client.pk}/change/",
        {"name": "Import", "contact": "Dyżur", "requests_per_minute": 5},
    )
    api_client.refresh_from_db()
    assert api_client.requests_per_minute == 5
    for act in ("rotate/", "revoke/"):
        assert client.get(f"/admin/api-clients/keys/{key.pk}/{act}").status_code == 200


def test_a_key_wants_an_interface_at_work_and_a_scope(client, unit, people):
    row = make.interface(unit)
    api_client = make.client_of(row)
    address = f"/admin/api-clients/{api_client.pk}/keys/new/"
    enter(client, people["registrar"])

    found = errors(client.post(address, {"channels": ["mpi"], "verbs": [], "days": 9999}))
    assert {"channels", "verbs", "days"} == set(found)
    assert client.get(address).status_code == 200
    DataInterface.objects.update(state=S.SUSPENDED)
    assert client.get(address).status_code == BOUNCED


# --- narrowing, exports ---


def test_the_list_is_narrowed_by_state_channel_system_unit_and_personal_data(client, unit, people):
    zzm = Unit.objects.get(code="ZZM")
    make.interface(unit, code="a", channels=["bip", "mpi"])
    other = make.outside_system("fenix", "FENIX")
    make.interface(
        zzm, S.PROPOSED, code="b", direction="in", channels=[], system=other,
        personal_data=True, legal_ground="art. 6",
    )  # fmt: skip
    make.interface(unit, S.SUSPENDED, code="c", channels=["kck"])
    enter(client, people["auditor"])

    def found(query):
        return "".join(sorted(row.code for row in rows(client, LIST + query)))

    assert found("") == "abc"
    assert (found("?state=live"), found("?state=live&state=proposed")) == ("a", "ab")
    assert (found("?channel=mpi"), found("?channel=kck"), found("?direction=in")) == ("a", "c", "b")
    assert (found(f"?system={other.pk}"), found(f"?unit={zzm.pk}")) == ("b", "b")
    assert (found("?personal_data=true"), found("?personal_data=false")) == ("b", "ac")
    assert (found("?q=FENIX"), found("?ordering=-code&state=king")) == ("b", "")


@pytest.mark.parametrize(
    "query", ["?unit=abc", "?system=99999999999999999999", "?q=%00", "?ordering=digest", "?p=x",
              "?channel=%00", "?export=pdf"],
)  # fmt: skip
def test_odd_addresses_are_answered_calmly(client, unit, people, query):
    enter(client, people["chief"])

    assert client.get(LIST + query).status_code == 200


def test_the_register_leaves_in_the_shape_that_its_schema_tells(client, unit, people):
    for state in S:
        row = make.interface(unit, state, code=f"i-{state.value}")
    make.interface(unit, code="pd", personal_data=True, legal_ground="art. 6 RODO", channels=[])
    live = DataInterface.objects.get(code="i-live")
    issued = make.issued(make.client_of(live))
    enter(client, people["auditor"])

    answer = client.get(f"{LIST}register.json")
    data = json.loads(answer.content)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    judge = Draft202012Validator(schema, format_checker=FormatChecker())
    assert [error.message for error in judge.iter_errors(data)] == []
    assert [one["code"] for one in data["interfaces"]] == sorted(
        one.code for one in DataInterface.objects.all()
    )
    (told,) = [one for one in data["interfaces"] if one["code"] == "i-live"]
    assert told["clients"][0]["keys_in_force"] == 1
    assert len(told["agreements"]) == 2
    text = answer.content.decode()
    assert issued.key.prefix not in text
    assert issued.key.digest not in text
    # The schema would prove nothing if it let everything pass.
    for broken in ({"state": "open"}, {"personal_data": True}, {"secret": 1}):
        assert list(judge.iter_errors(data | {"interfaces": [told | broken]}))
    assert row.state == "retired"


def test_the_tables_hold_every_column_in_words_and_no_formula(client, unit, people):
    row = make.interface(unit, notes="=1+1")
    make.client_of(row)
    enter(client, people["chief"])

    (line,) = csv_table(client.get(f"{LIST}?export=csv"))
    assert (line["Code"], line["State"], line["Direction"]) == (
        "bip-karty", "live", "out of the portal",
    )  # fmt: skip
    assert line["Notes"] == "'=1+1"
    assert line["Agreements"].count("Jadwiga Naczelna") == 2
    assert line["API clients"] == "bip-eksport: Import kart do BIP"
    header, cells = xlsx_cells(client.get(f"{LIST}?export=xlsx"))
    assert [cell.value for cell in header] == list(line)
    assert cells[0].value == "bip-karty"


# --- how many queries ---


def count_queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_lists_figures_and_exports_cost_the_same_for_ten_times_as_many(client, unit, people):
    addresses = [LIST, FIGURES, f"{LIST}register.json", SYSTEMS]
    first = grow(unit, 0)
    addresses.append(page(first))
    enter(client, people["chief"])
    for address in addresses:
        client.get(address)
    before = {address: count_queries(client, address) for address in addresses}
    for number in range(1, 10):
        grow(unit, number)
        make.client_of(first, code=f"weitere-{number}")

    after = {address: count_queries(client, address) for address in addresses}
    assert after == before


def grow(unit, number):
    row = make.interface(unit, code=f"i-{number}", system=make.outside_system(f"s-{number}"))
    key = make.issued(make.client_of(row, code=f"c-{number}")).key
    ClientUsage.objects.create(client=key.client, day=clock.today(), requests=7, bytes=5000)
    ClientCursor.objects.create(client=key.client, channel="bip", cursor=number, at=clock.now())
    make.interface(unit, S.CONSULTED, code=f"w-{number}")
    return row


# --- figures ---


def test_the_figures_are_drawn_and_stand_in_tables_too(client, unit, people, monkeypatch):
    row = make.interface(unit)
    key = make.issued(make.client_of(row)).key
    now = clock.now()
    ClientUsage.objects.create(client=key.client, day=clock.today(), requests=12345, bytes=5000)
    ClientCursor.objects.create(client=key.client, channel="bip", cursor=40, at=now)
    head = registry.Head(140, now - timedelta(hours=2))
    monkeypatch.setattr(registry, "_head_sources", [lambda: {"bip": head}])
    enter(client, people["manager"])

    shown = client.get(FIGURES).content.decode()

    assert shown.count("<svg") >= 3
    assert "behind by up to 100" in shown
    assert "The last change has waited 2\xa0hours." in shown
    assert shown.count("12345") + shown.count("12,345") >= 3
    assert "style=" not in shown.split("<main")[-1].split("<svg", 1)[1].split("</table>")[0]


def test_the_channels_own_heads_are_told_and_what_waits_is_on_the_dashboard(client, city):
    from kpum.channels.models import PublishedDocument

    city.published_card()
    heads = registry.heads()
    make.interface(Unit.objects.get(code="SA"), S.CONSULTED)
    enter(client, city.chief)
    shown = client.get("/admin/").content.decode()
    assert "Interfaces that wait for your agreement" in shown
    assert "Channels and receivers" in shown

    last = PublishedDocument.objects.filter(channel="public").order_by("-sequence").first()
    assert heads["public"] == registry.Head(last.sequence, last.changed_at)
    assert queries.lag_of(ClientCursor(channel="public", cursor=0, at=clock.now()),
                          heads["public"], clock.now()).changes == last.sequence  # fmt: skip


def test_an_outside_system_is_added_and_corrected(client, people):
    enter(client, people["registrar"])
    sent = {"code": "ezd", "name": "EZD PUW", "relation": "context"}
    client.post(f"{SYSTEMS}new/", sent)
    system = OutsideSystem.objects.get()
    client.post(f"{SYSTEMS}edit/{system.pk}/", sent | {"name": "EZD"})

    system.refresh_from_db()
    assert system.name == "EZD"
    assert "code" in errors(client.post(f"{SYSTEMS}new/", sent))
