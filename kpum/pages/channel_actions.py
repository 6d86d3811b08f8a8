"""Adding a channel and changing its rules: the chief editor's acts, at which pages enter and leave it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kpum.audit.actions import record, subject_of
from kpum.core import clock
from kpum.core.errors import KpumError, Refused
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Ground, Place
from kpum.outbox.actions import enqueue
from kpum.pages import channel_wording, door, registry
from kpum.pages.authority import Authority
from kpum.pages.channel_models import PublicationChannel
from kpum.pages.channel_rules import forget_rules

#: What may change; the code never does, and ``since`` follows by itself.
CHANGEABLE = frozenset(
    {
        "name", "description", "owner_unit", "contact", "is_active", "is_open", "accepted_types",
        "accepted_units", "sending_roles", "demands",
    }
)  # fmt: skip


class NotYourChannels(Refused):
    """Only the chief editor decides what goes where."""


@transaction.atomic
def add_channel(*, code: str, facts: Mapping[str, Any], actor: Any) -> PublicationChannel:
    """Add a channel; what wants to go there goes as soon as an approved text says so (M-08).

    Args:
        code: what its addresses end in; it never changes.
        facts: fields of ``CHANGEABLE``.
        actor: the chief editor, or who acts for him.

    Raises:
        NotYourChannels: no mandate for it.
        ValidationError: names the field.
        KpumError: a fact that no channel has.
    """
    ground = _require(actor)
    channel = PublicationChannel(code=code, since=clock.now())
    _write(channel, facts)
    _tell("channel.added", channel, actor, ground, before="")
    return channel


@transaction.atomic
def change_channel(*, code: str, changes: Mapping[str, Any], actor: Any) -> PublicationChannel:
    """Change a channel's rules; what must leave it leaves, and what may come back comes back.

    Up to a batch of pages follows within this transaction, the rest by the worker; either way each
    that leaves a channel leaves a tombstone there. What a text *wants* is not touched.

    Args:
        code: the channel.
        changes: fields of ``CHANGEABLE`` with their new values.
        actor: the chief editor, or who acts for him.

    Raises:
        NotYourChannels: no mandate for it.
        ValidationError: names the field.
        KpumError: no such channel, or a change that no channel has.
    """
    ground = _require(actor)
    channel = PublicationChannel.objects.select_for_update().filter(code=code).first()
    if channel is None:
        raise KpumError(_("There is no channel “%(code)s”.") % {"code": code})
    before = channel_wording.rules_in_words(channel)
    if "is_active" in changes and changes["is_active"] != channel.is_active:
        channel.since = clock.now()
    _write(channel, changes)
    if channel_wording.rules_in_words(channel) != before:
        _tell("channel.changed", channel, actor, ground, before=before)
    return channel


def _require(actor: Any) -> Ground:
    ground = org.ground_of(actor, Place(""), Right.SET_CHANNELS)
    if ground is None:
        raise NotYourChannels(_("The chief editor decides what the channels take."))
    return ground


def _write(channel: PublicationChannel, facts: Mapping[str, Any]) -> None:
    if unknown := sorted(set(facts) - CHANGEABLE):
        raise KpumError(_("A channel has no “%(name)s”.") % {"name": ", ".join(unknown)})
    for name, value in facts.items():
        if name != "accepted_units":
            setattr(channel, name, value)
    channel.full_clean()
    with door.opened(Authority.of_mandate()):
        channel.save()
        if "accepted_units" in facts:
            channel.accepted_units.set(facts["accepted_units"])


def _tell(
    action: str, channel: PublicationChannel, actor: Any, ground: Ground, *, before: str
) -> None:
    after = channel_wording.rules_in_words(channel)
    record(
        action=action,
        actor=actor,
        acting_for=ground.acting_for,
        subject=subject_of(channel),
        label=channel.name,
        authority=ground.wording,
        before=before,
        after=after,
        data={"code": channel.code},
    )
    payload = {"code": channel.code, "is_active": channel.is_active, "is_open": channel.is_open}
    enqueue(kind=action, subject=subject_of(channel), payload=payload)
    forget_rules()
    transaction.on_commit(forget_rules)
    registry.channel_changed(channel.code)
