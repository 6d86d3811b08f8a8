"""The keys of the manifests: Ed25519, as JWK and compact JWS (RFC 7515, RFC 7638, RFC 8037)."""

import base64
import binascii
import hashlib
import json
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from kpum.channels.schemas import SigningKey
from kpum.core.conf import portal_settings

_SIZE = 32
_PURPOSE = b"kpum: signing the manifests of channels, version 1"


class Keys(NamedTuple):
    """The key in use, its id, and every key that followers may meet, as they read it."""

    private: Ed25519PrivateKey
    kid: str
    public: tuple[SigningKey, ...]


def keys() -> Keys:
    """Return the keys in force.

    Raises:
        ImproperlyConfigured: a key of the settings is none; names the setting.
    """
    ours = portal_settings()
    fallbacks = tuple(map(str, settings.SECRET_KEY_FALLBACKS))
    return _keys(
        ours.SIGNING_KEY, tuple(ours.FORMER_SIGNING_KEYS), str(settings.SECRET_KEY), fallbacks
    )


@lru_cache(maxsize=4)
def _keys(given: str, former: tuple[str, ...], secret: str, fallbacks: tuple[str, ...]) -> Keys:
    seed = _decode("SIGNING_KEY", given) if given else _derive(secret)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    old = [_decode("FORMER_SIGNING_KEYS", key) for key in former]
    # Whoever replaces the secret key with overlap replaces the derived key so, too.
    old += [
        Ed25519PrivateKey.from_private_bytes(_derive(key)).public_key().public_bytes_raw()
        for key in fallbacks
        if not given
    ]
    public = tuple(_as_jwk(raw) for raw in [private.public_key().public_bytes_raw(), *old])
    return Keys(private, public[0].kid, tuple({key.kid: key for key in public}.values()))


def _derive(secret: str) -> bytes:
    return HKDF(hashes.SHA256(), _SIZE, salt=None, info=_PURPOSE).derive(secret.encode())


def _decode(setting: str, text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _SIZE:
        raise ImproperlyConfigured(f"KPUM: {setting} must be {_SIZE} bytes in base64url.")
    return raw


def _as_jwk(raw: bytes) -> SigningKey:
    Ed25519PublicKey.from_public_bytes(raw)
    x = encode(raw)
    print_of = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"))
    return SigningKey(x=x, kid=encode(hashlib.sha256(print_of.encode()).digest()))


def encode(raw: bytes) -> str:
    """Return bytes in base64url, without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def sign(payload: bytes) -> str:
    """Return the compact JWS over a payload, signed with the key in use."""
    own = keys()
    header = json.dumps({"alg": "EdDSA", "kid": own.kid}, separators=(",", ":")).encode()
    signed = f"{encode(header)}.{encode(payload)}"
    return f"{signed}.{encode(own.private.sign(signed.encode()))}"
