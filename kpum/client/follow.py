"""Following a channel: fetch what changed, apply it in order, remember how far."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from kpum.client.errors import ChannelError, CursorAhead
from kpum.client.mirror import FolderMirror

PAGE = 200


@dataclass
class Report:
    """What one run did."""

    stored: int = 0
    removed: int = 0
    cursor: int = 0


def follow(
    channel_url: str, folder: Path, *, key: str = "", transport: httpx.BaseTransport | None = None
) -> Report:
    """Bring the mirror in ``folder`` up to date with the channel.

    Args:
        channel_url: the channel's address, such as ``https://…/api/v1/channels/public``; that of
            its ``changes`` does too.
        folder: where the mirror lies; made when missing.
        key: the key of an agreed interface, for channels that want one.
        transport: how to reach the portal, for tests.

    Raises:
        ChannelError: the portal cannot be reached, or answers something else than a feed.
    """
    address = channel_url.rstrip("/").removesuffix("/changes")
    mirror = FolderMirror(folder, address)
    headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {key}"} if key else {})
    with httpx.Client(headers=headers, timeout=30, transport=transport) as http:
        try:
            return _apply(mirror, _pages(http, address, mirror.cursor))
        except CursorAhead:
            return _start_again(mirror, http, address)


def _apply(mirror: FolderMirror, pages: Iterator[dict[str, Any]]) -> Report:
    report = Report(cursor=mirror.cursor)
    for page in pages:
        for change in page["changes"]:
            if change["status"] == "live":
                mirror.put(change["id"], change["locale"], change["document"])
                report.stored += 1
            else:
                mirror.remove(change["id"], change["locale"])
                report.removed += 1
        report.cursor = page["next"]
        mirror.advance(report.cursor)
    return report


def _start_again(mirror: FolderMirror, http: httpx.Client, address: str) -> Report:
    """Read everything anew and drop what the channel no longer knows."""
    live: set[tuple[str, str]] = set()

    def noting() -> Iterator[dict[str, Any]]:
        for page in _pages(http, address, 0):
            for change in page["changes"]:
                key = (change["id"], change["locale"])
                (live.add if change["status"] == "live" else live.discard)(key)
            yield page

    mirror.advance(0)
    report = _apply(mirror, noting())
    for key in set(mirror.keys()) - live:
        mirror.remove(*key)
        report.removed += 1
    return report


def _pages(http: httpx.Client, address: str, after: int) -> Iterator[dict[str, Any]]:
    more = True
    while more:
        page = _fetch(http, f"{address}/changes", after)
        yield page
        after, more = page["next"], page["more"]


def _fetch(http: httpx.Client, url: str, after: int) -> dict[str, Any]:
    try:
        response = http.get(url, params={"after": after, "limit": PAGE})
    except httpx.HTTPError as error:
        raise ChannelError(f"{url} cannot be reached: {error}") from error
    if response.status_code == httpx.codes.CONFLICT:
        raise CursorAhead(f"{url} does not know the cursor {after}.")
    if response.status_code != httpx.codes.OK:
        raise ChannelError(f"{url} answered {response.status_code}: {response.text[:300]}")
    page: dict[str, Any] = response.json()
    if not {"changes", "next", "more"} <= page.keys():
        raise ChannelError(f"{url} is not a changes feed.")
    return page
