"""Reads over addresses outside."""

from collections.abc import Iterable

from django.db.models import QuerySet

from kpum.core import clock
from kpum.integrations.link_checks.addresses import digest_of
from kpum.integrations.link_checks.enums import AddressState
from kpum.integrations.link_checks.models import LinkedAddress


def due_addresses(*, host: str = "", limit: int | None = None) -> QuerySet[LinkedAddress, str]:
    """Return the addresses to be asked today, the longest due first."""
    due = LinkedAddress.objects.filter(next_check__lte=clock.today())
    if host:
        due = due.filter(host=host.lower())
    return due.order_by("next_check", "pk").values_list("address", flat=True)[:limit]


def broken_among(addresses: Iterable[str]) -> dict[str, LinkedAddress]:
    """Return those that are known to be broken, by address; one query, none for no address."""
    digests = {digest_of(address) for address in addresses}
    if not digests:
        return {}
    rows = LinkedAddress.objects.filter(digest__in=digests, state=AddressState.BROKEN)
    return {row.address: row for row in rows}
