"""Keys as text: made from randomness, sent as a bearer token, and kept as a hash.

The secret part has 256 random bits, so nobody tries them out, and one SHA-256 keeps it: a slow hash
is for what people choose and others guess. It would cost each request what a request costs.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

_SCHEME = "kpum"
PREFIX_LENGTH = 10
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_SECRET_BYTES = 32
_KEY = re.compile(rf"{_SCHEME}_([a-z0-9]{{{PREFIX_LENGTH}}})_[A-Za-z0-9_-]{{43}}")


@dataclass(frozen=True)
class NewKey:
    """A key that was just made; the text is shown once and stored nowhere."""

    text: str
    prefix: str
    digest: str

    def __repr__(self) -> str:
        return f"NewKey({self.prefix}…)"


def make() -> NewKey:
    """Return a new key: a public prefix to find it by, and a secret of 256 random bits."""
    prefix = "".join(secrets.choice(_LETTERS) for _position in range(PREFIX_LENGTH))
    text = f"{_SCHEME}_{prefix}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return NewKey(text, prefix, digest_of(text))


def digest_of(text: str) -> str:
    """Return what is stored of a key."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def prefix_of(text: str) -> str | None:
    """Return the public part of a text that has a key's form; else None."""
    match = _KEY.fullmatch(text)
    return match[1] if match else None


def matches(text: str, digest: str) -> bool:
    """Return whether the text is the key that was stored so; takes equally long for each answer."""
    return secrets.compare_digest(digest_of(text), digest)
