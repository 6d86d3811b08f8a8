"""What public texts lead to is gathered whole, kept in step, and forgotten when nothing leads there."""

import socket
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from kpum.integrations.link_checks.lease import only_run
from kpum.integrations.link_checks.models import LinkedAddress
from kpum.pages.link_gathering import gather_links
from kpum.pages.link_models import PageLink
from kpum.pages.link_queries import dead_links_inside, links_of_live_pages
from kpum.pages.link_reading import links_of, outside_addresses
from services.models import CardRelation
from tests.factories.pages import edit, publish
from tests.integrations.neighbour import neighbour

pytestmark = pytest.mark.django_db


def paragraph(*hrefs):
    """Return running text that links to these addresses, or pages."""
    links = [
        f'<a linktype="page" id="{href}">tu</a>' if isinstance(href, int) else f'<a href="{href}">tu</a>'
        for href in hrefs
    ]  # fmt: skip
    return ("paragraph", f'<p>{" ".join(links)} <a linktype="document" id="1">plik</a></p>')


def links():
    """Return (page, field, where) of everything gathered."""
    return {
        (row.page_id, row.field, row.target_page or row.address.address)
        for row in PageLink.objects.select_related("address")
    }


def addresses():
    return set(LinkedAddress.objects.values_list("address", flat=True))


def way(url):
    return (
        "channel",
        {"kind": "online", "title": "Przez internet", "url": url, "address": "", "note": "", "demo": False},
    )  # fmt: skip


def place(url):
    return (
        "place",
        {"name": "Sala", "address": "Rynek 1", "hours": "8–16", "booking_url": url, "note": ""},
    )


def test_every_kind_of_field_of_a_card_is_read(city):
    other = city.published_card("SA-15", "Inna")
    card = city.published_card(
        bip_url="https://bip.example.org/1",
        sign_language_video="https://pjm.example.org/1",
        description='<p><a href="https://opis.example.org/#dalej">opis</a></p>',
        channels=[way("https://sprawy.example.org/1")],
        places=[place("https://wizyty.example.org/1")],
        steps_and_notes=[
            ("heading", "https://naglowek.example.org/"),
            paragraph("https://kroki.example.org/?a=1&amp;b=2", "mailto:sa@example.org", other.pk),
        ],
        relations=[CardRelation(kind="related", card=other)],
    )

    gather_links()

    assert {found[1:] for found in links() if found[0] == card.pk} == {
        ("bip_url", "https://bip.example.org/1"),
        ("sign_language_video", "https://pjm.example.org/1"),
        ("description", "https://opis.example.org/"),
        ("channels", "https://sprawy.example.org/1"),
        ("places", "https://wizyty.example.org/1"),
        ("steps_and_notes", "https://kroki.example.org/?a=1&b=2"),
        ("steps_and_notes", other.pk),
        ("relations", other.pk),
    }


def test_pages_of_running_text_are_read_too(city):
    page = publish(city.new_page("Jak płacić", body=[paragraph("https://bank.example.org/")]))

    gather_links()

    assert links() == {(page.pk, "body", "https://bank.example.org/")}


def test_only_what_is_public_is_read(city):
    city.new_page("Szkic", body=[paragraph("https://szkic.example.org/")])
    page = publish(city.new_page("Jawna", body=[paragraph("https://jawna.example.org/")]))
    edit(page, body=[paragraph("https://zmiana.example.org/")])

    gather_links()

    assert addresses() == {"https://jawna.example.org/"}


def test_a_private_page_is_not_read(city):
    page = publish(city.new_page("Jawna", body=[paragraph("https://jawna.example.org/")]))
    hidden = PageViewRestriction(page_id=page.pk, restriction_type="login")
    PageViewRestriction.objects.bulk_create([hidden])  # past the door, which allows none

    assert gather_links().addresses == 0


def test_garbage_in_a_stored_text_is_read_past(city):
    card = city.new_card("SA-14", "Karta")
    card.description = (
        '<p><a href>x</a><a linktype="page" id="9e9">y</a><a linktype="dziw" href="https://e.org/">'
    )
    card.steps_and_notes = [paragraph("https://[", "http://x", "https://e.org/\x00")]
    card.channels.raw_data.append({"type": "channel", "value": "nic"})
    card.channels.raw_data.append({"type": "obcy", "value": {"url": "https://e.org/"}})

    assert [link.target for link in links_of(card)] == ["https://[", "http://x"]


def test_reading_asks_the_database_nothing(city, django_assert_num_queries):
    card = city.published_card(
        channels=[way("https://a.example.org/")], bip_url="https://a.example.org/"
    )
    fresh = type(card).objects.get(pk=card.pk)

    with django_assert_num_queries(0):
        assert outside_addresses(fresh) == {"https://a.example.org/": "channels"}


def test_gathering_keeps_in_step_and_forgets_what_nothing_leads_to(city):
    page = publish(
        city.new_page("Jawna", body=[paragraph("https://a.example.org/", "https://b.example.org/")])
    )
    publish(city.new_page("Druga", body=[paragraph("https://b.example.org/")]))
    first = gather_links()
    known = dict(LinkedAddress.objects.values_list("address", "pk"))
    publish(edit(page, body=[paragraph("https://b.example.org/", "https://c.example.org/")]))

    second, third = gather_links(), gather_links()

    assert (first.pages, first.addresses, first.new, first.forgotten) == (2, 2, 2, 0)
    assert (second.new, second.forgotten) == (1, 1)
    assert (third.new, third.forgotten) == (0, 0)
    assert addresses() == {"https://b.example.org/", "https://c.example.org/"}
    assert (
        LinkedAddress.objects.get(address="https://b.example.org/").pk
        == known["https://b.example.org/"]
    )
    assert PageLink.objects.count() == 3


def test_gathering_costs_the_same_for_ten_times_the_pages(city):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            gather_links(dry_run=True)
        return len(captured)

    publish(city.new_page("Strona 0", body=[paragraph("https://a.example.org/0")]))
    city.published_card("SA-20", "Karta 0", bip_url="https://a.example.org/k0")
    few = cost()
    for number in range(1, 4):
        publish(
            city.new_page(f"Strona {number}", body=[paragraph(f"https://a.example.org/{number}")])
        )
        city.published_card(f"SA-2{number}", f"Karta {number}", bip_url="https://a.example.org/k")

    assert cost() == few


def test_a_link_is_dead_from_the_moment_its_page_is_gone(city):
    target = publish(city.new_page("Cel"))
    page = publish(city.new_page("Jawna", body=[paragraph(target.pk, 987654)]))
    gather_links()

    def dead():
        rows = links_of_live_pages().filter(dead_links_inside())
        return set(rows.values_list("page", "target_page"))

    assert dead() == {(page.pk, 987654)}
    type(target).objects.filter(pk=target.pk).update(live=False)
    assert dead() == {(page.pk, 987654), (page.pk, target.pk)}
    type(page).objects.filter(pk=page.pk).update(live=False)
    assert dead() == set()


# --- the command ---


def run(*args):
    said = StringIO()
    call_command("check_links", *args, stdout=said)
    return said.getvalue()


@pytest.fixture
def nearby(settings):
    settings.KPUM = {
        **settings.KPUM, "LINK_PAUSE_SECONDS": 0.0, "LINK_PRIVATE_HOSTS": ("127.0.0.1", "localhost"),
    }  # fmt: skip
    with neighbour() as street:
        yield street


def test_the_nightly_job_gathers_asks_and_sums_up(city, nearby):
    publish(
        city.new_page(
            "Jawna", body=[paragraph(nearby.url("/status/404"), nearby.url("/status/200"), 987654)]
        )
    )

    said = run()

    assert (
        "1 pages lead to 2 addresses outside (2 new, 0 forgotten); 1 links lead to other pages"
        in said
    )
    assert "2 asked: 0 unknown, 1 answers, 1 failing, 0 broken, 0 uncheckable; 2 changed" in said
    assert "1 links lead to pages that are not public" in said
    assert "0 asked" in run()
    assert nearby.asked[0][2]["User-Agent"] == "KPUM-link-check/1 (+http://testserver)"


def test_a_dry_run_asks_nobody_and_writes_nothing(city, nearby):
    publish(city.new_page("Jawna", body=[paragraph(nearby.url("/status/404"))]))

    said = run("--dry-run")

    assert "1 addresses outside (1 new" in said
    assert "0 known addresses are due" in said
    assert not nearby.asked
    assert not LinkedAddress.objects.exists()


def test_a_run_may_be_narrowed_to_a_number_and_a_host(city, nearby):
    asked = [
        nearby.url("/status/200"),
        nearby.url("/status/201"),
        nearby.url("/status/202", "localhost"),
    ]
    publish(city.new_page("Jawna", body=[paragraph(*asked)]))

    assert "1 asked" in run("--limit", "1", "--host", "127.0.0.1")
    assert "1 asked" in run("--host", "LOCALHOST")
    assert [path for _method, path, _headers in nearby.asked].count("/status/202") == 1


def test_a_second_run_ends_with_three(city, nearby):
    with only_run(), pytest.raises(CommandError, match="Another run") as refused:
        run()

    assert refused.value.returncode == 3


@pytest.mark.parametrize("word", ["0", "-1", "x", "1.5", "9" * 40, "²"])
def test_a_limit_that_is_none_is_refused(word):
    with pytest.raises(CommandError, match="limit"):
        run(f"--limit={word}")


def test_without_a_network_the_run_says_so_and_ends_with_one(city, nearby, monkeypatch):
    def nobody(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_AGAIN, "no network")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    hosts = [f"https://{letter}.example.org/" for letter in "abc"]
    publish(city.new_page("Jawna", body=[paragraph(*hosts)]))

    with pytest.raises(CommandError, match="network seems to be down") as refused:
        run()

    assert refused.value.returncode == 1
    assert set(LinkedAddress.objects.values_list("state", flat=True)) == {"unknown"}
