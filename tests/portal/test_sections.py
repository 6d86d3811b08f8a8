"""What upper rooms add to home and to a unit's page, and the addresses of units."""

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from branch_pages.models import BranchSitePage, BranchSitesPage
from kpum.org import registry as units
from kpum.org.models import Unit
from kpum.outbox.registry import subscribe
from kpum.pages import registry as pages
from kpum.pages.errors import NotPublishable
from kpum.portal import registry
from kpum.portal.models import AreaPage, UnitDirectoryPage
from tests.factories.pages import draft, publish
from workflows import notifications


def section(*_unit):
    """Stand for a section, a projector or a finder."""


@pytest.mark.parametrize(
    ("room", "kept", "register"),
    [
        (registry, "_home", registry.register_home_section),
        (registry, "_unit", registry.register_unit_section),
        (pages, "_projectors", pages.register_projector),
        (pages, "_finders", pages.register_approval_finder),
        (units, "_projectors", units.register_unit_projector),
    ],
)
def test_registering_twice_is_refused(monkeypatch, room, kept, register):
    monkeypatch.setattr(room, kept, [])
    register(section)

    with pytest.raises(ValueError, match="section"):
        register(section)

    assert getattr(room, kept) == [section]


def test_the_rooms_above_are_registered_once_in_a_running_portal(city):
    assert len(registry.home_sections()) == len(set(registry._home))
    with pytest.raises(ValueError, match="listens"):
        subscribe("workflow.returned", notifications.tell_of_return)


def render(source, **context):
    return Template("{% load kpum_portal %}" + source).render(Context(context))


def test_a_unit_has_no_address_while_no_directory_is_public(db):
    unit = Unit.add_root(code="X", name="Jednostka", kind="unit")

    assert render("{% unit_directory_url %}|{% unit_url unit %}", unit=unit) == "|"


def test_a_unit_has_its_address_on_any_page(city):
    source = "{% unit_directory_url %}|{% unit_url unit %}"
    unit = Unit.objects.get(code="SA")

    assert render(source, unit=unit) == "/jednostki/|/jednostki/sa/"
    assert (
        render(source, unit=unit, request=RequestFactory().get("/")) == "/jednostki/|/jednostki/sa/"
    )
    assert render(source, unit=unit, page=city.directory) == "/jednostki/|/jednostki/sa/"
    assert UnitDirectoryPage.objects.get().unit_url(unit).endswith("/jednostki/sa/")


def test_a_unit_whose_parent_is_not_shown_moves_up(city):
    sa, umk = Unit.objects.get(code="SA"), Unit.objects.get(code="UMK")
    source = (
        "{% for node in units|as_tree %}{{ node.unit.code }}({{ node.below|length }}) {% endfor %}"
    )

    assert render(source, units=[sa, umk]) == "UMK(1) "
    assert render(source, units=[sa]) == "SA(0) "


def test_a_branch_site_is_listed_and_lists_its_pages(client, city):
    unit = city.folder.unit
    branches = publish(
        draft(
            city.home,
            BranchSitesPage(title="Strony branżowe", slug="branze", lead="Lista.", unit=unit),
        )
    )
    site = publish(
        draft(branches, BranchSitePage(title="Zieleń", slug="zielen", lead="Parki.", unit=unit))
    )
    publish(city.new_page("Godziny otwarcia parków", parent=site))

    assert "/branze/zielen/" in client.get("/branze/").content.decode()
    assert (
        "/branze/zielen/godziny-otwarcia-parkow/" in client.get("/branze/zielen/").content.decode()
    )


def test_a_main_area_shows_the_pages_below_it(client, city):
    area = publish(
        draft(
            city.home,
            AreaPage(title="Konto", slug="konto", lead="Twoje sprawy.", unit=city.folder.unit),
        )
    )
    publish(city.new_page("Jak się zalogować", parent=area))

    assert "/konto/jak-sie-zalogowac/" in client.get("/konto/").content.decode()


def test_a_text_without_a_lead_is_not_published(city):
    page = city.new_page("Bez wstępu")
    page.lead = "  "
    page.save_revision(clean=False)

    with pytest.raises(NotPublishable) as refused:
        publish(page)

    assert set(refused.value.errors) == {"lead"}


def test_the_health_of_the_portal_is_asked_without_a_cookie(client, db):
    response = client.get("/healthz")

    assert (response.content, response.status_code) == (b"ok", 200)
    assert "no-store" in response["Cache-Control"]
    assert client.post("/healthz").status_code == 405
