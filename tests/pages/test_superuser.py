"""A raw POST as superuser, to every address of a page's editing, leaves the public surface
byte-equal: the system administrator has no editorial power, under a page that is not ours either."""

import pytest
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, PageViewRestriction, Site

from tests.pages.walk import FORM_FRAME, OF_THE_PAGE, OF_THE_PORTAL, Case, parameters, routes
from tests.surface import differences, public_surface


def fingerprint():
    """Return what tells at once that something public has changed; the surface follows at the end."""
    live = Page.objects.filter(live=True).order_by("pk")
    return (
        list(live.values_list("pk", "url_path", "live_revision")),
        list(Site.objects.order_by("pk").values_list("hostname", "port", "root_page")),
        list(Redirect.objects.order_by("pk").values_list("old_path", "redirect_page")),
        PageViewRestriction.objects.count(),
    )


def test_no_raw_post_as_superuser_changes_what_the_public_sees(client, city):
    case = Case(city)
    client.raise_request_exception = False
    before, first = public_surface(), fingerprint()
    broken, visited = [], 0
    for route, pattern in routes():
        names = parameters(pattern, route)
        bulk = route.startswith("admin/bulk/")
        if not (
            bulk
            or set(names) & OF_THE_PAGE
            or route.startswith(("admin/api/main/^pages", *OF_THE_PORTAL))
        ):
            continue
        for address in case.addresses(route, names):
            client.force_login(city.administrator)
            ids = "&".join(f"id={pk}" for pk in (case.card.pk, case.hidden.pk, case.stock.pk))
            response = client.post(f"{address}?{ids}", case.body())
            visited += 1
            if response.status_code >= 500:
                broken.append(address)
            # Comparing after each address names the culprit; drafts and copies are his to make.
            if fingerprint() != first:
                pytest.fail(f"{address} changed what is public")

    assert visited > 100
    assert broken == []
    assert differences(before, public_surface()) == []


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
