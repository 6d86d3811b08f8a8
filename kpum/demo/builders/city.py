"""The whole demo city, from an empty database."""

from collections.abc import Callable

from django.db import transaction

from kpum.channels.actions import rebuild_marked
from kpum.core import clock
from kpum.demo.builders import integrations, org, portal, services
from kpum.outbox.models import OutboxEvent
from kpum.portal.models import PortalHomePage


def is_built() -> bool:
    """Return whether the database holds a city already."""
    return PortalHomePage.objects.exists()


def build(*, hostname: str, port: int, say: Callable[[str], None]) -> None:
    """Build the city in one transaction: all of it or nothing.

    Args:
        hostname: where the portal will be served.
        port: and on which port.
        say: told, in Polish, what is being done.
    """
    with transaction.atomic():
        say("jednostki i ludzie")
        org.build_units()
        org.build_cast()
        org.build_orders()
        org.build_regulation()
        say("ewidencja interfejsów")
        integrations.build_register()
        say("strony główne")
        services.build_dictionaries()
        portal.build_frame(hostname=hostname, port=port)
        portal.build_information_pages()
        say("karty usług")
        services.build_cards()
        # Letters about events from before anybody was there to read them stay unwritten.
        OutboxEvent.objects.waiting().update(delivered_at=clock.now())
    rebuild_marked()
