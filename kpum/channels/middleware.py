"""The two addresses that sister portals ask most, answered before sessions, forms and routes.

A follower asks “anything new?” day and night, and mostly there is nothing: then the answer should
cost what an empty page costs. What is asked in any other way than the plain one goes its usual way,
and so does everything in an installation without this middleware: the answers are the same.
"""

import re
from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from kpum.channels import answers, feed
from kpum.channels.api import one_document
from kpum.integrations.enums import Verb

_ADDRESS = re.compile(
    r"(?P<channel>[a-z0-9-]{1,40})/"
    r"(?:changes|documents/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))"
)
_CHANGES = re.compile(r"(?:after=(?P<after>[0-9]{1,18}))?(?:(?:^|&)limit=(?P<limit>[0-9]{1,3}))?")
_DOCUMENT = re.compile(r"(?:locale=(?P<locale>[a-z]{2}))?")
_MOST = 500


class EarlyReads:
    """Answers plainly asked pages of the feed and documents."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._prefix = ""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._early(request) or self.get_response(request)

    def _early(self, request: HttpRequest) -> HttpResponseBase | None:
        if request.method not in {"GET", "HEAD"} or "/channels/" not in request.path:
            return None
        prefix = self._prefix or self._find_prefix()
        if not request.path.startswith(prefix):
            return None
        asked = _ADDRESS.fullmatch(request.path[len(prefix) :])
        if asked is None:
            return None
        answer = _document(request, asked) if asked["id"] else _changes(request, asked)
        return answers.guarded(request, partial(_unasked, answer)) if answer else None

    def _find_prefix(self) -> str:
        """Return where the installation has put the channels."""
        address = reverse("kpum-api-v1:changes", args=["x"])
        self._prefix = address.removesuffix("x/changes")
        return self._prefix


def _unasked(answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Return the answer without asking beforehand whether the database is still there.

    The question would cost half of what the answer does. A connection that was lost shows by itself;
    then it is opened anew, and what was only reading is read again.
    """
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return answer()
    except (OperationalError, InterfaceError):
        if connection.in_atomic_block:
            raise
        connection.close()
        return answer()


def _changes(request: HttpRequest, asked: re.Match[str]) -> Callable[[], HttpResponseBase] | None:
    found = _CHANGES.fullmatch(request.META.get("QUERY_STRING", ""))
    if found is None or feed.wants_lines(request):
        return None
    limit = int(found["limit"]) if found["limit"] else feed.LIMIT
    if not 1 <= limit <= _MOST:
        return None
    return partial(_read_feed, request, asked["channel"], int(found["after"] or 0), limit)


def _read_feed(request: HttpRequest, channel: str, after: int, limit: int) -> HttpResponseBase:
    reading = answers.read_channel(request, channel, Verb.FEED)
    return feed.answer(request, reading, feed.Asked(after, limit))


def _document(request: HttpRequest, asked: re.Match[str]) -> Callable[[], HttpResponseBase] | None:
    found = _DOCUMENT.fullmatch(request.META.get("QUERY_STRING", ""))
    if found is None:
        return None
    return partial(
        one_document, request, asked["channel"], UUID(asked["id"]), found["locale"] or "pl"
    )
