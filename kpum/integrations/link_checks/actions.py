"""Checking the addresses that are due, and keeping what came of it.

The machine's own notes, not acts of anybody: the history of each address is its trail.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from kpum.core import clock
from kpum.core.conf import portal_settings
from kpum.integrations.link_checks.addresses import digest_of, host_of
from kpum.integrations.link_checks.answers import Answer, Verdict
from kpum.integrations.link_checks.asking import Manners
from kpum.integrations.link_checks.enums import UNHEARD, AddressState
from kpum.integrations.link_checks.lease import Lease
from kpum.integrations.link_checks.models import AddressChange, LinkedAddress
from kpum.integrations.link_checks.queries import due_addresses
from kpum.integrations.link_checks.rounds import Told, ask_all

#: A failing address is asked after 1, 2, 4 … days, and at least so often.
_LONGEST_WAIT = 30
#: When so many hosts are silent and none answers, it is our own network that is down.
_SILENT_HOSTS = 3


@dataclass
class Checked:
    """What a run came to.

    Attributes:
        asked: how many addresses were asked and kept.
        states: how many of them stand now in each state.
        changes: how many came to stand otherwise.
        unheard: addresses about which nothing was kept, because no host at all was heard.
    """

    asked: int = 0
    changes: int = 0
    unheard: int = 0
    states: Counter[str] = field(default_factory=Counter)


def check_due_addresses(
    *, lease: Lease, manners: Manners, host: str = "", limit: int | None = None
) -> Checked:
    """Ask the addresses that are due, and keep each answer at once, so that a kill loses none.

    Args:
        lease: the right to do so; kept up while it lasts.
        manners: patience and politeness.
        host: only this host's addresses.
        limit: as many addresses as this, the longest due first.

    Raises:
        AnotherRun: the lease was lost.
    """
    checked = Checked()
    silent: list[Told] = []
    heard = False
    for told in _answers(list(due_addresses(host=host, limit=limit)), lease, manners):
        if not heard and told[1].reason in UNHEARD:
            silent.append(told)
            continue
        heard = True
        for address, answer in [*silent, told]:
            _keep(checked, address, answer)
        silent.clear()
    if len({host_of(address) for address, _answer in silent}) >= _SILENT_HOSTS:
        checked.unheard = len(silent)
        return checked
    for address, answer in silent:
        _keep(checked, address, answer)
    return checked


def _answers(addresses: list[str], lease: Lease, manners: Manners) -> Iterator[Told]:
    for told in ask_all(addresses, manners):
        lease.keep()
        if told is not None:
            yield told


def _keep(checked: Checked, address: str, answer: Answer) -> None:
    kept = record_answer(address=address, answer=answer)
    if kept is not None:
        checked.asked += 1
        checked.changes += kept[1]
        checked.states[kept[0].state] += 1


@transaction.atomic
def record_answer(*, address: str, answer: Answer) -> tuple[LinkedAddress, bool] | None:
    """Keep what came of asking an address, with a row of history when it now stands otherwise.

    Returns the row, and whether its state changed; None when nobody leads there any more.
    """
    rows = LinkedAddress.objects.select_for_update()
    row = rows.filter(digest=digest_of(address)).first()
    if row is None:
        return None
    now, before = clock.now(), row.state
    row.status, row.reason, row.last_checked = answer.status, answer.reason, now
    _judge(row, answer.verdict, now, clock.today())
    row.save()
    if row.state != before:
        AddressChange.objects.create(
            address=row, at=now, before=before, after=row.state,
            status=row.status, reason=row.reason,
        )  # fmt: skip
    return row, row.state != before


def _judge(row: LinkedAddress, verdict: Verdict, now: datetime, today: date) -> None:
    said = portal_settings()
    if verdict is not Verdict.FAILS:
        answers = verdict is Verdict.ANSWERS
        row.state = AddressState.ANSWERS if answers else AddressState.UNCHECKABLE
        row.failing_since, row.last_failed, row.failed_days = None, None, 0
        row.next_check = today + timedelta(days=max(1, said.LINK_CHECK_DAYS))
        return
    if row.last_failed != today:
        row.failed_days = min(row.failed_days + 1, 1000)
    row.failing_since = row.failing_since or now
    row.last_failed = today
    broken = row.failed_days >= max(1, said.LINK_FAILURE_DAYS)
    row.state = AddressState.BROKEN if broken else AddressState.FAILING
    wait = 2 ** min(row.failed_days - 1, 10)
    row.next_check = today + timedelta(days=min(wait, _LONGEST_WAIT))
