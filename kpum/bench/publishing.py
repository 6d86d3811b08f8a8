"""What publishing one page costs: as stock Wagtail does it, with our marks, and through our door.

All three save a revision of the same types of pages and publish it, in the same process, by turns.

- ``stock`` is ``revision.publish()`` with every receiver of ours taken off Django's and Wagtail's
  signals: no door, no validation, no stewardship, no trail, no event, no read model. Its statements
  share one transaction, as in Wagtail's editor.
- ``marked`` is the same with the read model's mark in the transaction: what the feed costs.
- ``door`` is ``kpum.pages.actions.publish``, the only way there is in a portal: it also checks the text,
  settles owner, channels and files, and writes trail and event.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from time import process_time
from typing import Any
from weakref import ReferenceType

from django.db import connection, transaction
from django.db.models.signals import m2m_changed, post_save, pre_save
from django.utils.module_loading import import_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from wagtail.models import Page
from wagtail.signals import page_published, published

from kpum.bench import cpu
from kpum.pages import actions as door
from kpum.pages import registry
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import GoneReason
from kpum.portal.models import InformationPage
from services.models import ServiceCardPage

_SIGNALS = (pre_save, post_save, m2m_changed, page_published, published)
_OURS = ("kpum.", "services.", "workflows.", "branch_pages.", "search.")
_AT_ONCE = "django_tasks.backends.immediate.ImmediateBackend"
_LATER = "django_tasks_db.DatabaseBackend"
_AUTHORITY = Authority.of_system(SystemMandate.DEMO)


@dataclass
class Cost:
    """What some publications cost together, saving the revision and publishing it."""

    publications: int = 0
    #: Processor seconds of this process and of PostgreSQL.
    seconds: float = 0.0
    #: The share of publishing alone, without saving the revision.
    publishing: float = 0.0
    queries: int = 0


class Meter:
    """Processor time of this process and of a database server's tree, and the queries sent to it."""

    def __init__(self, postmaster: int) -> None:
        self._server = [postmaster] if postmaster else []
        self.queries = 0

    def seconds(self) -> float:
        """Return the time used so far."""
        return process_time() + cpu.seconds_of(self._server)

    def count(self, execute: Any, *arguments: Any) -> Any:
        """Count one query; an execute wrapper of Django's."""
        self.queries += 1
        return execute(*arguments)


def publish_some(
    number: int, postmaster: int = 0, *, at_once: bool = True
) -> dict[str, dict[str, Any]]:
    """Publish so many pages in each way, by turns; return what each way cost.

    Cards and information pages, as many of each, spread over the tree.

    Args:
        number: how many pages in each way.
        postmaster: the first process of PostgreSQL, when it runs on this machine.
        at_once: do the tasks that publishing leaves (reference and search index) at once, as Wagtail
            does unless told; else leave them to the worker, as our installations do.
    """
    chosen = _spread(len(_WAYS) * number)
    costs = {name: Cost() for name in _WAYS}
    with _tasks(_AT_ONCE if at_once else _LATER):
        for place, page in enumerate(chosen):
            name = tuple(_WAYS)[place % len(_WAYS)]
            _publish(page, *_WAYS[name], Meter(postmaster), costs[name])
    # What stock published, our read model has not heard of yet.
    with transaction.atomic():
        _mark(chosen[:: len(_WAYS)])
    return {name: asdict(cost) for name, cost in costs.items()}


def _spread(number: int) -> list[Any]:
    """Return pages, three of a type by turns, evenly from the whole tree."""
    ids = [
        list(model._default_manager.order_by("path").values_list("pk", flat=True))
        for model in (InformationPage, ServiceCardPage)
    ]
    chosen = []
    for order in range(number):
        own = ids[order // 3 % 2]
        chosen.append(own[order * len(own) // number])
    pages = {page.pk: page for page in Page.objects.filter(pk__in=chosen).specific()}
    return [pages[pk] for pk in chosen]


def _publish(
    page: Any,
    publish: Callable[[Any, Any], object],
    circumstances: Callable[[], Any],
    meter: Meter,
    cost: Cost,
) -> None:
    with circumstances(), connection.execute_wrapper(meter.count):
        _edit(page)
        begun = meter.seconds()
        revision = page.save_revision()
        saved = meter.seconds()
        publish(page, revision)
        done = meter.seconds()
    cost.publications += 1
    cost.seconds += done - begun
    cost.publishing += done - saved
    cost.queries += meter.queries


def _edit(page: Any) -> None:
    """Change a sentence, so that there is something to publish."""
    field = "lead" if isinstance(page, InformationPage) else "outcome"
    setattr(page, field, f"{getattr(page, field)[:200]} Zmiana {page.latest_revision_id}.")


def _as_stock(_page: Any, revision: Any) -> None:
    with transaction.atomic():
        revision.publish()


def _with_marks(page: Any, revision: Any) -> None:
    with transaction.atomic():
        revision.publish()
        _mark([page])


def _mark(pages: Sequence[Any]) -> None:
    for projector in registry.projectors():
        projector.pages_changed([page.pk for page in pages], GoneReason.WITHDRAWN)


def _by_the_door(page: Any, revision: Any) -> None:
    door.publish(page_id=page.pk, revision_id=revision.pk, authority=_AUTHORITY, actor=None)


@contextmanager
def _without_ours() -> Iterator[None]:
    """Take our receivers off the signals, and put them back."""
    kept = [(signal, signal.receivers) for signal in _SIGNALS]
    try:
        for signal, receivers in kept:
            _receive(signal, [row for row in receivers if not _is_ours(row[1])])
        yield
    finally:
        for signal, receivers in kept:
            _receive(signal, receivers)


@contextmanager
def _tasks(backend: str) -> Iterator[None]:
    """Do tasks in another way for a while."""
    before = task_backends[DEFAULT_TASK_BACKEND_ALIAS]
    task_backends[DEFAULT_TASK_BACKEND_ALIAS] = import_string(backend)(
        DEFAULT_TASK_BACKEND_ALIAS, {}
    )
    try:
        yield
    finally:
        task_backends[DEFAULT_TASK_BACKEND_ALIAS] = before


def _is_ours(held: Any) -> bool:
    receiver = held() if isinstance(held, ReferenceType) else held
    return str(getattr(receiver, "__module__", "")).startswith(_OURS)


def _receive(signal: Any, receivers: list[Any]) -> None:
    with signal.lock:
        signal.receivers = receivers
        signal.sender_receivers_cache.clear()


_WAYS: dict[str, tuple[Callable[[Any, Any], object], Callable[[], Any]]] = {
    "stock": (_as_stock, _without_ours),
    "marked": (_with_marks, _without_ours),
    "door": (_by_the_door, nullcontext),
}
