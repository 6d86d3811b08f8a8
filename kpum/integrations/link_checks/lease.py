"""One run at a time: a lease in the database, so that runs on two machines see each other, too."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from kpum.core import clock
from kpum.core.errors import Refused
from kpum.integrations.link_checks.models import CheckLease

#: A run that was killed bars the next one for so long.
LASTS = timedelta(minutes=5)


class AnotherRun(Refused):
    """Another run checks addresses now."""


class Lease:
    """The right to check addresses now."""

    def __init__(self) -> None:
        self._holder = uuid.uuid4()

    def take(self) -> bool:
        """Take it if nobody has it; one statement decides between two who ask at once."""
        now = clock.now()
        CheckLease.objects.get_or_create(pk=CheckLease.ONLY, defaults={"until": now})
        free = CheckLease.objects.filter(pk=CheckLease.ONLY, until__lte=now)
        return bool(free.update(holder=self._holder, until=now + LASTS))

    def keep(self) -> None:
        """Go on holding it.

        Raises:
            AnotherRun: it was lost: this run stood still for too long.
        """
        mine = CheckLease.objects.filter(holder=self._holder)
        if not mine.update(until=clock.now() + LASTS):
            raise AnotherRun("Another run has taken over.")

    def give_back(self) -> None:
        """Let the next run begin at once."""
        CheckLease.objects.filter(holder=self._holder).update(holder=None, until=clock.now())


@contextmanager
def only_run() -> Iterator[Lease]:
    """Hold the lease for a block.

    Raises:
        AnotherRun: somebody else holds it.
    """
    lease = Lease()
    if not lease.take():
        raise AnotherRun("Another run checks addresses now.")
    try:
        yield lease
    finally:
        lease.give_back()
