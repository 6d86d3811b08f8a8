"""Channels as the portal is delivered with them, and their rules changed as the chief editor does."""

from importlib import import_module
from typing import Any

from django.apps import apps

from kpum.pages import channel_rules
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.door import opened


def deliver_channels() -> None:
    """Put the first channels back where a test that flushed the database took them away."""
    first = import_module("kpum.pages.migrations.0005_first_channels")
    with opened(Authority.of_system(SystemMandate.TESTS)):
        first.add_channels(apps, None)
    channel_rules.forget_rules()
    channel_rules.kept_rules()


def set_rules(city: Any, code: str, **changes: Any) -> Any:
    """Change a channel as the chief editor."""
    from kpum.pages.channel_actions import change_channel

    return change_channel(code=code, changes=changes, actor=city.chief)
