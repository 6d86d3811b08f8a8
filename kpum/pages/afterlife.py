"""What the address of a withdrawn page answers: its last text, where to go instead, or why it is gone."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from wagtail.models import Page

if TYPE_CHECKING:
    from kpum.pages.models import Withdrawal

#: More successors in a row than an editor would make on purpose.
_MAX_STEPS = 20


def successor_of(withdrawal: "Withdrawal") -> Page | None:
    """Return the public page to go to instead, through later withdrawals, or None.

    A chain that ends nowhere, or turns back on itself, has no successor.
    """
    seen = {withdrawal.page_id}
    withdrawals = type(withdrawal)._default_manager
    step: Withdrawal | None = withdrawal
    while step is not None and step.successor_id and len(seen) <= _MAX_STEPS:
        if step.successor_id in seen:
            return None
        page = Page.objects.live().public().filter(pk=step.successor_id).first()
        if page is not None:
            return page
        seen.add(step.successor_id)
        step = withdrawals.filter(page=step.successor_id).first()
    return None


def answer(page: Any, withdrawal: "Withdrawal", request: HttpRequest) -> HttpResponse:
    """Answer at a withdrawn page's address."""
    successor = successor_of(withdrawal)
    address = successor.get_url(request) if successor else None
    if withdrawal.keep_text and withdrawal.revision:
        return _last_text(page, withdrawal, request, successor if address else None)
    if address:
        return HttpResponsePermanentRedirect(address)
    response = render(request, "kpum/pages/gone.html", {"withdrawal": withdrawal}, status=410)
    response["X-Robots-Tag"] = "noindex"
    return response


def _last_text(
    page: Any, withdrawal: "Withdrawal", request: HttpRequest, successor: Page | None
) -> HttpResponse:
    text = withdrawal.revision.as_object() if withdrawal.revision else page
    # The address is the page's, not the text's: it may have changed since.
    text.slug, text.url_path = page.slug, page.url_path
    text.draft_title, text.outdated, text.successor = text.title, withdrawal, successor
    response: HttpResponse = text.serve(request)
    response["X-Robots-Tag"] = "noindex"
    return response
