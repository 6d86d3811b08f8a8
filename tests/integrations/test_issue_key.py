"""The operator's command: a key on the output, once, for a client of a live interface."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from kpum.audit.models import AuditEntry
from kpum.integrations import keys
from kpum.integrations.enums import InterfaceState
from kpum.integrations.models import ApiKey, DataInterface
from tests.factories import integrations as make

pytestmark = pytest.mark.django_db


def run(*args):
    out, told = StringIO(), StringIO()
    call_command("issue_key", *args, stdout=out, stderr=told)
    return out.getvalue(), told.getvalue()


@pytest.fixture
def client_row(unit):
    return make.client_of(make.interface(unit, channels=["bip", "mpi"]))


def test_the_key_alone_is_printed_and_stored_as_a_hash(client_row):
    text, told = run("bip-eksport", "--channel", "mpi", "--verb", "feed", "--days", "10")
    key = ApiKey.objects.get()

    assert keys.matches(text.strip(), key.digest)
    assert (key.channels, key.verbs, (key.expires_at - key.created_at).days) == (
        ["mpi"],
        ["feed"],
        10,
    )
    assert key.prefix in told
    assert text.strip() not in told
    assert AuditEntry.objects.get(action="apikey.issued").authority == "system: manage.py issue_key"


def test_unless_told_it_opens_all_that_the_interface_has_for_a_year(client_row):
    run("bip-eksport")
    key = ApiKey.objects.get()

    assert key.channels == ["bip", "mpi"]
    assert len(key.verbs) == 5
    assert (key.expires_at - key.created_at).days == 365


@pytest.mark.parametrize("state", set(InterfaceState) - {InterfaceState.LIVE})
def test_of_an_interface_that_is_not_live_it_issues_none_and_says_why(client_row, state):
    DataInterface.objects.update(state=state)

    with pytest.raises(CommandError, match=f"“bip-karty” is {state.value}"):
        run("bip-eksport")


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("nobody",), "no client “nobody”. Clients: bip-eksport."),
        (("x\0",), "no client"),
        (("bip-eksport", "--channel", "kck"), "channels: "),
        (("bip-eksport", "--days", "0"), "days: "),
        (("bip-eksport", "--verb", "fly"), "invalid choice"),
    ],
)
def test_a_slip_is_named_and_nothing_is_issued(client_row, args, named):
    with pytest.raises(CommandError, match=named):
        run(*args)

    assert not ApiKey.objects.exists()
