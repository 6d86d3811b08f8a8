"""The full city open for questions, and what each view cost in the small one."""

import os
from dataclasses import dataclass, field

from django.core.cache import cache
from wagtail.models import TaskState

from tests.scale.big_city import FULL, SMALL, BigCity, build_big_city
from tests.scale.measure import DASHBOARD, PEOPLE, VIEWS, Visitor
from tests.worlds import undone

ASKED = list(PEOPLE) if os.environ.get("KPUM_PROVE") else list(PEOPLE)[:3]


@dataclass
class Scene:
    """The full city, its visitors, and the number of queries of (person, view) in the small one."""

    big: BigCity
    small: dict[tuple[str, str], int]
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def visitor(self, name: str) -> Visitor:
        if name not in self.visitors:
            self.visitors[name] = Visitor(self.big, name)
        return self.visitors[name]


def build_scene() -> Scene:
    """Measure the small city, take it back, and build the full one."""
    with undone():
        small = _counted(build_big_city(SMALL))
    cache.clear()
    return Scene(build_big_city(FULL), small)


def _counted(big: BigCity) -> dict[tuple[str, str], int]:
    counts = {}
    for name in ASKED:
        visitor = Visitor(big, name)
        for view, address in VIEWS.items():
            counts[name, view] = visitor.queries(address)
        counts[name, DASHBOARD] = on_a_quiet_day(visitor)
    return counts


def on_a_quiet_day(visitor: Visitor) -> int:
    """Return the queries of the dashboard when nothing waits; what waits has tests of its own."""
    with undone():
        TaskState.objects.update(status=TaskState.STATUS_CANCELLED)
        return visitor.queries(DASHBOARD)
