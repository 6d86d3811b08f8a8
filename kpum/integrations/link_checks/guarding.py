"""Where a check may connect to: public networks alone, asked anew for every request (SSRF, OWASP A10)."""

import asyncio
import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
#: Here the last four bytes are an IPv4 address (RFC 4291 § 2.5.5.1, RFC 6052, RFC 8215).
_LAST_FOUR_BYTES = tuple(IPv6Network(text) for text in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48"))


class NotPublic(Exception):
    """The host lies, at least in part, in a network that is not public."""


async def addresses_of(host: str, port: int, allowed: Collection[str] = ()) -> list[str]:
    """Return the addresses of a host, IPv4 first; it is these that must be connected to.

    Were the name looked up again to connect, another answer could lead inside.

    Args:
        host: its name in ASCII, or an address.
        port: the port.
        allowed: hosts that may be private, by name.

    Raises:
        NotPublic: one of the addresses is not public, and the host is not allowed to be so.
        OSError: there is no such host.
        UnicodeError: the name can be none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    texts = dict.fromkeys(str(row[4][0]).partition("%")[0] for row in found)
    ips = [ip_address(text) for text in texts]
    if host not in allowed and not all(is_public(ip) for ip in ips):
        raise NotPublic(host)
    return [str(ip) for ip in sorted(ips, key=lambda ip: ip.version)]


def is_public(ip: Address) -> bool:
    """Return whether it is an address on the Internet, whatever it stands for or leads through."""
    if isinstance(ip, IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return is_public(inner)
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that the IPv6 address stands for, or leads to through a gateway."""
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if any(ip in network for network in _LAST_FOUR_BYTES):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None
