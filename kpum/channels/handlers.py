"""The read model follows the door, the units and the sites."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, Site

from kpum.channels.actions import ALL_UNITS, mark_subtree, read_model
from kpum.channels.hand_over import notes_on
from kpum.channels.leaving import follow_channel_rules, mark_limited_channels
from kpum.org.registry import register_unit_projector
from kpum.outbox.registry import subscribe
from kpum.pages.registry import (
    register_channel_follower,
    register_projector,
    register_record_source,
)
from kpum.portal.models import UnitDirectoryPage


def on_site_changed(sender: Any, instance: Site, **kwargs: Any) -> None:
    """A site's new host name or port, or its end, changes every address below it, in each language."""
    if kwargs.get("raw"):
        return
    key = Page.objects.filter(pk=instance.root_page_id).values("translation_key")
    for page_id in Page.objects.filter(translation_key__in=key).values_list("pk", flat=True):
        mark_subtree(page_id)


def on_directory_deleted(sender: Any, **_kwargs: Any) -> None:
    """Units lose their public addresses with the directory."""
    mark_subtree(ALL_UNITS)


def connect() -> None:
    """Register the read model."""
    register_projector(read_model)
    register_record_source(notes_on)
    register_channel_follower(follow_channel_rules)
    subscribe("unit.moved", mark_limited_channels)
    register_unit_projector(read_model.unit_changed)
    post_save.connect(on_site_changed, sender=Site, dispatch_uid="kpum-site-saved")
    post_delete.connect(on_site_changed, sender=Site, dispatch_uid="kpum-site-deleted")
    post_delete.connect(
        on_directory_deleted, sender=UnitDirectoryPage, dispatch_uid="kpum-directory-deleted"
    )
