"""Wagtail's own command, with our pages taken through the door first."""

from typing import Any

from django.apps import apps
from wagtail.management.commands import publish_scheduled
from wagtail.models import AbstractPage, DraftStateMixin, Page, Revision

from kpum.core import clock
from kpum.pages import actions
from kpum.pages.models import PortalPage


class Command(publish_scheduled.Command):
    """Publish what is due, withdraw what has expired; a host's other pages as Wagtail does."""

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dryrun"]:
            super().handle(*args, **options)
            return
        published, expired = actions.publish_due()
        self.stdout.write(f"{published} published, {expired} expired")
        _keep_the_hosts_schedule()


def _keep_the_hosts_schedule() -> None:
    """Do as the stock command, but leave alone what of ours could not pass the door."""
    now = clock.now()
    for model in apps.get_models():
        if issubclass(model, DraftStateMixin) and (
            model is Page or not issubclass(model, AbstractPage)
        ):
            for found in list(model._default_manager.filter(live=True, expire_at__lte=now)):
                if not isinstance(found, Page) or not issubclass(found.specific_class, PortalPage):
                    found.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    due = Revision.objects.filter(approved_go_live_at__lte=now).select_related("content_type")
    for revision in list(due.order_by("approved_go_live_at")):
        if not issubclass(revision.content_type.model_class(), PortalPage):
            revision.publish(log_action="wagtail.publish.scheduled")
