"""A raw POST as superuser, to every address of a page's editing, leaves the public surface
byte-equal: the system administrator has no editorial power."""

import pytest
from wagtail.models import Page, PageViewRestriction

from kpum.channels.actions import rebuild_marked
from kpum.channels.models import PublishedDocument
from tests.pages.walk import FORM_FRAME, OF_THE_PAGE, Case, parameters, routes

PUBLIC_PAGES = (
    "/",
    "/uslugi/",
    "/uslugi/kategoria/meldunek/",
    "/jednostki/sa/",
    "/api/v1/channels/public/changes?limit=500",
)


def surface(client):
    """Return what the public sees, as bytes, and what the channels hold."""
    client.logout()
    rebuild_marked()
    live = Page.objects.filter(live=True).order_by("pk")
    rows = PublishedDocument.objects.order_by("pk").values_list("sequence", "etag", "gone_reason")
    return (
        [client.get(address).content for address in PUBLIC_PAGES],
        [(page.pk, page.url_path, client.get(page.get_url()).content) for page in live],
        list(rows),
        PageViewRestriction.objects.count(),
    )


def test_no_raw_post_as_superuser_changes_what_the_public_sees(client, city):
    case = Case(city)
    client.raise_request_exception = False
    before = surface(client)
    broken = []
    for route, pattern in routes():
        names = parameters(pattern, route)
        bulk = route.startswith("admin/bulk/")
        if not (bulk or set(names) & OF_THE_PAGE or route.startswith("admin/api/main/^pages")):
            continue
        for address in case.addresses(route, names):
            client.force_login(city.administrator)
            response = client.post(f"{address}?id={case.card.pk}&id={case.hidden.pk}", case.body())
            if response.status_code >= 500:
                broken.append(address)
            # Comparing after each address names the culprit; drafts and copies are his to make.
            if Page.objects.filter(live=True).count() != len(before[1]):
                pytest.fail(f"{address} changed which pages are public")

    assert broken == []
    assert surface(client) == before


@pytest.mark.parametrize("button", ["action-publish", "action-unpublish", "action-approve"])
def test_the_page_editor_neither_shows_nor_accepts_publish(client, city, button):
    client.force_login(city.administrator)
    address = f"/admin/pages/{city.card.pk}/edit/"

    shown = client.get(address).content.decode()
    client.post(address, FORM_FRAME | {button: "1", "title": "Przejęta", "slug": "przejeta"})

    assert 'name="action-publish"' not in shown
    assert not Page.objects.get(pk=city.card.pk).live


@pytest.mark.parametrize("part", ["operator", "coordinator", "chief", "editor", "administrator"])
def test_no_role_is_shown_publish(client, city, part):
    client.force_login(city.person(part))

    editor = client.get(f"/admin/pages/{city.card.pk}/edit/").content.decode()
    creator = client.get(
        f"/admin/pages/add/kpum_services/servicecardpage/{city.folder.pk}/"
    ).content.decode()

    assert "action-submit" in editor or part == "administrator"
    for text in (editor, creator):
        assert 'name="action-publish"' not in text
