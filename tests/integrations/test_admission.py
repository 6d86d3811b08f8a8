"""Who is let in: a key of a live interface, for what it was given, as long as it holds (ADR 0012)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import RequestFactory

from kpum.integrations import admission, clients, keys
from kpum.integrations.admission import admit
from kpum.integrations.enums import OPEN_VERBS, InterfaceState, Verb
from kpum.integrations.errors import Refused
from kpum.integrations.models import ApiKey, ClientUsage, DataInterface
from kpum.integrations.usage import ledger
from tests.factories import integrations as make

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def ask(key=None, channel="bip", verb=Verb.FEED, **meta):
    """Ask for admission as the API does; return it, or the refusal."""
    headers = make.bearer(key) if key else {}
    request = RequestFactory().get("/", **(headers | meta))
    try:
        return admit(request, channel=channel, verb=verb)
    except Refused as refused:
        return refused


def refusal(answer):
    assert isinstance(answer, Refused), answer
    return answer.status, answer.kind


@pytest.fixture
def live(unit):
    """An interface at work, with a client and a key of it."""
    row = make.interface(unit)
    made = make.issued(make.client_of(row))
    return row, made.key, made.text


def test_a_key_of_a_live_interface_opens_its_channel_and_says_whose_it_is(live):
    _row, key, text = live
    for verb in Verb:
        answer = ask(text, verb=verb)
        assert (answer.client, answer.is_anonymous) == ("bip-eksport", False)
        assert (answer.client_id, answer.key_prefix) == (key.client_id, key.prefix)


@pytest.mark.parametrize("state", [s for s in InterfaceState if s is not InterfaceState.LIVE])
def test_a_key_of_an_interface_in_any_other_state_gets_403_that_names_the_state(unit, state):
    _key, text = make.key_in(unit, state)

    refused = ask(text)

    assert refusal(refused) == (403, "interface-not-live")
    assert f"“bip-karty” is {state.value}:" in refused.detail
    assert refused.detail.endswith(".")


def test_every_state_in_which_keys_do_not_work_has_a_word_on_what_to_do():
    assert set(admission._WHY_NOT) == set(InterfaceState) - {InterfaceState.LIVE}
    assert all(len(text) > 40 for text in admission._WHY_NOT.values())


def test_the_key_works_again_as_soon_as_the_interface_does(live):
    row, _key, text = live
    for state, status in ((InterfaceState.SUSPENDED, 403), (InterfaceState.LIVE, None)):
        DataInterface.objects.filter(pk=row.pk).update(state=state)
        assert getattr(ask(text), "status", None) == status


def test_without_a_key_a_closed_channel_answers_401_and_how_to_ask(db):
    for channel, verb in (("bip", Verb.FEED), ("public", Verb.CONFIRM)):
        refused = ask(channel=channel, verb=verb)
        assert refusal(refused) == (401, "key-needed")
        assert refused.headers["WWW-Authenticate"] == 'Bearer realm="kpum"'


def test_a_stranger_reads_an_open_channel_without_a_query(django_assert_num_queries):
    # The process asks which channels are open once in a while, not once a request.
    ask(channel="public")
    with django_assert_num_queries(0):
        answers = [ask(channel="public", verb=verb) for verb in OPEN_VERBS]
        # What other schemes say, a proxy's password for instance, is not for us.
        answers.append(ask(channel="public", HTTP_AUTHORIZATION="Basic dXNlcjpwYXNz"))

    assert all(answer.is_anonymous for answer in answers)


@pytest.mark.parametrize(
    "text",
    ["", "x", "kpum_abcdefghij_short", "kpum_" + "ą" * 60, "kpum_aaaaaaaaaa_" + "A" * 43, "a b",
     "kpum_aaaaaaaaaa_\udcff" + "A" * 42],
)  # fmt: skip
def test_what_is_no_key_of_ours_gets_401_even_on_an_open_channel(db, text):
    for channel in ("public", "bip"):
        refused = ask(channel=channel, HTTP_AUTHORIZATION=f"Bearer {text}")
        assert refusal(refused) == (401, "unknown-key")
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


def test_a_key_with_another_secret_is_unknown(live):
    _row, key, text = live
    other = keys.make()

    assert refusal(ask(f"kpum_{key.prefix}_{other.text[-43:]}")) == (401, "unknown-key")
    assert ask(text).client == "bip-eksport"


def test_a_key_costs_one_query(live, django_assert_num_queries):
    with django_assert_num_queries(1):
        ask(live[2])


def test_a_key_opens_only_the_channels_and_verbs_it_was_given(unit):
    row = make.interface(unit, channels=["bip", "mpi"])
    text = make.issued(make.client_of(row), channels=["bip"], verbs=[Verb.FEED]).text

    assert ask(text).client
    assert refusal(ask(text, channel="mpi")) == (403, "channel-out-of-scope")
    assert refusal(ask(text, channel="public")) == (403, "channel-out-of-scope")
    refused = ask(text, verb=Verb.CONFIRM)
    assert refusal(refused) == (403, "verb-out-of-scope")
    assert "“confirm”" in refused.detail


def test_a_key_loses_a_channel_with_its_interface(live):
    row, _key, text = live
    DataInterface.objects.filter(pk=row.pk).update(channels=["mpi"])

    assert refusal(ask(text)) == (403, "channel-out-of-scope")


def test_a_key_holds_up_to_its_last_second(unit):
    with time_machine.travel(NOW, tick=False) as clock:
        text = make.issued(make.client_of(make.interface(unit)), days=30).text
        clock.move_to(NOW + 30 * DAY - SECOND)
        assert ask(text).client
        clock.move_to(NOW + 30 * DAY)
        refused = ask(text)

    assert refusal(refused) == (403, "key-expired")
    assert "2026-07-01 10:00 UTC" in refused.detail


def test_a_revoked_key_is_refused_at_once(live):
    _row, key, text = live

    clients.revoke_key(key=key, actor=None, reason="wyciek", system="tests")

    assert refusal(ask(text)) == (403, "key-revoked")


def test_after_a_rotation_both_keys_work_until_the_overlap_ends(unit):
    with time_machine.travel(NOW, tick=False) as clock:
        old = make.issued(make.client_of(make.interface(unit)))
        clock.move_to(NOW + DAY)
        new = clients.rotate_key(key=old.key, actor=None, overlap_days=7, system="tests")
        assert ask(old.text).client == ask(new.text).client == "bip-eksport"
        clock.move_to(NOW + 8 * DAY - SECOND)
        assert ask(old.text).client
        clock.move_to(NOW + 8 * DAY)
        assert refusal(ask(old.text)) == (403, "key-expired")
        clock.move_to(NOW + DAY + 365 * DAY - SECOND)
        assert ask(new.text).client


# --- limits ---


def fields(answer):
    """Return remaining, quota and seconds from the two standard headers."""
    policy = re.fullmatch(r'"(\w+)";q=(\d+);w=60', answer.headers["RateLimit-Policy"])
    left = re.fullmatch(r'"(\w+)";r=(\d+);t=(\d+)', answer.headers["RateLimit"])
    assert policy[1] == left[1]
    return int(left[2]), int(policy[2]), int(left[3])


def test_a_stranger_has_so_many_requests_a_minute_and_is_told_how_many_are_left(db, settings):
    settings.KPUM = {"STRANGER_REQUESTS_PER_MINUTE": 2}
    with time_machine.travel(NOW + 15 * SECOND, tick=False) as clock:
        assert fields(ask(channel="public")) == (1, 2, 45)
        assert fields(ask(channel="public")) == (0, 2, 45)
        refused = ask(channel="public")
        assert refusal(refused) == (429, "too-many-requests")
        assert (refused.headers["Retry-After"], fields(refused)) == ("45", (0, 2, 45))
        other = ask(channel="public", REMOTE_ADDR="198.51.100.7")
        assert fields(other) == (1, 2, 45)
        clock.shift(45)
        assert fields(ask(channel="public")) == (1, 2, 60)


def test_a_client_has_its_own_limit_and_its_keys_share_it(live, settings):
    row, key, text = live
    settings.KPUM = {"CLIENT_REQUESTS_PER_MINUTE": 3, "STRANGER_REQUESTS_PER_MINUTE": 1}
    second = make.issued(key.client).text
    with time_machine.travel(NOW, tick=False):
        assert fields(ask(text)) == (2, 3, 60)
        assert fields(ask(second, verb=Verb.MEDIA)) == (1, 3, 60)
        assert fields(ask(text)) == (0, 3, 60)
        refused = ask(second)
        assert refusal(refused) == (429, "too-many-requests")
        assert "“bip-eksport”" in refused.detail
        assert ask(channel="public").is_anonymous
        favoured = make.client_of(row, code="bip-drugi", requests_per_minute=50)
        assert fields(ask(make.issued(favoured).text)) == (49, 50, 60)


def test_who_tries_keys_out_runs_into_the_limit_of_strangers(db, settings):
    settings.KPUM = {"STRANGER_REQUESTS_PER_MINUTE": 2}

    tried = [refusal(ask(keys.make().text)) for _time in range(3)]

    assert tried == [(401, "unknown-key")] * 2 + [(429, "too-many-requests")]


def test_a_cache_that_keeps_nothing_limits_nobody_and_breaks_nothing(db, settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    settings.KPUM = {"STRANGER_REQUESTS_PER_MINUTE": 2}

    assert [fields(ask(channel="public"))[0] for _time in range(4)] == [1] * 4


@pytest.mark.parametrize(
    ("proxies", "forwarded", "same_as"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (2, "10.9.9.9, 203.0.113.9, 192.0.2.1", "203.0.113.9"),
        (3, "203.0.113.9", "203.0.113.9"),
        (1, "", "127.0.0.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::9"),
        (1, "fe80::1%eth0", "fe80::2"),
        (1, "no:address", "no:address"),
    ],
)
def test_behind_proxies_of_ours_the_address_they_heard_is_counted(
    db, settings, proxies, forwarded, same_as
):
    settings.KPUM = {"STRANGER_REQUESTS_PER_MINUTE": 9, "TRUSTED_PROXIES": proxies}
    with time_machine.travel(NOW, tick=False):
        ask(channel="public", HTTP_X_FORWARDED_FOR=forwarded)
        settings.KPUM = {"STRANGER_REQUESTS_PER_MINUTE": 9}
        assert fields(ask(channel="public", REMOTE_ADDR=same_as))[0] == 7
        assert fields(ask(channel="public", REMOTE_ADDR="192.0.2.77"))[0] == 8


def test_an_address_is_counted_under_another_name_each_day_and_never_kept(db, settings):
    from kpum.integrations import limits

    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.7")
    with time_machine.travel(NOW, tick=False) as clock:
        today = limits.stranger(request, 0)
        clock.shift(DAY)
        tomorrow = limits.stranger(request, 0)
    settings.SECRET_KEY = "another"
    with time_machine.travel(NOW, tick=False):
        elsewhere = limits.stranger(request, 0)

    assert len({today, tomorrow, elsewhere}) == 3
    assert "198" not in today + tomorrow


# --- through the API ---


def test_the_api_answers_as_admission_says(client, live, settings):
    row, _key, text = live
    address = "/api/v1/channels/bip/changes"

    assert client.get(address).status_code == 401
    assert client.get(address, **make.bearer(text)).status_code == 200
    DataInterface.objects.filter(pk=row.pk).update(state="suspended")
    refused = client.get(address, **make.bearer(text))
    assert (refused.status_code, refused.json()["type"]) == (
        403,
        "urn:kpum:problem:interface-not-live",
    )
    settings.KPUM = {"STRANGER_REQUESTS_PER_MINUTE": 1}
    open_ = address.replace("bip", "public")
    assert [client.get(open_).status_code for _time in range(2)] == [200, 429]
    assert int(client.get(open_)["Retry-After"]) <= 60


def test_a_refused_client_is_counted(live):
    _row, key, text = live

    ask(text, channel="mpi")

    ledger.write()
    usage = ClientUsage.objects.get()
    assert (usage.client_id, usage.requests, usage.refusals) == (key.client_id, 0, 1)
    assert ApiKey.objects.get().last_used_at is None
