"""The gate before the admin's page views: nobody is told anything about a page he may not see.

Wagtail's views ask for permission one by one, and some ask too late: the move confirmation, the
workflow dialogues and the bulk actions show a title first, the report of page types shows the
latest page of each. Here one question is asked before any of them runs.
"""

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch
from wagtail.admin.auth import permission_denied
from wagtail.models import Page

from kpum.core import memo
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import reach_of
from kpum.pages import unsaved
from kpum.pages.models import PortalPage
from kpum.pages.policies import explorable_by
from kpum.pages.queries import portal_is_public

_PAGE_KEYS = ("page_id", "page_to_move_id")
#: No id of ours has more digits, and no database is asked for one that has.
_DIGITS = 18
_BULK = "wagtail_bulk_action"
_REDIRECTS = "wagtailredirects"
_WHOLE_PORTAL = {"page_types_usage", "page_types_usage_results"}


class PageGateMiddleware:
    """Answers as Wagtail does: back to the dashboard, with a message that names nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with memo.request_scope():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Let the view run unless it would speak of a page of ours that the person may not see."""
        match = request.resolver_match
        if match is not None and _would_redirect_by_hand(request, match):
            return permission_denied(request)
        # Only the admin is asked who is there: a public answer must not depend on a cookie.
        if match is None or not _is_admin(match):
            return None
        user: Any = request.user
        memo.remembered(memo.PERSON, lambda: user)
        given_back = unsaved.refusal_for(request, match, kwargs)
        if given_back is not None or not _is_asked(user):
            return given_back
        return _answer_instead(request, match, kwargs)


def _answer_instead(
    request: HttpRequest, match: Any, kwargs: dict[str, Any]
) -> HttpResponse | None:
    """Return what a person with mandates is told in place of Wagtail's view, if anything."""
    user = request.user
    if match.namespace == "wagtailadmin_reports" and match.url_name in _WHOLE_PORTAL:
        return None if _reaches_over_the_portal(user) else permission_denied(request)
    if match.url_name == _BULK:
        if kwargs.get("model_name") == "page":
            _keep_visible(request)
        return None
    page_id = _page_named(match, kwargs)
    if page_id is not None and not may_see(user, page_id):
        return permission_denied(request)
    return None if page_id is None else _record_instead(request, match, page_id)


def _would_redirect_by_hand(request: HttpRequest, match: Any) -> bool:
    """The guard refuses each row; Wagtail's import would answer that with an error of the server."""
    by_hand = match.namespace == _REDIRECTS and request.method == "POST"
    return by_hand and portal_is_public()


def _is_asked(user: Any) -> bool:
    return user.is_authenticated and not user.is_superuser


def _is_admin(match: Any) -> bool:
    return match.namespace.startswith("wagtailadmin") or match.url_name == _BULK


def _record_instead(request: HttpRequest, match: Any, page_id: int) -> HttpResponse | None:
    """Lead who sees a page and may not edit it to its record, where the installation has one."""
    if (match.namespace, match.url_name) != ("wagtailadmin_pages", "edit"):
        return None
    page = Page.objects.filter(pk=page_id).first()
    if page is None or page.permissions_for_user(request.user).can_edit():
        return None
    try:
        return redirect("kpum_page_record", page_id)
    except NoReverseMatch:
        return None


def may_see(user: Any, page_id: int) -> bool:
    """Return whether the page is no page of ours, or the person may see it in the admin."""
    page = Page.objects.filter(pk=page_id).first()
    if page is None or not issubclass(page.specific_class or Page, PortalPage):
        return True
    return bool(page.specific.permissions_for_user(user).can_edit()) or (
        explorable_by(user).filter(pk=page_id).exists()
    )


def _page_named(match: Any, kwargs: dict[str, Any]) -> int | None:
    if match.url_name == "revisions_compare":
        return int(kwargs["pk"])
    named = [kwargs[key] for key in _PAGE_KEYS if key in kwargs]
    return int(named[0]) if named else None


def _reaches_over_the_portal(user: Any) -> bool:
    return reach_of(org.powers_in_request(user), {Right.VIEW}).whole_portal


def _ids(words: list[str]) -> list[int]:
    """Return the words that can be ids; others, however odd, name no page."""
    return [
        int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= _DIGITS
    ]


def _keep_visible(request: HttpRequest) -> None:
    """Take from a bulk action's address every page that the person may not see."""
    asked = request.GET.getlist("id")
    pages = Page.objects.all()
    if "all" in asked:
        parent = Page.objects.filter(pk__in=_ids([request.GET.get("childOf", "")])).first()
        pages = parent.get_children() if parent else pages.none()
    else:
        pages = pages.filter(pk__in=_ids(asked))
    visible = explorable_by(request.user)
    kept = pages.filter(pk__in=visible.order_by().values("pk")).values_list("pk", flat=True)
    query = request.GET.copy()
    query.setlist("id", [str(pk) for pk in kept])
    request.GET = cast("Any", query)
