"""Keep a copy of a channel with the reference client; ``python -m kpum.client`` does the same without Django."""

from argparse import ArgumentParser, Namespace
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kpum.client.console import Keeper, add_options
from kpum.client.errors import ChannelError

_NOT_PROVEN = 3


class Command(BaseCommand):
    help = "Follow a channel of the API: after each run the copy holds what the channel holds."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            proven = Keeper(Namespace(**options), self.stdout.write).run()
        except ChannelError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            return
        if not proven:
            raise CommandError("The copy is not what the manifest says.", returncode=_NOT_PROVEN)
