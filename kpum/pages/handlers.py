"""The guard: whatever way in Wagtail a change came, it may not change what the public sees."""

from typing import Any

from django.db.models.signals import post_save, pre_delete, pre_save
from django.utils.translation import gettext as _
from wagtail.models import AbstractPage, Page, PageViewRestriction

from kpum.pages import door, stewards
from kpum.pages.errors import DoorClosed
from kpum.pages.models import PortalPage

#: Columns that stock Wagtail writes to a live page without changing what a citizen sees.
_PRIVATE_FIELDS = frozenset(
    {
        "latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes",
        "wagtail_admin_comments", "locked", "locked_at", "locked_by", "owner", "go_live_at",
    }
)  # fmt: skip


def _is_ours(page: Any) -> bool:
    specific = page.specific_class
    return specific is not None and issubclass(specific, PortalPage)


def guard_page_save(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Refuse a save that publishes, withdraws, renames or rewrites a public page outside the door."""
    if kwargs.get("raw") or door.is_open() or not isinstance(instance, AbstractPage):
        return
    fields = kwargs.get("update_fields")
    if (fields is not None and set(fields) <= _PRIVATE_FIELDS) or not _is_ours(instance):
        return
    was_live = Page.objects.filter(pk=instance.pk, live=True).exists() if instance.pk else False
    if instance.live or was_live:
        raise DoorClosed(
            _("“%(title)s” is or would be public: it changes only by approval.")
            % {"title": instance.title}
        )


def guard_page_delete(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Refuse to delete a public page outside the door."""
    if door.is_open() or not isinstance(instance, AbstractPage) or not _is_ours(instance):
        return
    if Page.objects.filter(pk=instance.pk, live=True).exists():
        raise DoorClosed(_("“%(title)s” is public: withdraw it first.") % {"title": instance.title})


def guard_privacy(sender: Any, instance: PageViewRestriction, **_kwargs: Any) -> None:
    """Refuse to hide public pages by a privacy setting: withdrawing says why, privacy does not."""
    if not door.is_open() and _is_ours(instance.page):
        raise DoorClosed(_("Privacy settings are switched off: withdraw the page instead."))


def settle_new_page(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:  # noqa: FBT001
    """Give every new page its owning unit (K-02)."""
    if created and not kwargs.get("raw") and isinstance(instance, PortalPage):
        stewards.settle(instance)


def connect() -> None:
    """Connect the guard to every model: senders are page types that hosts may add."""
    pre_save.connect(guard_page_save, dispatch_uid="kpum-guard-save")
    pre_delete.connect(guard_page_delete, dispatch_uid="kpum-guard-delete")
    pre_save.connect(guard_privacy, sender=PageViewRestriction, dispatch_uid="kpum-guard-privacy")
    post_save.connect(settle_new_page, dispatch_uid="kpum-settle-new-page")
