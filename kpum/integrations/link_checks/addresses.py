"""What of a link is an address that can be asked."""

import hashlib
from urllib.parse import urlsplit

#: Longer ones are cut by browsers and servers on the way.
LONGEST = 2000
_SCHEMES = {"http", "https"}


def outside_address(link: object) -> str | None:
    """Return the address to ask for a link as an editor wrote it, without its fragment.

    None for what leads to no web page (``mailto:``, ``tel:``, a place on the same page), and for
    what no database or server takes.
    """
    text = link.strip() if isinstance(link, str) else ""
    if not text or len(text) > LONGEST or not text.isprintable():
        return None
    scheme = text.partition(":")[0].lower()
    return text.partition("#")[0] if scheme in _SCHEMES and ":" in text else None


def digest_of(address: str) -> str:
    """Return the hash that an address is found by, whatever its length."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()


def host_of(address: str) -> str:
    """Return the host in small letters; nothing when the address names none."""
    try:
        return (urlsplit(address).hostname or "")[:255]
    except ValueError:
        return ""
