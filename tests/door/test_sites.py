"""A site's address is set by an operator's command, with a row in the trail, and by nothing else."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, Site

from kpum.audit.models import AuditEntry
from kpum.pages.errors import DoorClosed


def set_site(*words, **options):
    told = StringIO()
    call_command("set_site", *words, stdout=told, **options)
    return told.getvalue()


def test_the_command_sets_host_and_port_and_the_trail_says_both(client, city):
    told = set_site("portal.example.org", "--port", "443")

    site = Site.objects.get()
    entry = AuditEntry.objects.filter(action="site.set").order_by("-pk").first()
    assert (site.hostname, site.port, site.root_page_id) == (
        "portal.example.org",
        443,
        city.home.pk,
    )
    assert "https://portal.example.org" in told
    assert "testserver:80" in entry.before
    assert "portal.example.org:443" in entry.after
    assert entry.authority == "system: sites"


def test_a_further_site_leaves_the_default_one(city):
    set_site("sa.example.org", "--root-page", str(city.folder.pk), "--extra")

    assert Site.objects.get(is_default_site=True).hostname == "testserver"
    assert Site.objects.get(hostname="sa.example.org").root_page_id == city.folder.pk


def test_another_first_page_takes_over_as_the_default_site(city):
    set_site("sa.example.org", "--root-page", str(city.folder.pk))

    assert Site.objects.get(is_default_site=True).hostname == "sa.example.org"
    assert Site.objects.count() == 2


@pytest.mark.parametrize(
    "words",
    [
        ("testserver", "--port", "80", "--root-page", "999999"),
        ("", "--port", "80"),
        ("testserver", "--port", "80", "--extra", "--root-page", "1"),
    ],
)
def test_what_is_no_site_is_refused_and_nothing_changes(city, words):
    with pytest.raises(CommandError):
        set_site(*words)

    site = Site.objects.get()
    assert (site.hostname, site.port, site.is_default_site) == ("testserver", 80, True)


def test_without_a_default_site_the_first_page_must_be_named(city):
    set_site("sa.example.org", "--root-page", str(city.home.pk), "--extra")

    with pytest.raises(CommandError, match="--root-page"):
        set_site("portal.example.org")


def test_before_the_portal_is_public_sites_are_wagtails_own_affair(db):
    root = Page.objects.get(depth=1)

    Site.objects.create(hostname="gospodarz.example.org", root_page=root)

    assert Site.objects.filter(hostname="gospodarz.example.org").exists()


def test_afterwards_no_code_changes_a_site(city):
    site = Site.objects.get()
    site.port = 8080

    with pytest.raises(DoorClosed):
        site.save()
