"""The nightly job: where public texts lead, and whether anybody is there (M-18)."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from wagtail.models import Site

from kpum.integrations.link_checks.actions import Checked, check_due_addresses
from kpum.integrations.link_checks.asking import Manners
from kpum.integrations.link_checks.enums import AddressState
from kpum.integrations.link_checks.lease import AnotherRun, only_run
from kpum.integrations.link_checks.queries import due_addresses
from kpum.pages.link_gathering import Gathered, gather_links
from kpum.pages.link_queries import dead_links_inside, links_of_live_pages

_ANOTHER_RUN = 3


def _number(text: str) -> int:
    if not text.isdecimal() or not 0 < len(text) <= 9 or int(text) < 1:  # noqa: PLR2004 - as digits go
        raise ArgumentTypeError(f"“{text}” is not a number of addresses")
    return int(text)


class Command(BaseCommand):
    help = "Gather the links of public texts, and check those to addresses outside that are due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--limit", type=_number, help="check this many addresses at the most")
        parser.add_argument("--host", default="", help="check only this host's addresses")
        parser.add_argument(
            "--dry-run", action="store_true", help="only count: write nothing, ask nobody"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = {"host": options["host"].strip(), "limit": options["limit"]}
        if options["dry_run"]:
            self._tell_gathered(gather_links(dry_run=True))
            self.stdout.write(f"{len(due_addresses(**chosen))} known addresses are due")
            return
        try:
            with only_run() as lease:
                self._tell_gathered(gather_links())
                lease.keep()
                manners = Manners.of_settings(_home())
                checked = check_due_addresses(lease=lease, manners=manners, **chosen)
        except AnotherRun as error:
            raise CommandError(str(error), returncode=_ANOTHER_RUN) from None
        self._tell_checked(checked)

    def _tell_gathered(self, gathered: Gathered) -> None:
        self.stdout.write(
            f"{gathered.pages} pages lead to {gathered.addresses} addresses outside"
            f" ({gathered.new} new, {gathered.forgotten} forgotten);"
            f" {gathered.inside} links lead to other pages"
        )

    def _tell_checked(self, checked: Checked) -> None:
        stand = ", ".join(f"{checked.states[state]} {state}" for state in AddressState.values)
        self.stdout.write(f"{checked.asked} asked: {stand}; {checked.changes} changed")
        inside = links_of_live_pages().filter(dead_links_inside()).count()
        self.stdout.write(f"{inside} links lead to pages that are not public")
        if checked.unheard:
            raise CommandError(
                f"No host answered ({checked.unheard} addresses): the network seems to be down."
                " Nothing of it was kept."
            )


def _home() -> str:
    """Return the portal's own address."""
    site = Site.objects.filter(is_default_site=True).first()
    return str(site.root_url) if site else ""
