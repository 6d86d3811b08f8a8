"""The guard: whatever way in Wagtail a change came, it may not change what the public sees."""

from typing import Any

from django.apps import apps
from django.db.models import Q
from django.db.models.query import QuerySet
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.utils.translation import gettext as _
from wagtail.models import (
    AbstractPage,
    Locale,
    Page,
    PageViewRestriction,
    Revision,
    Site,
    TaskState,
    WorkflowState,
)
from wagtail.signals import page_slug_changed, post_page_move, pre_page_move

from kpum.outbox.registry import subscribe
from kpum.pages import door, notifications, queries, review_letters, stewards
from kpum.pages.channel_models import PublicationChannel
from kpum.pages.errors import DoorClosed
from kpum.pages.models import PortalPage, Withdrawal
from kpum.pages.told import OURS, TOLD

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
    if fields is not None and set(fields) <= _PRIVATE_FIELDS:
        return
    stored = _stored(instance)
    if _is_ours(instance):
        _guard_text(instance, stored)
    elif instance.live and _lies_below_ours(instance):
        raise DoorClosed(_("Below a page of the portal only pages of the portal become public."))
    _guard_address(instance, stored)


def _stored(page: Any) -> Any:
    return Page.objects.filter(pk=page.pk).first() if page.pk else None


def _guard_text(page: Any, stored: Any) -> None:
    if page.live or (stored is not None and stored.live):
        raise DoorClosed(
            _("“%(title)s” is or would be public: it changes only by approval.")
            % {"title": page.title}
        )


def _guard_address(page: Any, stored: Any) -> None:
    """A draft's address is its own affair, unless the public knows it or something below it."""
    if stored is None or (stored.slug, stored.url_path) == (page.slug, page.url_path):
        return
    if queries.holds_public_of_ours(stored):
        raise DoorClosed(
            _("The public knows the address of “%(title)s” or of a page below it.")
            % {"title": page.title}
        )


def _lies_below_ours(page: Any) -> bool:
    paths = [page.path[:end] for end in range(Page.steplen, len(page.path), Page.steplen)]
    return Page.objects.filter(OURS, path__in=paths).exists()


def guard_channel(sender: Any, instance: Any = None, **kwargs: Any) -> None:
    """Refuse to change or delete a channel's rules outside the act that makes what they concern follow."""
    looking = kwargs.get("action", "").startswith("post_")
    if not (kwargs.get("raw") or looking or door.is_open()):
        raise DoorClosed(_("The rules of a channel are changed by the chief editor."))


def guard_page_delete(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Refuse to delete outside the door what the public knows."""
    if door.is_open() or not isinstance(instance, AbstractPage) or not _is_ours(instance):
        return
    if Page.objects.filter(TOLD, pk=instance.pk).exists():
        raise DoorClosed(_("“%(title)s” is public: withdraw it first.") % {"title": instance.title})


def guard_page_move(sender: Any, instance: Any, **_kwargs: Any) -> None:
    """Refuse to move a page, ours or not, that holds what the public knows."""
    if not door.is_open() and queries.holds_public_of_ours(instance):
        raise DoorClosed(
            _("“%(title)s” is public, or holds public pages of the portal: it moves at the door.")
            % {"title": instance.title}
        )


def guard_privacy(sender: Any, instance: PageViewRestriction, **_kwargs: Any) -> None:
    """Refuse to hide public pages by a privacy setting: withdrawing says why, privacy does not."""
    if door.is_open():
        return
    if _is_ours(instance.page) or queries.holds_public_of_ours(instance.page):
        raise DoorClosed(_("Privacy settings are switched off: withdraw the page instead."))


def guard_revision(sender: Any, instance: Revision, **kwargs: Any) -> None:
    """Refuse to rewrite or to schedule a text that people decide on, have decided on, or read."""
    if kwargs.get("raw") or door.is_open() or instance._state.adding:
        return
    stored = Revision.objects.filter(pk=instance.pk).first()
    if stored is None or not _is_text_of_ours(stored):
        return
    if stored.approved_go_live_at != instance.approved_go_live_at:
        raise DoorClosed(_("A time of publication is set and taken back at the door."))
    if stored.content != instance.content and _is_relied_on(stored):
        raise DoorClosed(_("This text is being decided on, or was: save a new one instead."))


def _is_text_of_ours(revision: Revision) -> bool:
    model = revision.content_type.model_class()
    return model is not None and issubclass(model, PortalPage)


def _is_relied_on(revision: Revision) -> bool:
    """Return whether the text waits, is public, stays readable, or is under review or approved."""
    if revision.approved_go_live_at or Withdrawal.objects.filter(revision=revision.pk).exists():
        return True
    if Page.objects.filter(live_revision=revision.pk).exists():
        return True
    decided = Q(status=TaskState.STATUS_APPROVED) | Q(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
    )
    return TaskState.objects.filter(decided, revision=revision.pk).exists()


def guard_sites(sender: Any, **kwargs: Any) -> None:
    """Refuse to change or delete a site outside the door: every address depends on it."""
    if not kwargs.get("raw") and not door.is_open() and queries.portal_is_public():
        raise DoorClosed(_("Sites are changed by an operator: manage.py set_site."))


def guard_locales(sender: Any, instance: Locale, **kwargs: Any) -> None:
    """Refuse to give the public's pages another language outside the door."""
    if kwargs.get("raw") or door.is_open() or not instance.pk:
        return
    stored = Locale.objects.filter(pk=instance.pk).exclude(language_code=instance.language_code)
    if stored.exists() and Page.objects.filter(TOLD, OURS, locale=instance.pk).exists():
        raise DoorClosed(_("Public pages are written in this language: it stays as it is."))


def guard_redirects(sender: Any, **kwargs: Any) -> None:
    """Refuse redirects by hand: moving, renaming and withdrawing make them."""
    if not kwargs.get("raw") and not door.is_open() and queries.portal_is_public():
        raise DoorClosed(
            _("Redirects are not made by hand: move, rename or withdraw the page instead.")
        )


def guard_redirects_removed(sender: Any, instance: Any, origin: Any = None, **kwargs: Any) -> None:
    """Refuse to delete a redirect, unless with its page or to make way for a newer one."""
    if getattr(origin, "model", type(origin)) is not sender:
        return
    if not (isinstance(origin, QuerySet) and instance.automatically_created):
        guard_redirects(sender, **kwargs)


def forget_addresses_nobody_knew(sender: Any, instance: Page, **_kwargs: Any) -> None:
    """Remove the redirects that Wagtail makes for drafts: they would tell what is being prepared."""
    drafts = Page.objects.filter(path__startswith=instance.path).exclude(TOLD)
    redirects = apps.get_model("wagtailredirects", "Redirect")._default_manager
    redirects.filter(automatically_created=True, redirect_page__in=drafts).delete()


def _follow_wagtails_redirects() -> None:
    """Run after Wagtail's own receivers, which it connects later: a second connection is none."""
    from wagtail.contrib.redirects import signal_handlers as stock

    page_slug_changed.connect(stock.autocreate_redirects_on_slug_change)
    post_page_move.connect(stock.autocreate_redirects_on_page_move)
    for signal in (page_slug_changed, post_page_move):
        signal.connect(forget_addresses_nobody_knew, dispatch_uid="kpum-forget-addresses")


def settle_new_page(sender: Any, instance: Any, created: bool, **kwargs: Any) -> None:  # noqa: FBT001
    """Give every new page its owning unit (K-02)."""
    if created and not kwargs.get("raw") and isinstance(instance, PortalPage):
        stewards.settle(instance)


def connect() -> None:
    """Connect the guard to every model: senders are page types that hosts may add."""
    pre_save.connect(guard_page_save, dispatch_uid="kpum-guard-save")
    pre_delete.connect(guard_page_delete, dispatch_uid="kpum-guard-delete")
    pre_page_move.connect(guard_page_move, dispatch_uid="kpum-guard-move")
    for signal in (pre_save, pre_delete):
        signal.connect(guard_privacy, sender=PageViewRestriction, dispatch_uid="kpum-guard-privacy")
        signal.connect(guard_sites, sender=Site, dispatch_uid="kpum-guard-sites")
        signal.connect(guard_channel, sender=PublicationChannel, dispatch_uid="kpum-guard-channel")
    m2m_changed.connect(
        guard_channel,
        sender=PublicationChannel.accepted_units.through,
        dispatch_uid="kpum-guard-channel-units",
    )
    pre_save.connect(guard_locales, sender=Locale, dispatch_uid="kpum-guard-locales")
    pre_save.connect(guard_revision, sender=Revision, dispatch_uid="kpum-guard-revision")
    post_save.connect(settle_new_page, dispatch_uid="kpum-settle-new-page")
    if apps.is_installed("wagtail.contrib.redirects"):
        redirect = apps.get_model("wagtailredirects", "Redirect")
        pre_save.connect(guard_redirects, sender=redirect, dispatch_uid="kpum-guard-redirects")
        pre_delete.connect(
            guard_redirects_removed, sender=redirect, dispatch_uid="kpum-guard-redirects"
        )
        _follow_wagtails_redirects()
    subscribe("page.taken_down", notifications.tell_the_unit)
    subscribe("review.reminded", review_letters.remind_of_checks)
