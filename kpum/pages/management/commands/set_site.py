"""``manage.py set_site``: the portal's host name and port, at the door and in the trail."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Site

from kpum.core.errors import KpumError
from kpum.pages import sites


class Command(BaseCommand):
    """Set a site's host name, port and first page; addresses in the feed follow."""

    help = "Sets a site's host name, port and first page, with a row in the audit trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("hostname", help="the host's name, without a scheme")
        parser.add_argument("--port", type=int, default=443)
        parser.add_argument(
            "--root-page", type=int, help="id of the first page; the default site's unless told"
        )
        parser.add_argument("--name", default="", help="what the admin calls the site")
        parser.add_argument(
            "--extra", action="store_true", help="a further site; the default one stays"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        root_page_id = options["root_page"]
        if root_page_id is None:
            default = Site.objects.filter(is_default_site=True).first()
            if default is None:
                raise CommandError("There is no default site: name its first page (--root-page).")
            root_page_id = default.root_page_id
        try:
            site = sites.set_site(
                hostname=options["hostname"],
                port=options["port"],
                root_page_id=root_page_id,
                name=options["name"],
                is_default=not options["extra"],
            )
        except KpumError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{site}: {site.root_url}")
