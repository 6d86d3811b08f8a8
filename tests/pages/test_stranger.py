"""An operator of another unit meets a shut door on every address of a page's editing.

The test walks the admin's URL patterns. Each URL parameter has a provider; a parameter without one
fails the test, so a new Wagtail or a new room cannot open an address unseen.
"""

import pytest

from tests.pages.walk import OF_THE_PAGE, SECRET, SECRET_TITLE, Case, parameters, routes

SHUT = {302, 403, 404, 405}


@pytest.fixture
def case(city):
    return Case(city)


def test_every_parameter_of_the_admin_has_a_provider(case):
    unknown = {
        (route, name)
        for route, pattern in routes()
        for name in parameters(pattern, route)
        if name not in case.providers
    }

    assert unknown == set()


# wagtail-localize pages through a report it has not ordered.
@pytest.mark.filterwarnings("ignore::django.core.paginator.UnorderedObjectListWarning")
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_opens_a_strangers_page(client, case, method):
    client.raise_request_exception = False
    opened, leaked, broken = [], [], []
    before = case.snapshot()
    for route, pattern in routes():
        names = parameters(pattern, route)
        for address in case.addresses(route, names):
            client.force_login(case.city.stranger)
            for extra in ({}, {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"}):
                query = f"?id={case.card.pk}&id={case.hidden.pk}&q=Karta"
                response = getattr(client, method)(
                    address + query, *([case.body()] if method == "post" else []), **extra
                )
                if response.status_code >= 500:
                    broken.append((method, address))
                of_the_page = set(names) & OF_THE_PAGE
                # A stock page is the host's affair; not a word of ours may stand there, below.
                of_the_host = f"/{case.stock.pk}/" in address
                shut = response.status_code in SHUT or of_the_host or "choose-page" in route
                if of_the_page and not shut:
                    opened.append((method, address, response.status_code))
                text = response.content.decode(errors="replace") if not response.streaming else ""
                if SECRET in text or SECRET_TITLE in text:
                    leaked.append((method, address))
                if case.snapshot() != before:
                    pytest.fail(f"{method} {address} changed something")

    found = {"broken": broken, "opened": opened, "leaked": leaked}
    assert not any(found.values()), "\n".join(
        f"{kind}: {row}" for kind, rows in found.items() for row in rows
    )


def test_the_same_addresses_open_for_the_pages_own_operator(client, case):
    """The walk would prove nothing if these addresses were shut to everybody."""
    client.force_login(case.city.operator)

    for name in ("edit", "history", "workflow_history", "view_draft", "copy"):
        response = client.get(f"/admin/pages/{case.hidden.pk}/{name}/")
        assert response.status_code == 200, name
