"""What the upper rooms give in ``ready()``: the channels there are, and how far each has come."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Head:
    """The last change of a channel: its sequence, and when it was made."""

    sequence: int
    at: datetime | None


ChannelSource = Callable[[], list[tuple[str, Any]]]
HeadSource = Callable[[], Mapping[str, Head]]
_channel_sources: list[ChannelSource] = []
_head_sources: list[HeadSource] = []


def register_channels(source: ChannelSource) -> None:
    """Have ``source()`` asked for the channels there are, as (code, name)."""
    if source in _channel_sources:
        raise ValueError("These channels are registered already")
    _channel_sources.append(source)


def channel_choices() -> list[tuple[str, Any]]:
    """Return every channel's code and name."""
    return [choice for source in _channel_sources for choice in source()]


def register_heads(source: HeadSource) -> None:
    """Have ``source()`` asked for the last change of each channel."""
    if source in _head_sources:
        raise ValueError("These heads are registered already")
    _head_sources.append(source)


def heads() -> dict[str, Head]:
    """Return the last change of each channel by its code; a channel without changes may lack."""
    return {code: head for source in _head_sources for code, head in source().items()}
