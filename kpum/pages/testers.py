"""What a person may do to one page, as Wagtail's views ask it. Publishing is not among the answers."""

from typing import Any

from django.apps import apps
from wagtail.models import Page, PagePermissionTester

from kpum.core import memo
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Place, rights_over
from kpum.pages.told import is_known_or_above_known

#: Annotation of the explorer's rows: whether anything below the row is public.
PUBLIC_BELOW = "kpum_public_below"


def owner_path_of(page: Any) -> str | None:
    """Return the path of the unit that owns what lies here in the tree; None when nobody does.

    Lists ask it for every row: one query in a request tells where each territory begins. Acts that
    write ask ``queries.place_of`` instead.
    """
    tops = memo.remembered("territories", _territories)
    ends = range(len(page.path), 0, -Page.steplen)
    return next((tops[page.path[:end]] for end in ends if page.path[:end] in tops), None)


def _territories() -> dict[str, str]:
    # The room's models name their tester; the table is asked for by name.
    begun = apps.get_model("kpum_pages", "Stewardship")._default_manager.filter(inherited=False)
    return dict(begun.values_list("page__path", "owner_unit__path"))


class PortalPageTester(PagePermissionTester):
    """Rights from mandates over the page's owning unit; the superuser edits, but decides nothing."""

    def __init__(self, user: Any, page: Any) -> None:
        super().__init__(user, page)
        place = self._place(page)
        self.rights: frozenset[Right] = frozenset()
        if place is not None:
            self.rights = rights_over(org.powers_in_request(user), place)
        if user.is_active and not user.is_superuser:
            self.permissions = {right.value for right in self.rights}

    @staticmethod
    def _place(page: Any) -> Place | None:
        owner_path = owner_path_of(page) if page.pk else None
        return None if owner_path is None else Place(owner_path, page.path)

    def _public_below(self) -> bool:
        if self.page.live:
            return True
        if PUBLIC_BELOW in self.page.__dict__:
            return bool(self.page.__dict__[PUBLIC_BELOW])
        return is_known_or_above_known(self.page)

    def _may(self, right: Right) -> bool:
        return bool(self.user.is_active) and right in self.rights

    def can_publish(self) -> bool:
        """Never: only a finished chain of approvals publishes."""
        return False

    def can_publish_subpage(self) -> bool:
        return False

    def can_set_view_restrictions(self) -> bool:
        """Never: privacy would take a page from the public past the door."""
        return False

    def can_reorder_children(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return self.page.live and not self.page_is_root and self._may(Right.WITHDRAW)

    def can_unschedule(self) -> bool:
        """Never: Wagtail's own dialogue would leave no row in the trail. See ``can_cancel_schedule``."""
        return False

    def can_cancel_schedule(self) -> bool:
        return self.page.approved_schedule and self._may(Right.WITHDRAW)

    def can_confirm(self) -> bool:
        """Return whether the person may say that the public text is still right (I-29)."""
        return self.page.live and self._may(Right.DECIDE)

    def can_take_down(self) -> bool:
        return not self.page_is_root and self._may(Right.TAKE_DOWN)

    def can_rename(self) -> bool:
        if self.page_is_root:
            return False
        return self._may(Right.RESTRUCTURE if self._public_below() else Right.CHANGE)

    def can_submit_for_moderation(self) -> bool:
        return bool(super().can_submit_for_moderation()) and (
            self.user.is_superuser or Right.SUBMIT in self.rights
        )

    def can_delete(self, ignore_bulk: bool = False) -> bool:  # noqa: FBT001, FBT002 - Wagtail's signature
        if self.page_is_root or not self.user.is_active:
            return False
        if self._public_below():
            return self._may(Right.RESTRUCTURE)
        return self._may(Right.CHANGE) and (ignore_bulk or self.page.is_leaf())

    def can_move_to(self, destination: Any) -> bool:
        if not self.can_move() or self.page == destination:
            return False
        if destination.is_descendant_of(self.page):
            return False
        if not self.page.specific.can_move_to(destination):
            return False
        return bool(destination.permissions_for_user(self.user).can_add_subpage())
