"""What the admin's views cost whom: queries, and time beside the superuser's own view of the same."""

import os
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.scale.big_city import BigCity

#: The views that issue 3 speaks of, by name.
VIEWS = {
    "dashboard": "/admin/",
    "explorer, root": "/admin/pages/",
    "explorer, a folder": "/admin/pages/{folder}/",
    "page search": "/admin/pages/search/?q=odpis",
    "chooser": "/admin/choose-page/",
    "chooser, a folder": "/admin/choose-page/{folder}/",
    "chooser search": "/admin/choose-page/search/?q=odpis",
    "site history": "/admin/reports/site-history/",
    "aging pages": "/admin/reports/aging-pages/",
    "locked pages": "/admin/reports/locked/",
    "workflow report": "/admin/reports/workflow/",
    "workflow tasks": "/admin/reports/workflow_tasks/",
}
#: Who asks, by user name; the three who differ most come first.
PEOPLE = {
    "of_1": "operator of 1 unit",
    "of_200": "coordinator of 200 units",
    "chief": "chief editor",
    "of_50": "coordinator of 50 units",
    "head_0": "head of 1 unit",
    "auditor": "auditor",
}
SUPERUSER = "administrator"
PROVE = bool(os.environ.get("KPUM_PROVE"))
ASKED = list(PEOPLE) if PROVE else list(PEOPLE)[:3]
#: The clock takes long: without KPUM_PROVE it times the dashboard, the explorer and the chooser.
TIMED = VIEWS if PROVE else {view: VIEWS[view] for view in list(VIEWS)[:7]}


@dataclass
class Visitor:
    """A person at the admin of a city."""

    big: BigCity
    name: str

    def __post_init__(self) -> None:
        self.client = Client()
        self.client.force_login(self.big.person(self.name))

    def fetch(self, address: str) -> str:
        """Open the address; return where the person was led, which for a root is his own."""
        response = self.client.get(self.filled(address), follow=True)
        assert response.status_code == 200, (self.name, address, response.status_code)
        chain: list[Any] = response.redirect_chain
        landing = str(chain[-1][0]) if chain else self.filled(address)
        assert "/login/" not in landing, (self.name, address)
        return landing

    def filled(self, address: str) -> str:
        return address.format(folder=self.big.folders[0].pk)

    def queries(self, address: str) -> int:
        """Return the number of queries of the view, once caches are warm and without the leading."""
        return self.queries_at(self.fetch(address))

    def queries_at(self, landing: str) -> int:
        """Return the number of queries of a view that was opened before."""
        with CaptureQueriesContext(connection) as captured:
            self.fetch(landing)
        return len(captured)

    def seconds(self, address: str) -> float:
        """Return how long the view takes, by the clock."""
        begin = perf_counter()
        self.fetch(address)
        return perf_counter() - begin


def best_of(times: int, visitor: Visitor, other: Visitor, address: str) -> tuple[float, float]:
    """Return both people's best times of the same page, taken in turns so that both meet one machine."""
    pairs = [(visitor.seconds(address), other.seconds(address)) for _number in range(times)]
    own, others = zip(*pairs, strict=True)
    return min(own), min(others)
