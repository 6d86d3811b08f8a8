"""The admin's own buttons end at the door: withdraw, move and delete are routed, the rest is shut."""

from collections.abc import Iterator
from typing import Any, cast

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Exists, OuterRef, ProtectedError, Q, Value, When
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.pages.utils import type_to_delete_confirmation
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from kpum.core.errors import KpumError
from kpum.pages import actions, queries, views
from kpum.pages.authority import Authority
from kpum.pages.channel_screens import ChannelViewSet
from kpum.pages.links import PublicPageLinkHandler
from kpum.pages.models import PortalPage
from kpum.pages.policies import explorable_by
from kpum.pages.testers import PUBLIC_BELOW, PortalPageTester
from kpum.pages.told import TOLD

_ACTS = (
    ("kpum_confirm", gettext_lazy("Confirm that it is right"), "check", "can_confirm"),
    ("kpum_take_down", gettext_lazy("Take down"), "warning", "can_take_down"),
    ("kpum_rename", gettext_lazy("Change address"), "link", "can_rename"),
    ("kpum_cancel_schedule", gettext_lazy("Cancel schedule"), "calendar", "can_cancel_schedule"),
)
#: Bulk actions that would change what is public; each page is decided on by itself.
_ONE_BY_ONE = {"publish", "unpublish", "move", "delete"}

_AFTER_STOCK = 100
_CHOOSER_SEARCH = "wagtailadmin_choose_page_search"


def _ours(page: Page) -> bool:
    return isinstance(page.specific, PortalPage)


@hooks.register("before_unpublish_page")
def withdraw_instead(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Withdraw with a reason, which the citizen and the mirrors are told."""
    if not _ours(page):
        with_below = request.POST.get("include_descendants")
        return _refuse_above_ours(request, page) if with_below else None
    return views.withdraw(request, page.specific)


@hooks.register("before_move_page")
def move_through_the_door(
    request: HttpRequest, page: Page, destination: Page
) -> HttpResponse | None:
    """Move a page with everything below it; owners, addresses and mirrors follow."""
    if not _ours(page):
        return _refuse_above_ours(request, page)
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
    if request.method != "POST":
        return None
    if not _ours(page):
        return _refuse_above_ours(request, page)
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


@hooks.register("before_copy_page")
def copy_through_the_door(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Copy as a draft; of a page that is not ours, never with pages of the portal below it."""
    if request.method != "POST":
        return None
    if _ours(page):
        return views.copy(request, page.specific)
    return _refuse_above_ours(request, page) if request.POST.get("copy_subpages") else None


@hooks.register("before_create_page")
def create_as_a_draft(request: HttpRequest, parent: Page, page_class: type[Page]) -> None:
    """Save a new page as a draft also where its parent is not ours and would let it be published."""
    if issubclass(page_class, PortalPage) and "action-publish" in request.POST:
        answers = request.POST.copy()
        del answers["action-publish"]
        request.POST = cast("Any", answers)


@hooks.register("construct_page_action_menu")
def offer_no_publishing(menu_items: list[Any], request: HttpRequest, context: Any) -> None:
    """Take “Publish” from the dialogue of a new page of ours, whatever its parent would allow."""
    match = request.resolver_match
    if context["view"] != "create" or match is None:
        return
    model = apps.get_model(
        match.kwargs["content_type_app_name"], match.kwargs["content_type_model_name"]
    )
    if issubclass(model, PortalPage):
        menu_items[:] = [item for item in menu_items if item.name != "action-publish"]


@hooks.register("register_page_header_buttons")
@hooks.register("register_page_listing_more_buttons")
def offer_the_doors_acts(
    page: Page, user: Any, next_url: str | None = None, **_kwargs: Any
) -> Iterator[Button]:
    """Offer what only the door can do to those who may."""
    tester = page.permissions_for_user(user)
    if not isinstance(tester, PortalPageTester):
        return
    for order, (name, label, icon, may) in enumerate(_ACTS):
        if getattr(tester, may)():
            yield Button(
                label,
                url=reverse(name, args=[page.pk]),
                icon_name=icon,
                priority=61 + order,
            )


@hooks.register("register_admin_viewset")
def register_channels() -> ChannelViewSet:
    """Give the admin the screens of the channels."""
    return ChannelViewSet()


@hooks.register("register_admin_urls")
def serve_the_doors_dialogues() -> list[URLPattern]:
    """Serve the dialogues of the acts that Wagtail has none for."""
    return [
        path("portal/pages/<int:page_id>/confirm/", views.Confirm.as_view(), name="kpum_confirm"),
        path(
            "portal/pages/<int:page_id>/take-down/", views.TakeDown.as_view(), name="kpum_take_down"
        ),
        path(
            "portal/pages/<int:page_id>/address/", views.ChangeAddress.as_view(), name="kpum_rename"
        ),
        path(
            "portal/pages/<int:page_id>/cancel-schedule/",
            views.CancelSchedule.as_view(),
            name="kpum_cancel_schedule",
        ),
    ]


def _refuse_above_ours(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Refuse what would take pages of the portal along with a page that is not ours."""
    if not queries.holds_public_of_ours(page):
        return None
    messages.error(request, _("Below this page lie public pages of the portal: it stays as it is."))
    return redirect("wagtailadmin_explore", page.pk)


@hooks.register("before_bulk_action")
def one_page_at_a_time(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Refuse to change many public pages with one click."""
    concerned = [
        item
        for item in objects
        if isinstance(item, Page) and (_ours(item) or queries.holds_public_of_ours(item))
    ]
    if action_type not in _ONE_BY_ONE or not concerned:
        return None
    messages.error(request, _("Portal pages are published, moved and deleted one by one."))
    return redirect(action.next_url)


@hooks.register("construct_page_chooser_queryset")
def choose_what_is_public_or_ones_own(pages: Any, request: HttpRequest) -> Any:
    """Offer public pages, and of drafts only those the person may see."""
    if request.user.is_superuser:
        return pages
    own = explorable_by(request.user).order_by()
    if request.resolver_match and request.resolver_match.url_name == _CHOOSER_SEARCH:
        return pages.filter(Q(live=True) | Q(pk__in=own.values("pk")))
    # Asked of the few drafts of a listing alone; Wagtail's search does not understand it.
    return pages.filter(Q(live=True) | Q(Exists(own.filter(pk=OuterRef("pk")))))


@hooks.register("construct_reports_menu")
def offer_reports_within_reach(request: HttpRequest, menu_items: list[Any]) -> None:
    """The report of page types speaks of the whole portal: units' people do not see it."""
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if item.name != "page-types-usage"]


@hooks.register("construct_explorer_page_queryset")
def bring_what_the_rows_are_asked(parent: Page, pages: Any, _request: HttpRequest) -> Any:
    """Bring with each row whether the public knows it or anything below: no query per row."""
    # A range can use the index of paths; LIKE with another row's path reads the whole table.
    last = Concat(OuterRef("path"), Value("Z" * Page.steplen))
    below = Page.objects.filter(TOLD, path__gt=OuterRef("path"), path__lt=last).order_by()
    known = Case(
        When(TOLD, then=Value(value=True)),
        When(numchild__gt=0, then=Exists(below)),
        default=Value(value=False),
    )
    return pages.annotate(**{PUBLIC_BELOW: known})


@hooks.register("register_rich_text_features", order=_AFTER_STOCK)
def lead_to_public_pages_only(features: Any) -> None:
    """Link to what is public."""
    features.register_link_type(PublicPageLinkHandler)
