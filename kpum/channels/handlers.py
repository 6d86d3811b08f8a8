"""The read model follows the door, the units and the sites."""

from typing import Any

from django.db.models.signals import post_save
from wagtail.models import Site

from kpum.channels.actions import mark_subtree, read_model
from kpum.channels.hand_over import notes_on
from kpum.channels.leaving import follow_channel_rules, mark_limited_channels
from kpum.org.registry import register_unit_projector
from kpum.outbox.registry import subscribe
from kpum.pages.registry import (
    register_channel_follower,
    register_projector,
    register_record_source,
)


def on_site_saved(sender: Any, instance: Site, **kwargs: Any) -> None:
    """A site's new host name or port changes every address below it."""
    if not kwargs.get("raw"):
        mark_subtree(instance.root_page_id)


def connect() -> None:
    """Register the read model."""
    register_projector(read_model)
    register_record_source(notes_on)
    register_channel_follower(follow_channel_rules)
    subscribe("unit.moved", mark_limited_channels)
    register_unit_projector(read_model.unit_changed)
    post_save.connect(on_site_saved, sender=Site, dispatch_uid="kpum-site-saved")
