"""Clients and keys: shown once, never written down, scoped, ending, rotated, revoked (K-19)."""

import json
import logging
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import RequestFactory

from kpum.audit.models import AuditEntry
from kpum.integrations import clients, keys
from kpum.integrations.admission import admit
from kpum.integrations.enums import InterfaceState, Verb
from kpum.integrations.errors import NotYoursToRegister, WrongState
from kpum.integrations.models import ApiClient, ApiKey, DataInterface
from kpum.integrations.registry import channel_choices, register_channels, register_heads
from kpum.outbox.models import OutboxEvent
from tests.factories import integrations as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_row(unit):
    return make.client_of(make.interface(unit, channels=["bip", "mpi"]))


def test_a_key_has_256_random_bits_and_is_stored_as_a_hash_under_its_prefix(client_row):
    issued = make.issued(client_row)
    stored = ApiKey.objects.get()
    columns = json.dumps(list(ApiKey.objects.values()), default=str)

    assert keys.prefix_of(issued.text) == stored.prefix
    assert len(issued.text.split("_", 2)[2]) * 6 >= 256
    assert issued.text not in columns
    assert issued.text[-43:] not in columns
    assert keys.matches(issued.text, stored.digest)
    assert not keys.matches(issued.text[:-1] + "!", stored.digest)
    assert len({keys.make().text for _time in range(50)}) == 50


def test_no_key_is_in_the_trail_the_outbox_or_a_log(client_row, caplog):
    caplog.set_level(logging.DEBUG)
    first = make.issued(client_row)
    second = clients.rotate_key(key=first.key, actor=None, overlap_days=1, system="tests")
    request = RequestFactory().get("/", **make.bearer(second.text))
    admission = admit(request, channel="bip", verb=Verb.FEED)
    clients.revoke_key(key=first.key, actor=None, reason="wyciek", system="tests")

    trail = [str(row) for row in AuditEntry.objects.values_list()]
    events = [str(row) for row in OutboxEvent.objects.values_list()]
    everything = " ".join(
        [*trail, *events, caplog.text, repr((first, second, admission, keys.make()))]
    )
    for issued in (first, second):
        assert issued.text[-43:] not in everything
        assert issued.key.digest not in everything
        assert issued.key.prefix in everything
    assert [row.action for row in AuditEntry.objects.order_by("pk")][-3:] == [
        "apikey.issued",
        "apikey.rotated",
        "apikey.revoked",
    ]


@pytest.mark.parametrize("state", InterfaceState)
def test_keys_are_issued_for_an_agreed_or_live_interface_only(unit, state):
    client = make.client_of(make.interface(unit))
    DataInterface.objects.update(state=state)

    if state in {InterfaceState.AGREED, InterfaceState.LIVE}:
        assert make.issued(client).key.pk
    else:
        with pytest.raises(WrongState, match=str(state.label)):
            make.issued(client)


@pytest.mark.parametrize(
    ("scope", "field"),
    [
        ({"channels": ["kck"]}, "channels"),
        ({"channels": []}, "channels"),
        ({"verbs": []}, "verbs"),
        ({"days": 0}, "days"),
        ({"days": 731}, "days"),
    ],
)
def test_a_scope_beyond_the_interface_or_the_years_is_refused_by_field(client_row, scope, field):
    with pytest.raises(ValidationError) as refused:
        make.issued(client_row, **scope)

    assert list(refused.value.message_dict) == [field]
    assert not ApiKey.objects.exists()


def test_a_key_holds_a_year_unless_told(client_row):
    key = make.issued(client_row).key

    assert key.expires_at - key.created_at == timedelta(days=365)


def test_a_rotation_keeps_the_scope_and_ends_the_old_key_after_the_overlap(client_row):
    old = make.issued(client_row, verbs=[Verb.FEED, Verb.MEDIA]).key
    DataInterface.objects.update(channels=["bip"])

    new = clients.rotate_key(key=old, actor=None, overlap_days=0, system="tests").key

    old.refresh_from_db()
    assert not old.works_at(new.created_at)
    assert (new.channels, new.verbs, new.replaces) == (["bip"], ["feed", "media"], old)
    with pytest.raises(WrongState, match="holds no more"):
        clients.rotate_key(key=old, actor=None, overlap_days=0, system="tests")


def test_a_key_is_rotated_once_and_never_gains_time(client_row):
    old = make.issued(client_row, days=3).key
    end = old.expires_at
    with pytest.raises(ValidationError) as refused:
        clients.rotate_key(key=old, actor=None, overlap_days=91, system="tests")
    assert "overlap_days" in refused.value.message_dict

    clients.rotate_key(key=old, actor=None, overlap_days=30, system="tests")

    old.refresh_from_db()
    assert old.expires_at == end
    with pytest.raises(WrongState, match="already"):
        clients.rotate_key(key=old, actor=None, overlap_days=1, system="tests")


def test_a_key_is_revoked_once_and_with_a_reason(client_row):
    key = make.issued(client_row).key
    with pytest.raises(ValidationError):
        clients.revoke_key(key=key, actor=None, reason=" ", system="tests")
    clients.revoke_key(key=key, actor=None, reason="wyciek", system="tests")

    with pytest.raises(WrongState):
        clients.revoke_key(key=key, actor=None, reason="znowu", system="tests")


def test_a_clients_change_is_in_the_trail_before_and_after(client_row, people):
    args = {"client": client_row, "actor": people["registrar"]}
    clients.change_client(**args, changes={"requests_per_minute": 60, "contact": "Dyżur BIP"})
    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.action, "Redakcja BIP" in entry.before, "Dyżur BIP" in entry.after) == (
        "apiclient.changed",
        True,
        True,
    )

    clients.change_client(**args, changes={"requests_per_minute": 60})
    assert AuditEntry.objects.order_by("-pk").first() == entry
    with pytest.raises(KeyError):
        clients.change_client(**args, changes={"code": "inny"})
    with pytest.raises(ValidationError):
        clients.change_client(**args, changes={"requests_per_minute": 0})


def test_a_retired_interface_gets_no_new_client(unit):
    row = make.interface(unit, InterfaceState.RETIRED)

    with pytest.raises(WrongState):
        make.client_of(row)


@pytest.mark.parametrize("part", ["chief", "manager", "auditor", "head", "operator"])
def test_nobody_but_the_registrar_keeps_clients_and_keys(client_row, people, part):
    key = make.issued(client_row).key
    actor = people[part]
    facts = {"interface": client_row.interface, "code": "x", "name": "x", "contact": "x"}
    for attempt in (
        lambda: clients.add_client(client=ApiClient(**facts), actor=actor),
        lambda: clients.change_client(client=client_row, actor=actor, changes={"name": "y"}),
        lambda: clients.issue_key(
            client=client_row, actor=actor, channels=["bip"], verbs=[Verb.FEED]
        ),
        lambda: clients.rotate_key(key=key, actor=actor, overlap_days=1),
        lambda: clients.revoke_key(key=key, actor=actor, reason="x"),
    ):
        with pytest.raises(NotYoursToRegister):
            attempt()


def test_channels_and_heads_are_registered_once():
    from kpum.integrations import registry

    with pytest.raises(ValueError, match="registered already"):
        register_channels(registry._channel_sources[0])
    with pytest.raises(ValueError, match="registered already"):
        register_heads(registry._head_sources[0])
    assert "bip" in dict(channel_choices())
