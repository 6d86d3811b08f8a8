"""With 200 units, 2,000 people and 10,000 pages the admin costs no more queries than with 2 units.

And nobody waits twice as long as the superuser does. ``pytest tests/scale -s`` prints the figures;
KPUM_PROVE has all 10,000 pages, every role and every view by the clock; else 2,110 pages, the three
roles that differ most, and by the clock the dashboard, the explorer and the chooser.
"""

import pytest
from django.db import connection
from wagtail.models import Page, TaskState

from kpum.org.models import Mandate, Unit
from tests.scale.big_city import FULL
from tests.scale.measure import ASKED, PEOPLE, SUPERUSER, TIMED, VIEWS, best_of
from tests.worlds import undone

pytestmark = pytest.mark.django_db
TIMES_AS_LONG = 2
#: A machine that does other things gets more than one chance.
ROUNDS = 3


def test_the_city_is_as_large_as_the_issue_wants_it(scene):
    assert Unit.objects.filter(code__startswith="V-").count() == 200
    assert Mandate.objects.values("user").distinct().count() >= 2000
    assert Page.objects.count() >= FULL.pages
    assert not any(Page.find_problems())


def test_two_hundred_units_cost_no_more_queries_than_two(scene):
    """Not on the dashboard, where texts wait, not in the lists, and not in the chooser."""
    more = []
    for name in ASKED:
        for view, address in VIEWS.items():
            count = scene.visitor(name).queries(address)
            if count > scene.small[name, view]:
                more.append((name, view, scene.small[name, view], count))

    assert more == []


@pytest.mark.parametrize("name", ["of_1", "of_200", "chief", SUPERUSER])
def test_the_dashboard_costs_the_same_with_1_20_and_200_waiting_texts(scene, name):
    visitor = scene.visitor(name)
    waiting = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS).order_by("pk")
    # Who answers for one unit has the texts of that unit wait; the first are his.
    assert waiting.count() >= 200
    costs = {}
    for number in (1, 20, 200):
        with undone():
            rest = list(waiting.values_list("pk", flat=True)[number:])
            TaskState.objects.filter(pk__in=rest).update(status=TaskState.STATUS_CANCELLED)
            assert 'id="kpum-waiting' in visitor.client.get("/admin/").content.decode()
            costs[number] = visitor.queries("/admin/")

    assert len(set(costs.values())) == 1, costs


@pytest.mark.proof
def test_nobody_waits_twice_as_long_as_the_superuser(scene):
    slower = []
    for name in ASKED:
        for view, address in TIMED.items():
            visitor, superuser = scene.visitor(name), scene.visitor(SUPERUSER)
            landing = visitor.fetch(address)
            for _round in range(ROUNDS):
                own, others = best_of(3, visitor, superuser, landing)
                if own <= TIMES_AS_LONG * others:
                    break
            else:
                slower.append((name, view, own, others))
            print(
                f"| {connection.vendor} | {PEOPLE[name]} | {view} | {visitor.queries_at(landing)} |"
                f" {superuser.queries_at(landing)} | {own * 1000:.0f} | {others * 1000:.0f} |"
            )

    assert slower == []


def test_a_folders_rows_ask_nothing_of_the_database_one_by_one(scene):
    """Fifty rows cost what one costs: whose a page is, is known without asking for each."""
    address = f"/admin/pages/{scene.big.folders[0].pk}/"
    many = {name: scene.visitor(name).queries(address) for name in ASKED}
    with undone():
        rest = scene.big.folders[0].get_children()[1:].values_list("pk", flat=True)
        # Put where no listing finds them.
        Page.objects.filter(pk__in=list(rest)).update(depth=99)
        one = {name: scene.visitor(name).queries(address) for name in ASKED}

    assert all(many[name] <= one[name] for name in ASKED), (many, one)
