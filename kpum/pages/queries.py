"""Reads over all page types at once."""

from typing import Any

from django.db.models import Q, QuerySet
from wagtail.models import Page, Revision, get_page_models

from kpum.core import clock
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.models import Unit
from kpum.org.powers import Place, Reach
from kpum.pages.channel_rules import kept_rules
from kpum.pages.enums import Channel
from kpum.pages.models import PortalPage, Stewardship
from kpum.pages.told import OURS, TOLD, is_known_or_above_known


def place_of(page: Any) -> Place | None:
    """Return where the page lies: its owning unit's path and its own; None when it is nobody's."""
    paths = (
        Stewardship.objects.filter(page=page.pk)
        .values_list("owner_unit__path", "page__path")
        .first()
    )
    return Place(*paths) if paths else None


def owned_in(reach: Reach, *, unit: str = "owner_unit", page_path: str = "page__path") -> Q:
    """Return the condition for what belongs to pages within the reach.

    Args:
        reach: what somebody's powers cover.
        unit: where the queried model names the owning unit; as a stewardship does.
        page_path: where it names the page's path.
    """
    if reach.whole_portal:
        return Q()
    units = Unit.objects.filter(org.units_in_reach(reach)).order_by()
    within = Q(**{f"{unit}__in": units.values("pk")})
    for path in reach.branch_paths:
        within |= Q(**{f"{page_path}__startswith": path})
    return within


def portal_page_models() -> list[type[PortalPage]]:
    """Return every concrete page type of ours that is installed."""
    return [model for model in get_page_models() if issubclass(model, PortalPage)]


def public_pages(channel: str = Channel.PUBLIC) -> QuerySet[Page]:
    """Return the pages in the channel: live, unrestricted, wanted and allowed. One indexed join."""
    rule = kept_rules().get(channel)
    wanted = Page.objects.live().public().filter(placements__channel=channel)
    return wanted.filter(rule.pages()) if rule else wanted.none()


def alias_ids(page: Any) -> list[int]:
    """Return the ids of the page's aliases."""
    return list(page.aliases.order_by("pk").values_list("pk", flat=True))


def due_revision_ids() -> list[int]:
    """Return scheduled revisions of our pages whose time has come, in the order of their time."""
    owned = {str(pk) for pk in Stewardship.objects.values_list("page_id", flat=True)}
    due = Revision.objects.page_revisions().filter(approved_go_live_at__lte=clock.now())
    rows = due.order_by("approved_go_live_at", "pk").values_list("pk", "object_id")
    return [pk for pk, object_id in rows if object_id in owned]


def expired_page_ids() -> list[int]:
    """Return our public pages whose approved end has come."""
    expired = Page.objects.live().filter(expire_at__lte=clock.now(), stewardship__isnull=False)
    return list(expired.order_by("pk").values_list("pk", flat=True))


def public_children(page: Page) -> QuerySet[Page]:
    """Return the public pages right below, in the tree's order."""
    return page.get_children().live().public()


def holds_public_of_ours(page: Page) -> bool:
    """Return whether the page is, or lies above, a page of the portal that the public knows."""
    return Page.objects.filter(TOLD, OURS, path__startswith=page.path).exists()


def portal_is_public() -> bool:
    """Return whether the public knows any page of the portal yet."""
    return Page.objects.filter(TOLD, OURS).exists()


def versions_of(page: Page) -> list[Any]:
    """Return the page in every language, with all aliases of these, in the tree's order."""
    found = set(
        Page.objects.filter(translation_key=page.translation_key).values_list("pk", flat=True)
    )
    fresh = found
    while fresh:
        aliases = Page.objects.filter(alias_of__in=fresh).values_list("pk", flat=True)
        fresh = set(aliases) - found
        found |= fresh
    locked = Page.objects.select_for_update().filter(pk__in=found).order_by("path")
    return [row.specific for row in locked]


def scheduled_revision(page: Page) -> Revision | None:
    """Return the revision of the page that waits for its time, if any."""
    waiting = Revision.objects.page_revisions().filter(
        object_id=str(page.pk), approved_go_live_at__isnull=False
    )
    found: Revision | None = waiting.order_by("approved_go_live_at").first()
    return found


def right_to_restructure(page: Page) -> Right:
    """Return the right that moving or deleting the page takes: more when the public would notice."""
    return Right.RESTRUCTURE if is_known_or_above_known(page) else Right.CHANGE


def pages_on_the_way(top: Page, slugs: list[str]) -> list[Any]:
    """Return the pages below ``top`` that the slugs lead through, each with its parent at hand.

    One query whatever the depth; the list ends with the deepest page that exists.
    """
    addresses = []
    address = top.url_path
    for slug in slugs:
        address = f"{address}{slug}/"
        addresses.append(address)
    found = Page.objects.filter(url_path__in=addresses, path__startswith=top.path).order_by("depth")
    chain: list[Any] = []
    parent: Any = top
    for page in found:
        if page.depth != parent.depth + 1:
            break
        page._cached_parent_obj = parent  # noqa: SLF001 - as Wagtail's own routing leaves it
        chain.append(page)
        parent = page
    return chain
