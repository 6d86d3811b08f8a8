"""The full city open for questions, and what each view cost in the small one."""

from dataclasses import dataclass, field

from django.core.cache import cache

from tests.scale.big_city import FULL, SMALL, BigCity, build_big_city
from tests.scale.measure import ASKED, VIEWS, Visitor
from tests.worlds import undone


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
    visitors = {name: Visitor(big, name) for name in ASKED}
    return {
        (name, view): visitor.queries(address)
        for name, visitor in visitors.items()
        for view, address in VIEWS.items()
    }
