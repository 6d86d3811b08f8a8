"""A save that cannot be accepted any more gives the text back: it is never lost with the right to save.

A mandate ends at its second, also for somebody in the middle of a sentence; so does a session.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from wagtail.models import Page

from kpum.core import clock
from kpum.org.enums import Right, Role
from kpum.org.models import Mandate
from kpum.org.queries import holders
from kpum.pages.models import PortalPage
from kpum.pages.queries import place_of

#: The admin's views that take a page's text, and the parameter that names the page.
_SAVING = {
    "wagtailadmin_pages:edit": "page_id",
    "wagtailadmin_pages:revisions_revert": "page_id",
    "wagtailadmin_pages:add": "parent_page_id",
}
#: What the browser sends besides what was typed.
_MACHINERY = re.compile(
    r"^(csrfmiddlewaretoken|next|comment_notifications|comments-.*|(loaded|overwrite)_revision.*"
    r"|action-.*|workflow-.*|kpum-.*)$"
    r"|-(count|type|order|deleted|id|ORDER|DELETE|(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS)$"
)


class Typed(NamedTuple):
    """One field as its author left it."""

    label: str
    text: str


def refusal_for(request: HttpRequest, match: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
    """Return the answer that gives the text back, or None when the save may go on.

    It tells nothing about the page that its author did not type himself.
    """
    key = _SAVING.get(match.view_name)
    if request.method != "POST" or key is None:
        return None
    user: Any = request.user
    if not user.is_authenticated:
        return _given_back(request, _("Your session has ended. Log in again."), PortalPage)
    page = Page.objects.filter(pk=kwargs[key]).first()
    model = page.specific_class if page else None
    if page is None or model is None or not issubclass(model, PortalPage):
        return None
    rights = page.specific.permissions_for_user(user)
    allowed = rights.can_add_subpage() if key == "parent_page_id" else rights.can_edit()
    return None if allowed else _given_back(request, _reason(user, page), model)


def _given_back(request: HttpRequest, reason: str, model: Any) -> HttpResponse:
    if not request.accepts("text/html"):
        answer = {"success": False, "error_code": "locked", "error_message": reason}
        return JsonResponse(answer, status=400)
    context = {"reason": reason, "typed": list(typed_in(request.POST, model))}
    return render(request, "kpum/pages/not_saved.html", context, status=403)


def _reason(user: Any, page: Any) -> str:
    """Return why the save is refused and what to do; the person's own mandates are no secret to him."""
    place = place_of(page)
    ended = (
        Mandate.objects.filter(user=user, valid_to__lte=clock.now())
        .select_related("unit", "branch")
        .order_by("-valid_to")
        .first()
    )
    if ended is None or Right.CHANGE not in Role(ended.role).rights:
        return _("You have no mandate to change this page.")
    heads = holders(Role.UNIT_HEAD, place=place) if place and ended.unit_id else ()
    reason = _("Your mandate (%(mandate)s) has ended, so nothing was saved.") % {
        "mandate": f"{Role(ended.role).label}, {ended.reach}" if ended.reach else ended.role
    }
    if names := ", ".join(str(person) for person in heads):
        reason += " " + _("Whoever appoints in the unit can renew it: %(people)s.") % {
            "people": names
        }
    return reason


def typed_in(data: Mapping[str, Any], model: Any) -> Iterator[Typed]:
    """Yield what a person typed, field by field, with rich text as plain lines."""
    labels = {field.name: field for field in model._meta.get_fields()}
    for name in data:
        text = _plain(str(data[name])).strip()
        if not text or _MACHINERY.search(name):
            continue
        field = labels.get(name.split("-")[0])
        yield Typed(str(getattr(field, "verbose_name", "") or name), text)


def _plain(value: str) -> str:
    """Return the lines of a rich text as its editor sends it; anything else as it is."""
    if not value.startswith("{"):
        return value
    try:
        blocks = json.loads(value)["blocks"]
        return "\n".join(str(block["text"]) for block in blocks)
    except (ValueError, KeyError, TypeError):
        return value
