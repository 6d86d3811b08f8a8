"""The admin's own buttons end at the door: withdraw, move and delete are routed, the rest is shut."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, OuterRef, ProtectedError, Q, Value, When
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.pages.utils import type_to_delete_confirmation
from wagtail.models import Page

from kpum.core.errors import KpumError
from kpum.pages import actions
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from kpum.pages.forms import WithdrawalForm
from kpum.pages.models import PortalPage
from kpum.pages.policies import explorable_by
from kpum.pages.testers import PUBLIC_BELOW

#: Bulk actions that would change what is public; each page is decided on by itself.
_ONE_BY_ONE = {"publish", "unpublish", "move", "delete"}


def _ours(page: Page) -> bool:
    return isinstance(page.specific, PortalPage)


@hooks.register("before_unpublish_page")
def withdraw_instead(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Withdraw with a reason, which the citizen and the mirrors are told."""
    if not _ours(page):
        return None
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the page is withdrawn: citizens read it."))
        return redirect("wagtailadmin_pages:unpublish", page.pk)
    try:
        actions.withdraw(
            page_id=page.pk,
            reason=WithdrawalReason(form.cleaned_data["reason"]),
            explanation=form.cleaned_data["explanation"],
            authority=Authority.of_mandate(),
            actor=request.user,
        )
    except KpumError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(title)s” has been withdrawn.") % {"title": page.title})
    return redirect("wagtailadmin_explore", page.get_parent().pk)


@hooks.register("before_move_page")
def move_through_the_door(
    request: HttpRequest, page: Page, destination: Page
) -> HttpResponse | None:
    """Move a page with everything below it; owners, addresses and mirrors follow."""
    if not _ours(page):
        return None
    # Wagtail's confirmation asks nobody's permission before it shows the page's title.
    if not page.permissions_for_user(request.user).can_move_to(destination):
        raise PermissionDenied
    if request.method != "POST":
        return None
    try:
        actions.move(
            page_id=page.pk,
            target_id=destination.pk,
            authority=Authority.of_mandate(),
            actor=request.user,
        )
    except KpumError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(title)s” has been moved.") % {"title": page.title})
    return redirect("wagtailadmin_explore", destination.pk)


@hooks.register("before_delete_page")
def delete_through_the_door(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Delete a page with everything below it; each mirror is told."""
    if request.method != "POST" or not _ours(page):
        return None
    if not type_to_delete_confirmation(request):
        return None
    parent_id = page.get_parent().pk
    try:
        actions.delete(page_id=page.pk, authority=Authority.of_mandate(), actor=request.user)
    except KpumError as error:
        messages.error(request, str(error))
    except ProtectedError:
        messages.error(request, _("“%(title)s” is used elsewhere.") % {"title": page.title})
    else:
        messages.success(request, _("“%(title)s” has been deleted.") % {"title": page.title})
    return redirect("wagtailadmin_explore", parent_id)


@hooks.register("before_bulk_action")
def one_page_at_a_time(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Refuse to change many public pages with one click."""
    concerned = [item for item in objects if isinstance(item, Page) and _ours(item)]
    if action_type not in _ONE_BY_ONE or not concerned:
        return None
    messages.error(request, _("Portal pages are published, moved and deleted one by one."))
    return redirect(action.next_url)


@hooks.register("construct_page_chooser_queryset")
def choose_what_is_public_or_ones_own(pages: Any, request: HttpRequest) -> Any:
    """Offer public pages, and of drafts only those the person may see."""
    if request.user.is_superuser:
        return pages
    own = explorable_by(request.user)
    return pages.filter(Q(live=True) | Q(pk__in=own.order_by().values("pk")))


@hooks.register("construct_reports_menu")
def offer_reports_within_reach(request: HttpRequest, menu_items: list[Any]) -> None:
    """The report of page types speaks of the whole portal: units' people do not see it."""
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if item.name != "page-types-usage"]


@hooks.register("construct_explorer_page_queryset")
def bring_what_the_rows_are_asked(parent: Page, pages: Any, _request: HttpRequest) -> Any:
    """Bring with each row whether anything public is below it: no query per row."""
    # A range can use the index of paths; LIKE with another row's path reads the whole table.
    last = Concat(OuterRef("path"), Value("Z" * Page.steplen))
    below = Page.objects.filter(path__gt=OuterRef("path"), path__lt=last, live=True).order_by()
    in_question = When(live=False, numchild__gt=0, then=Exists(below))
    return pages.annotate(**{PUBLIC_BELOW: Case(in_question, default=Value(value=False))})
