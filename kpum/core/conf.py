"""The one settings dictionary, ``KPUM = {…}``, with its defaults; unknown keys are refused."""

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class PortalSettings:
    """What a host may set. K-01: the portal's name and owner are settings."""

    PORTAL_NAME: str = "Krakowski Portal Usług Miejskich"
    OWNER_NAME: str = "Gmina Miejska Kraków"
    #: The IRI of the city's territory in linked data: in NUTS, Kraków is a region of its own.
    TERRITORY_IRI: str = "http://data.europa.eu/nuts/code/PL213"
    #: The licence of the open data, as an IRI. Empty: only the conditions of re-use are told.
    OPEN_DATA_LICENCE: str = ""
    #: Where to write about the open data. Empty: only the contact centre's number is told.
    OPEN_DATA_EMAIL: str = ""
    #: The city's contact centre, shown in the footer and on every empty result.
    HOTLINE: str = "12 616 55 55"
    HOTLINE_HOURS: str = "7.40–15.30"
    #: Says on every page that people, accounts and addresses are invented.
    IS_DEMO: bool = False
    #: Read once, by the migration that made channels data; then the channels' screen decides.
    OPEN_CHANNELS: tuple[str, ...] = ("public",)
    #: The Ed25519 key that signs the manifests: 32 random bytes in base64url. Empty: derived from
    #: the secret key.
    SIGNING_KEY: str = ""
    #: Public keys that signed before, in base64url: followers still find them.
    FORMER_SIGNING_KEYS: tuple[str, ...] = ()
    #: Requests of the API a minute from one address without a key, and from one client.
    STRANGER_REQUESTS_PER_MINUTE: int = 300
    CLIENT_REQUESTS_PER_MINUTE: int = 3000
    #: How many proxies of ours stand in front and add to X-Forwarded-For.
    TRUSTED_PROXIES: int = 0
    #: The nightly check of links that lead outside: how patient and how modest it is.
    LINK_PAUSE_SECONDS: float = 2.0
    LINK_TIMEOUT_SECONDS: float = 20.0
    LINK_REDIRECTS: int = 5
    LINK_CHECK_DAYS: int = 7
    #: On how many different days an address must fail before it is called broken.
    LINK_FAILURE_DAYS: int = 3
    #: Whom the operators of other hosts may ask about it. Empty: the portal's address.
    LINK_CONTACT: str = ""
    #: Hosts that may lie in a private network as seen from here, such as another city portal.
    LINK_PRIVATE_HOSTS: tuple[str, ...] = ()
    #: Hosts, with those below them, at which a card's counterparts elsewhere must lie (I-30).
    BIP_HOSTS: tuple[str, ...] = ("bip.krakow.pl",)
    EPUAP_HOSTS: tuple[str, ...] = ("epuap.gov.pl",)
    GOVPL_HOSTS: tuple[str, ...] = ("www.gov.pl",)


def portal_settings() -> PortalSettings:
    """Return the settings in force.

    Raises:
        ImproperlyConfigured: a key of ``settings.KPUM`` is not one of ours.
    """
    given: dict[str, Any] = dict(getattr(settings, "KPUM", {}))
    known = {field.name for field in fields(PortalSettings)}
    if unknown := sorted(set(given) - known):
        raise ImproperlyConfigured(f"KPUM has unknown keys: {', '.join(unknown)}")
    return PortalSettings(**given)
