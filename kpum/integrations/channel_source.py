"""Which channels want no key: told by the room above that keeps the channels, in ``ready()``."""

from collections.abc import Callable

OpenChannels = Callable[[], frozenset[str]]
_sources: list[OpenChannels] = []


def register_open_channels(source: OpenChannels) -> None:
    """Have ``source()`` asked for the codes of open channels; a second source is refused."""
    if _sources:
        raise ValueError(f"{_sources[0].__qualname__} is registered already")
    _sources.append(source)


def open_channels() -> frozenset[str]:
    """Return the codes of the channels that anybody may read; none while nobody tells."""
    return _sources[0]() if _sources else frozenset()
