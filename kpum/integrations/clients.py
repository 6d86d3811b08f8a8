"""Clients of an interface and their keys: issued, rotated with an overlap, revoked at once (K-19).

No act writes a key anywhere: not to the trail, the outbox or a log, where its prefix names it.
``None`` for the acting person means the system, which ``system`` names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpum.audit.actions import record, subject_of
from kpum.core import clock
from kpum.integrations import keys, powers
from kpum.integrations.enums import InterfaceState, Verb
from kpum.integrations.errors import WrongState
from kpum.integrations.models import ApiClient, ApiKey, DataInterface
from kpum.integrations.registry import channel_choices
from kpum.org.powers import Ground
from kpum.outbox.actions import enqueue

#: How long a key holds unless told, how long at the most, and the longest overlap of two keys.
DEFAULT_DAYS = 365
MOST_DAYS = 2 * 365
MOST_OVERLAP_DAYS = 90
CLIENT_FIELDS = ("name", "contact", "requests_per_minute")


@dataclass(frozen=True)
class IssuedKey:
    """A key that was just issued. ``text`` is the key itself, to be shown once."""

    key: ApiKey
    text: str

    def __repr__(self) -> str:
        return f"IssuedKey({self.key})"


@transaction.atomic
def add_client(*, client: ApiClient, actor: Any, system: str = "") -> ApiClient:
    """Store a new client of an interface.

    Raises:
        NotYoursToRegister: the person does not keep the register.
        WrongState: the interface is retired.
        ValidationError: names the field.
    """
    ground = powers.ground_to_register(actor, system)
    if client.interface.standing is InterfaceState.RETIRED:
        raise WrongState(_("A retired interface gets no new clients."))
    client.created_at = clock.now()
    client.full_clean()
    client.save(force_insert=True)
    _tell("apiclient.added", client, actor, ground, after=_client_in_words(client))
    return client


@transaction.atomic
def change_client(*, client: ApiClient, actor: Any, changes: Mapping[str, Any]) -> ApiClient:
    """Change a client's name, its contact or its own limit.

    Raises:
        NotYoursToRegister: the person does not keep the register.
        ValidationError: names the field.
        KeyError: a name is no field that changes.
    """
    for name in changes:
        if name not in CLIENT_FIELDS:
            raise KeyError(name)
    ground = powers.ground_to_register(actor)
    client = ApiClient.objects.select_for_update().get(pk=client.pk)
    before = _client_in_words(client)
    for name, value in changes.items():
        setattr(client, name, value)
    client.full_clean()
    if (after := _client_in_words(client)) == before:
        return client
    client.save()
    _tell("apiclient.changed", client, actor, ground, before=before, after=after)
    return client


def _client_in_words(client: ApiClient) -> str:
    limit = client.requests_per_minute or _("as set for all")
    return "; ".join(
        (client.name, client.contact, _("requests a minute: %(limit)s") % {"limit": limit})
    )


@transaction.atomic
def issue_key(
    *,
    client: ApiClient,
    actor: Any,
    channels: Sequence[str],
    verbs: Sequence[Verb],
    days: int = DEFAULT_DAYS,
    system: str = "",
) -> IssuedKey:
    """Issue a key of a client.

    Args:
        client: whose key.
        actor: who issues it; None for the system.
        channels: codes of channels, among those of the interface.
        verbs: what it is good for.
        days: how long it holds.
        system: which part of the system, for the trail.

    Returns:
        The stored key, and its text, which is known only here: show it once.

    Raises:
        NotYoursToRegister: the person does not keep the register.
        WrongState: the interface is neither agreed nor live.
        ValidationError: names the field.
    """
    ground = powers.ground_to_register(actor, system)
    interface = _locked_interface(client)
    _expect_keys(interface)
    issued = _make(client, interface, channels, verbs, _time(days, MOST_DAYS, "days"))
    after = _key_in_words(issued.key)
    _tell("apikey.issued", issued.key, actor, ground, after=after, client=client)
    return issued


@transaction.atomic
def rotate_key(
    *, key: ApiKey, actor: Any, overlap_days: int, days: int = DEFAULT_DAYS, system: str = ""
) -> IssuedKey:
    """Issue a key in the place of another one, which holds for some days more.

    The new key has the old one's scope, as far as the interface still has those channels.

    Args:
        key: the old one.
        actor: who rotates; None for the system.
        overlap_days: how many days both hold; 0 ends the old one now.
        days: how long the new one holds.
        system: which part of the system, for the trail.

    Raises:
        NotYoursToRegister: the person does not keep the register.
        WrongState: the interface is neither agreed nor live, or the key holds no more or was rotated.
        ValidationError: names the field.
    """
    ground = powers.ground_to_register(actor, system)
    interface = _locked_interface(key.client)
    _expect_keys(interface)
    key = _locked(key)
    now = clock.now()
    if not key.works_at(now):
        raise WrongState(_("This key holds no more: issue a new one."))
    if ApiKey.objects.filter(replaces=key).exists():
        raise WrongState(_("Another key has taken this one's place already."))
    end = min(key.expires_at, now + _time(overlap_days, MOST_OVERLAP_DAYS, "overlap_days", least=0))
    before = _key_in_words(key)
    key.expires_at = max(end, key.created_at + timedelta(microseconds=1))
    key.save(update_fields=["expires_at"])
    channels = [code for code in key.channels if code in interface.channels]
    verbs = [Verb(code) for code in key.verbs]
    issued = _make(
        key.client, interface, channels, verbs, _time(days, MOST_DAYS, "days"), replaces=key
    )
    after = f"{_key_in_words(key)} → {_key_in_words(issued.key)}"
    _tell(
        "apikey.rotated", issued.key, actor, ground, before=before, after=after, client=key.client
    )
    return issued


@transaction.atomic
def revoke_key(*, key: ApiKey, actor: Any, reason: str, system: str = "") -> ApiKey:
    """End a key this second, for good.

    Raises:
        NotYoursToRegister: the person does not keep the register.
        WrongState: it was revoked already.
        ValidationError: the reason is missing.
    """
    ground = powers.ground_to_register(actor, system)
    key = _locked(key)
    if key.revoked_at is not None:
        raise WrongState(_("The key was revoked already."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: it stays in the audit trail.")})
    before = _key_in_words(key)
    key.revoked_at = clock.now()
    key.save(update_fields=["revoked_at"])
    after = _("revoked: %(reason)s") % {"reason": reason.strip()}
    _tell("apikey.revoked", key, actor, ground, before=before, after=after, client=key.client)
    return key


def _locked_interface(client: ApiClient) -> DataInterface:
    """Return the interface, which nobody moves or changes until the key is stored."""
    return DataInterface.objects.select_for_update().get(pk=client.interface_id)


def _locked(key: ApiKey) -> ApiKey:
    rows = ApiKey.objects.select_for_update(of=("self",)).select_related("client")
    return rows.get(pk=key.pk)


def _expect_keys(interface: DataInterface) -> None:
    if not interface.standing.takes_keys:
        raise WrongState(
            _("Keys are issued for an agreed or live interface; this one: %(state)s.")
            % {"state": interface.standing.label}
        )


def _time(days: int, most: int, field: str, least: int = 1) -> timedelta:
    if not least <= days <= most:
        message = _("From %(least)s to %(most)s days.") % {"least": least, "most": most}
        raise ValidationError({field: message})
    return timedelta(days=days)


def _make(
    client: ApiClient,
    interface: DataInterface,
    channels: Sequence[str],
    verbs: Sequence[Verb],
    time: timedelta,
    replaces: ApiKey | None = None,
) -> IssuedKey:
    if foreign := [code for code in channels if code not in interface.channels]:
        message = _("The interface was not agreed for: %(channels)s.")
        raise ValidationError({"channels": message % {"channels": ", ".join(foreign)}})
    made, now = keys.make(), clock.now()
    key = ApiKey(
        client=client,
        prefix=made.prefix,
        digest=made.digest,
        channels=list(channels),
        verbs=[verb.value for verb in Verb if verb in verbs],
        created_at=now,
        expires_at=now + time,
        replaces=replaces,
    )
    key.full_clean()
    key.save(force_insert=True)
    return IssuedKey(key, made.text)


def _key_in_words(key: ApiKey) -> str:
    names = dict(channel_choices())
    channels = ", ".join(str(names.get(code, code)) for code in key.channels)
    verbs = ", ".join(str(Verb(code).label) for code in key.verbs)
    return f"{key}: {channels}; {verbs}; – {key.expires_at:%Y-%m-%d %H:%M}"


def _tell(  # noqa: PLR0913 - what the trail and the outbox are told
    action: str,
    row: ApiClient | ApiKey,
    actor: Any,
    ground: Ground,
    *,
    before: str = "",
    after: str = "",
    client: ApiClient | None = None,
) -> None:
    owner = client or row
    record(
        action=action,
        actor=actor,
        acting_for=ground.acting_for,
        subject=subject_of(row),
        label=f"{owner} {row}" if client else str(owner),
        authority=ground.wording,
        before=before,
        after=after,
    )
    enqueue(kind=action, subject=subject_of(row), payload={"id": row.pk})
