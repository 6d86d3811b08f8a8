"""Links that lead nowhere: each unit reads its own, nobody a draft's title, and how it came to that."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpum.integrations.link_checks.models import AddressChange, LinkedAddress
from kpum.org.models import Unit
from kpum.pages import actions as door
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.enums import WithdrawalReason
from kpum.pages.link_gathering import gather_links
from tests.factories.pages import publish
from tests.org.screens import csv_table, enter, rows

pytestmark = pytest.mark.django_db

LIST = "/admin/dead-links/"
HISTORY = "/admin/dead-links/history/"
BOUNCED = 302
SINCE = datetime(2026, 5, 1, 10, tzinfo=UTC)


def leading(city, title, *targets, folder=None):
    """Publish a page that leads to these addresses and pages."""
    links = [
        f'<a linktype="page" id="{target}">tu</a>' if isinstance(target, int) else f'<a href="{target}">tu</a>'
        for target in targets
    ]  # fmt: skip
    page = city.new_page(title, parent=folder, body=[("paragraph", f"<p>{' '.join(links)}</p>")])
    return publish(page)


def stands(address, state="broken", status=404):
    LinkedAddress.objects.filter(address=address).update(
        state=state, reason="status", status=status, failing_since=SINCE, last_checked=SINCE
    )


def withdraw(page):
    door.withdraw(
        page_id=page.pk, reason=WithdrawalReason.OBSOLETE, explanation="Nieaktualna.", actor=None,
        authority=Authority.of_system(SystemMandate.TESTS),
    )  # fmt: skip


@pytest.fixture
def broken(city):
    """Two units, each with a page that leads to a broken address of its own and to one they share."""
    leading(
        city,
        "Strona SA",
        "https://sa.example.org/",
        "https://oba.example.org/",
        "https://zywy.example.org/",
    )
    leading(
        city,
        "Strona ZZM",
        "https://zzm.example.org/",
        "https://oba.example.org/",
        folder=city.other_folder,
    )
    gather_links()
    for name in ("sa", "zzm", "oba"):
        stands(f"https://{name}.example.org/")
    return city


def seen(client, address=LIST):
    return {(row.page.title, row.address.address) for row in rows(client, address)}


SA = {("Strona SA", "https://sa.example.org/"), ("Strona SA", "https://oba.example.org/")}
ZZM = {("Strona ZZM", "https://zzm.example.org/"), ("Strona ZZM", "https://oba.example.org/")}


@pytest.mark.parametrize(
    ("part", "links"),
    [
        ("operator", SA), ("coordinator", SA), ("head", SA), ("stranger", ZZM), ("press_head", set()),
        ("chief", SA | ZZM), ("editor", SA | ZZM), ("manager", SA | ZZM),
    ],
)  # fmt: skip
def test_a_person_reads_the_links_of_his_units(client, broken, part, links):
    enter(client, broken.person(part))

    assert seen(client) == links
    assert seen(client, f"{LIST}results/") == links


@pytest.mark.parametrize(
    "address", [LIST, f"{LIST}results/", f"{LIST}?export=csv", HISTORY, f"{HISTORY}results/"]
)
def test_without_a_mandate_nobody_reads_them(client, broken, address):
    enter(client, broken.administrator)

    assert client.get(address).status_code == BOUNCED
    client.logout()
    assert client.get(address).status_code == BOUNCED


@pytest.mark.parametrize("address", [LIST, HISTORY])
def test_the_report_is_only_read(client, city, address):
    enter(client, city.editor)

    assert client.post(address).status_code == 405


def test_a_row_says_whose_it_is_where_it_stands_what_answers_and_since_when(client, broken):
    enter(client, broken.operator)

    html = client.get(f"{LIST}?q=sa.example").content.decode()

    for words in (
        "Wydział Spraw Administracyjnych", "Strona SA", "Text", "https://sa.example.org/", "status 404", "2026-05-01 12:00",
    ):  # fmt: skip
        assert words in html
    assert "oba.example.org" not in html


def test_what_fails_for_now_or_cannot_be_checked_is_shown_when_asked_for(client, broken):
    stands("https://sa.example.org/", "failing", 500)
    stands("https://zywy.example.org/", "uncheckable", 403)
    enter(client, broken.operator)

    assert seen(client) == {("Strona SA", "https://oba.example.org/")}
    assert seen(client, f"{LIST}?listed=failing") == {("Strona SA", "https://sa.example.org/")}
    assert seen(client, f"{LIST}?listed=uncheckable") == {
        ("Strona SA", "https://zywy.example.org/")
    }


@pytest.mark.parametrize(
    "query",
    [
        "listed=x",
        "ordering=since",
        "ordering=-unit",
        "ordering=x",
        "p=99",
        "p=x",
        "q=%00",
        "q=%F0%9F%98%80",
    ],
)
def test_odd_questions_break_nothing(client, broken, query):
    enter(client, broken.operator)

    assert client.get(f"{LIST}?{query}").status_code in {200, 404}
    assert client.get(f"{HISTORY}?{query}").status_code in {200, 404}


def test_links_to_withdrawn_and_missing_pages_are_listed_with_what_became_of_them(client, city):
    target = publish(city.new_page("Dawny tytuł"))
    draft = city.new_page("Tajny szkic")
    leading(city, "Strona SA", target.pk, draft.pk, 987654)
    gather_links()
    withdraw(target)
    enter(client, city.operator)

    html = client.get(LIST).content.decode()

    assert "Dawny tytuł" in html
    assert "the page has been withdrawn" in html
    assert "page 987654" in html
    assert "the page no longer exists" in html
    assert f"page {draft.pk}" in html
    assert "Tajny szkic" not in html


def test_a_later_draft_of_a_withdrawn_page_does_not_show_through(client, city):
    target = publish(city.new_page("Dawny tytuł"))
    leading(city, "Strona SA", target.pk)
    gather_links()
    withdraw(target)
    type(target).objects.filter(pk=target.pk).update(title="Tajny tytuł", draft_title="Tajny tytuł")
    enter(client, city.operator)

    html = client.get(LIST).content.decode()

    assert "Dawny tytuł" in html
    assert "Tajny tytuł" not in html


def test_the_table_can_be_taken_away_and_computes_nothing(client, city):
    leading(city, "=Strona", "https://sa.example.org/")
    gather_links()
    stands("https://sa.example.org/")
    enter(client, city.operator)

    table = csv_table(client.get(f"{LIST}?export=csv"))

    assert table == [
        {
            "Unit": "Wydział Spraw Administracyjnych", "Unit's code": "SA", "Page": "'=Strona",
            "Page's number": table[0]["Page's number"], "Field": "Text", "Link": "https://sa.example.org/",
            "What answers": "status 404", "Since": "2026-05-01 12:00:00+02:00", "Last checked": "2026-05-01 12:00:00+02:00",
        }
    ]  # fmt: skip


def test_ten_times_the_links_cost_no_more_queries(client, city):
    def cost(address):
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    def grow(number):
        leading(city, f"Strona {number}", f"https://sa.example.org/{number}", 987654)
        gather_links()
        stands(f"https://sa.example.org/{number}")
        tell(f"https://sa.example.org/{number}")

    enter(client, city.operator)
    grow(0)
    cost(LIST), cost(HISTORY)
    few = cost(LIST), cost(HISTORY)
    for number in range(1, 4):
        grow(number)

    assert (cost(LIST), cost(HISTORY)) == few


# --- history ---


def tell(address, before="answers", after="failing"):
    AddressChange.objects.create(
        address=LinkedAddress.objects.get(address=address), at=SINCE, before=before, after=after,
        reason="status", status=500,
    )  # fmt: skip


def told(client):
    return [(row.unit_name, row.address.address) for row in rows(client, HISTORY)]


def test_the_history_tells_each_unit_of_its_addresses_once(client, broken):
    leading(broken, "Druga SA", "https://oba.example.org/")
    gather_links()
    for name in ("sa", "zzm", "oba"):
        tell(f"https://{name}.example.org/")
    sa, zzm = (Unit.objects.get(code=code).name for code in ("SA", "ZZM"))

    enter(client, broken.operator)
    assert sorted(told(client)) == [
        (sa, "https://oba.example.org/"),
        (sa, "https://sa.example.org/"),
    ]
    enter(client, broken.stranger)
    assert sorted(told(client)) == [
        (zzm, "https://oba.example.org/"),
        (zzm, "https://zzm.example.org/"),
    ]
    enter(client, broken.chief)
    assert len(told(client)) == 4


def test_the_history_says_how_it_was_how_it_is_and_what_answered(client, broken):
    tell("https://sa.example.org/")
    enter(client, broken.operator)

    table = csv_table(client.get(f"{HISTORY}?export=csv"))

    assert [(row["Before → after"], row["What answered"]) for row in table] == [
        ("answers → fails for now", "status 500")
    ]
    assert "answers → fails for now" in client.get(HISTORY).content.decode()
    assert HISTORY in client.get(LIST).content.decode()


def test_the_menu_leads_there_whoever_has_pages_to_see(client, city):
    for part, shown in (("operator", True), ("chief", True), ("administrator", False)):
        enter(client, city.person(part))
        assert (f'"{LIST}"' in client.get("/admin/").content.decode()) is shown
