"""Who says what a manifest says: a compact JWS, EdDSA over Ed25519 (RFC 7515, RFC 8037).

Needs the package cryptography.
"""

import base64
import binascii
from typing import Any

from kpum.client import reading
from kpum.client.errors import GarbledAnswer, ProofError
from kpum.client.records import Manifest

_PARTS = 3
_PUBLIC_BYTES = 32


def proven(manifest: Manifest, keys: dict[str, Any]) -> Manifest:
    """Return the manifest as its signature says it, once that is proven.

    Args:
        manifest: as the portal answered it.
        keys: the JWK Set of the portal's signing keys: pinned, or fetched from ``signing-keys``.

    Raises:
        ProofError: no key fits, the signature is wrong, or it signs something else.
    """
    parts = manifest.jws.split(".")
    if len(parts) != _PARTS:
        raise ProofError("The manifest is not signed.")
    try:
        header = reading.object_of(_decoded(parts[0]))
        signed = reading.object_of(_decoded(parts[1]))
        _prove(_key(header, keys), f"{parts[0]}.{parts[1]}".encode(), _decoded(parts[2]))
        told = reading.manifest_of(signed | {"jws": manifest.jws})
    except GarbledAnswer as error:
        raise ProofError("The manifest's signature cannot be read.") from error
    if told != manifest:
        raise ProofError("The manifest says something else than what is signed.")
    return told


def _key(header: dict[str, Any], keys: dict[str, Any]) -> bytes:
    if header.get("alg") != "EdDSA" or "crit" in header:
        raise ProofError("The manifest is signed in a way that is not agreed: only EdDSA is.")
    rows = keys.get("keys")
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or row.get("kid") != header.get("kid"):
            continue
        if (row.get("kty"), row.get("crv")) == ("OKP", "Ed25519"):
            return _decoded(str(row.get("x", "")))
    raise ProofError(
        f"The manifest is signed with the key {str(header.get('kid'))[:80]!r}, which is not among the"
        " trusted ones. If the portal changed its keys, fetch them anew from a source you trust."
    )


def _prove(public: bytes, signed: bytes, signature: bytes) -> None:
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise ProofError("Proving a copy needs the Python package cryptography.") from None
    if len(public) != _PUBLIC_BYTES:
        raise ProofError("The portal's signing key is not a key of Ed25519.")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except InvalidSignature:
        raise ProofError(
            "The manifest's signature is wrong: it was not made with the portal's key."
        ) from None


def _decoded(text: str) -> bytes:
    """Return what base64url without padding stands for (RFC 7515 § 2)."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError("The manifest's signature cannot be read.") from error
