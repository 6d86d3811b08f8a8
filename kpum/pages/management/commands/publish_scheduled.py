"""Wagtail's own command, with our pages taken through the door first."""

from typing import Any

from wagtail.management.commands import publish_scheduled

from kpum.pages import actions


class Command(publish_scheduled.Command):
    """Publish what is due, withdraw what has expired; a host's other pages as Wagtail does."""

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dryrun"]:
            published, expired = actions.publish_due()
            self.stdout.write(f"{published} published, {expired} expired")
            return
        super().handle(*args, **options)
