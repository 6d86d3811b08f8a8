"""A key for a client from the operator's shell: printed once, stored as a hash."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from kpum.core.errors import KpumError
from kpum.integrations import clients
from kpum.integrations.enums import InterfaceState, Verb
from kpum.integrations.models import ApiClient

_SYSTEM = "manage.py issue_key"


class Command(BaseCommand):
    help = "Issue a key for a client of a live interface, and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client", help="the client's code in the interface register")
        parser.add_argument(
            "--channel", action="append", default=[], help="a channel's code; all of the interface"
        )
        parser.add_argument(
            "--verb", action="append", default=[], choices=Verb.values, help="what for; all"
        )
        parser.add_argument(
            "--days", type=int, default=clients.DEFAULT_DAYS, help="how long it holds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        client = self._client(options["client"])
        interface = client.interface
        if interface.standing is not InterfaceState.LIVE:
            raise CommandError(
                f"The interface “{interface.code}” is {interface.state}: keys work, and are issued"
                " here, only while an interface is live."
            )
        try:
            issued = clients.issue_key(
                client=client,
                actor=None,
                channels=options["channel"] or interface.channels,
                verbs=[Verb(code) for code in options["verb"]] or list(Verb),
                days=options["days"],
                system=_SYSTEM,
            )
        except ValidationError as error:
            told = [f"{name}: {' '.join(why)}" for name, why in error.message_dict.items()]
            raise CommandError("; ".join(told)) from error
        except KpumError as error:
            raise CommandError(str(error)) from error
        self._tell(issued)

    @staticmethod
    def _client(code: str) -> ApiClient:
        rows = ApiClient.objects.select_related("interface")
        if (client := rows.filter(code=code.replace("\0", "")).first()) is not None:
            return client
        known = ", ".join(rows.order_by("code").values_list("code", flat=True)[:50]) or "none"
        raise CommandError(f"The register has no client “{code}”. Clients: {known}.")

    def _tell(self, issued: clients.IssuedKey) -> None:
        """Print the key alone on the output, so that it can be piped, and the rest beside it."""
        key = issued.key
        self.stderr.write(
            f"Key {key} of {key.client}: {', '.join(key.channels)}; {', '.join(key.verbs)};"
            f" until {key.expires_at:%Y-%m-%d}. It is shown only now:"
        )
        self.stdout.write(issued.text)
