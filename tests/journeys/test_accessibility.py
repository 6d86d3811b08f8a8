"""Every public page type before axe: light and dark, on a telephone and on a desk."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from branch_pages.models import BranchSitePage, BranchSitesPage
from kpum.channels.actions import rebuild_marked
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from kpum.portal.models import AreaPage
from tests.factories.pages import draft, publish

BODY = [
    ("heading", "Po kolei"),
    ("paragraph", "<p>Wpisz <b>numer</b>.</p><ul><li>Pierwszy</li><li>Drugi</li></ul>"),
    ("steps", [{"title": "Weź dowód", "text": "Także stary."}, {"title": "Przyjdź", "text": ""}]),
    ("notice", {"title": "Uwaga", "text": "W piątki krócej."}),
]


@pytest.fixture
def addresses(served):
    """Where each type of page, and each state of one, is to be seen."""
    unit = served.folder.unit
    bound = {"lead": "Co tu znajdziesz.", "unit": unit, "body": BODY, "show_in_menus": True}
    card = served.published_card("SA-14", "Zameldowanie", steps_and_notes=BODY)
    served.published_card("SA-15", "Wymeldowanie")
    information = publish(served.new_page("Jak płacić", body=BODY))
    area = publish(draft(served.home, AreaPage(title="Konto klienta", slug="konto", **bound)))
    publish(served.new_page("Jak się zalogować", parent=area))
    branches = publish(draft(served.home, BranchSitesPage(title="Branże", slug="branze", **bound)))
    site = publish(draft(branches, BranchSitePage(title="Zieleń", slug="zielen", **bound)))
    publish(served.new_page("Parki", parent=site))
    gone = served.published_card("SA-16", "Karta rowerowa")
    door.withdraw(
        page_id=gone.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Tej sprawy już nie załatwisz.",
        authority=Authority.of_mandate(),
        actor=served.chief,
    )
    rebuild_marked()
    return {
        "home": ("/", 200),
        "catalogue": ("/uslugi/", 200),
        "category": ("/uslugi/kategoria/meldunek/", 200),
        "life event": ("/uslugi/zdarzenie/przeprowadzka/", 200),
        "folder": ("/uslugi/sa/", 200),
        "empty folder": ("/uslugi/zzm/", 200),
        "card": (card.url, 200),
        "information": (information.url, 200),
        "area": (area.url, 200),
        "directory": ("/jednostki/", 200),
        "directory asked": ("/jednostki/?q=sprawy", 200),
        "unit": ("/jednostki/sa/", 200),
        "branches": (branches.url, 200),
        "branch": (site.url, 200),
        "search": ("/szukaj/", 200),
        "search found": ("/szukaj/?q=zameldowanie+adres", 200),
        "search empty": ("/szukaj/?q=hipopotam", 200),
        "missing": ("/nie-ma/", 404),
        "withdrawn": ("/uslugi/sa/karta-rowerowa/", 410),
        "documentation": ("/api/v1/docs", 200),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [(360, 780), (1280, 900)], ids=["telephone", "desk"])
def test_axe_finds_nothing_to_mend(addresses, new_session, viewport, scheme):
    page = new_session(viewport=viewport, color_scheme=scheme).new_page()
    axe = Axe()
    found = []

    for name, (address, status) in addresses.items():
        response = page.goto(address)
        assert response.status == status, name
        for violation in axe.run(page).response["violations"]:
            places = "; ".join(node["html"][:160] for node in violation["nodes"][:4])
            found.append(f"{name}: {violation['id']} ({violation['impact']}): {places}")

    assert found == [], "\n".join(found)


def test_axe_is_really_looking(served, new_session):
    page = new_session().new_page()
    page.goto("/")
    page.evaluate(
        "document.querySelector('h1').insertAdjacentHTML('afterend', '<img src=\"/x.png\">')"
    )

    violations = {violation["id"] for violation in Axe().run(page).response["violations"]}

    assert "image-alt" in violations


@pytest.mark.parametrize(
    "viewport", [(320, 640), (360, 780), (1280, 900)], ids=["small", "telephone", "desk"]
)
def test_no_page_is_wider_than_the_window(addresses, new_session, viewport):
    page = new_session(viewport=viewport).new_page()
    wide = []

    for name, (address, _status) in addresses.items():
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            wide.append(name)

    assert wide == []
