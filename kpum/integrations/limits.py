"""How many requests a minute: counted in Django's cache, told in the standard headers.

``RateLimit-Policy`` and ``RateLimit`` are structured fields of draft-ietf-httpapi-ratelimit-headers. A
stranger's address is never stored: only its hash under a key that is another one each day.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from kpum.core import clock

WINDOW = 60
#: A provider gives a household, or a machine, that much of IPv6: the rest of an address is at will.
_IPV6_NETWORK = 64


@dataclass(frozen=True)
class Count:
    """One request counted: whether it is within the limit, and what the headers say of it."""

    within: bool
    headers: dict[str, str]


def count(who: str, policy: str, limit: int) -> Count:
    """Count one request of ``who`` in this window.

    Args:
        who: whose requests are counted together; no personal data.
        policy: the policy's name in the headers.
        limit: how many requests a window has.
    """
    moment = clock.now().timestamp()
    window = int(moment // WINDOW)
    wait = max(1, int((window + 1) * WINDOW - moment))
    used = _increment(f"kpum:rate:{who}:{window}")
    headers = {
        "RateLimit-Policy": f'"{policy}";q={limit};w={WINDOW}',
        "RateLimit": f'"{policy}";r={max(0, limit - used)};t={wait}',
    }
    if used <= limit:
        return Count(within=True, headers=headers)
    return Count(within=False, headers={**headers, "Retry-After": str(wait)})


def _increment(key: str) -> int:
    try:
        return int(cache.incr(key))
    except ValueError:
        # Twice a window's time: a clock that steps back finds it again.
        if cache.add(key, 1, timeout=2 * WINDOW):
            return 1
    try:
        return int(cache.incr(key))
    except ValueError:
        # A cache that keeps nothing, or threw it away this instant: counted as the first.
        return 1


def stranger(request: HttpRequest, trusted_proxies: int) -> str:
    """Return the name under which a stranger's requests are counted today."""
    address = _network(address_of(request, trusted_proxies))
    key = _key_of_day(str(settings.SECRET_KEY), clock.today())
    return "s" + hashlib.blake2b(address.encode(), key=key, digest_size=12).hexdigest()


def address_of(request: HttpRequest, trusted_proxies: int) -> str:
    """Return the client's address as the outermost proxy of ours saw it.

    Each proxy adds at the right end of X-Forwarded-For whom it heard from; what stands before the
    additions of ours anybody may have written.
    """
    if trusted_proxies:
        heard = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")
        address = heard[-min(trusted_proxies, len(heard))].strip()
        if address:
            return address
    return str(request.META.get("REMOTE_ADDR", ""))


def _network(address: str) -> str:
    if ":" not in address:
        return address[:60]
    try:
        network = ipaddress.ip_network(
            (address.split("%", maxsplit=1)[0], _IPV6_NETWORK), strict=False
        )
    except ValueError:
        return address[:60]
    return str(network)


@lru_cache(maxsize=2)
def _key_of_day(secret: str, day: date) -> bytes:
    return salted_hmac("kpum.rate", day.isoformat(), secret=secret, algorithm="sha256").digest()
