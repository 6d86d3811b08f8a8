"""A round over many addresses, hosts side by side, each answer handed over as it comes."""

import asyncio
import queue
import threading
from collections.abc import Iterable, Iterator

from kpum.integrations.link_checks.addresses import host_of
from kpum.integrations.link_checks.answers import Answer
from kpum.integrations.link_checks.asking import Asker, Manners

Told = tuple[str, Answer]
#: Seconds after which whoever waits hears that the round is still on.
STILL_ON = 30.0


def ask_all(
    addresses: Iterable[str], manners: Manners, *, still_on: float = STILL_ON
) -> Iterator[Told | None]:
    """Yield (address, answer) as answers come; None now and then, while none comes.

    The loop runs in a thread of its own, so that the reader may write to the database, and may
    itself stand under another loop. Closing the iterator ends the round.
    """
    told: queue.SimpleQueue[Told | BaseException | None] = queue.SimpleQueue()
    round_ = _Round(list(addresses), manners, told)
    thread = threading.Thread(target=round_.run, name="link-check", daemon=True)
    thread.start()
    try:
        while True:
            try:
                item = told.get(timeout=still_on)
            except queue.Empty:
                yield None
                continue
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        round_.stop()
        thread.join(manners.timeout)


class _Round:
    def __init__(
        self, addresses: list[str], manners: Manners, told: queue.SimpleQueue[Told | BaseException | None]
    ) -> None:  # fmt: skip
        self._addresses, self._manners, self._told = addresses, manners, told
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Task[None]] | None = None
        self._stopped = False

    def run(self) -> None:
        """Ask everything; the last thing told is None, or what went wrong."""
        try:
            asyncio.run(self._go())
        except asyncio.CancelledError:
            self._told.put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the answers are read
            self._told.put(error)
        else:
            self._told.put(None)

    def stop(self) -> None:
        """End the round soon; from another thread, and at any time."""
        self._stopped = True
        if self._running is None:
            return
        loop, task = self._running
        try:
            loop.call_soon_threadsafe(task.cancel)
        except RuntimeError:
            return  # it had ended by itself

    async def _go(self) -> None:
        self._running = asyncio.get_running_loop(), asyncio.ensure_future(self._ask())
        if self._stopped:
            return
        await self._running[1]

    async def _ask(self) -> None:
        asker = Asker(self._manners)
        free = asyncio.Semaphore(max(1, self._manners.parallel))

        async def walk(addresses: list[str]) -> None:
            async with free:
                for address in addresses:
                    self._told.put((address, await asker.ask(address)))

        async with asyncio.TaskGroup() as group:
            for addresses in _by_host(self._addresses):
                group.create_task(walk(addresses))


def _by_host(addresses: Iterable[str]) -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for address in addresses:
        found.setdefault(host_of(address), []).append(address)
    return list(found.values())
