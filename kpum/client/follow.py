"""Following a channel: fetch what changed, apply it in order, remember how far."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from kpum.client.channel import ChannelClient
from kpum.client.errors import CursorAhead, MirrorError
from kpum.client.mirror import Mirror, State
from kpum.client.opening import open_mirror
from kpum.client.records import Change, Page
from kpum.client.wire import Manners


@dataclass
class Report:
    """What one run did."""

    stored: int = 0
    removed: int = 0
    cursor: int = 0
    #: The portal went back to a backup, so everything was read anew.
    began_again: bool = False


def follow(
    channel_url: str,
    target: str | Path,
    *,
    key: str = "",
    manners: Manners | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Report:
    """Bring the copy at ``target`` up to date with the channel.

    Args:
        channel_url: the channel's address, such as ``https://…/api/v1/channels/public``.
        target: a folder, ``sqlite:///file`` or ``postgresql://…``; made when missing.
        key: the key of an agreed interface, for channels that want one.
        manners: patience and limits.
        transport: how to reach the portal, for tests.

    Raises:
        ChannelError: the portal cannot be reached, refuses, or answers something else than a feed;
            the copy cannot be kept.
    """
    with (
        ChannelClient(channel_url, key=key, manners=manners, transport=transport) as client,
        closing(open_mirror(target)) as mirror,
        mirror.lock(),
    ):
        return catch_up(client, mirror)


def state_for(client: ChannelClient, mirror: Mirror) -> State:
    """Return how far the copy has come.

    Raises:
        MirrorError: it is a copy of another channel.
    """
    state = mirror.state() or State(url=client.url)
    if state.url != client.url:
        raise MirrorError(f"{mirror.place} mirrors {state.url}, not {client.url}.")
    return state


def catch_up(client: ChannelClient, mirror: Mirror) -> Report:
    """Bring a copy whose lock is held up to date.

    Raises: as ``follow``.
    """
    state = state_for(client, mirror)
    report = Report()
    more = True
    while more:
        page = _next_page(client, state)
        if page is None or _is_other_life(state, page):
            state = begin_again(mirror, state, page)
            report.began_again = True
            continue
        state = _apply(mirror, state, page, report)
        more = page.more
    if state.rebuilding:
        state = replace(state, rebuilding=False)
        report.removed += len(mirror.finish(state))
    report.cursor = state.cursor
    return report


def begin_again(mirror: Mirror, state: State, page: Page | None = None) -> State:
    """Have the copy read everything anew; what the feed does not name until its end is dropped then."""
    state = replace(
        state,
        cursor=0,
        epoch=page.epoch if page else None,
        generation=state.generation + 1,
        rebuilding=True,
        media_at=-1,
    )
    mirror.apply([], state)
    return state


def _next_page(client: ChannelClient, state: State) -> Page | None:
    """Return the next page; None when the portal does not know the cursor."""
    try:
        return client.page(state.cursor)
    except CursorAhead:
        if state.cursor == 0:
            raise
        return None


def _is_other_life(state: State, page: Page) -> bool:
    return state.epoch is not None and page.epoch is not None and page.epoch != state.epoch


def _apply(mirror: Mirror, state: State, page: Page, report: Report) -> State:
    epoch = page.epoch if page.epoch is not None else state.epoch
    following = replace(state, cursor=page.next, epoch=epoch)
    if page.changes or following != state:
        mirror.apply(page.changes, following)
    report.removed += _gone(page.changes)
    report.stored += len(page.changes) - _gone(page.changes)
    return following


def _gone(changes: Sequence[Change]) -> int:
    return sum(change.is_gone for change in changes)
