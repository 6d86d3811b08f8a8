"""What a true copy of a channel holds, signed, and worked out once for each sequence (ADR 0012)."""

import hashlib
import json
from typing import Any

from kpum.channels import queries, signing
from kpum.channels.models import SignedManifest


def manifest(channel: str) -> str:
    """Return the channel's manifest at its last change, as JSON."""
    kid = signing.keys().kid
    kept = SignedManifest.objects.filter(
        channel=channel, sequence=queries.last_sequence(channel), kid=kid
    ).first()
    if kept is not None:
        return kept.body
    facts = facts_of(channel)
    body = _signed(facts)
    SignedManifest.objects.update_or_create(
        channel=channel, defaults={"sequence": facts["sequence"], "kid": kid, "body": body}
    )
    return body


def facts_of(channel: str) -> dict[str, Any]:
    """Return the manifest without its signature, worked out from the rows of one statement."""
    sequence = 0
    lines: dict[str, list[bytes]] = {}
    for number, kind, document_id, locale, etag in queries.marks_of(channel):
        sequence = max(sequence, number)
        if etag:
            lines.setdefault(kind, []).append(f"{document_id} {locale} {etag}\n".encode())
    types = [
        {"type": kind, "count": len(lines[kind]), "root": _root(lines[kind])}
        for kind in sorted(lines)
    ]
    roots = [f"{row['type']} {row['count']} {row['root']}\n".encode() for row in types]
    return {
        "channel": channel,
        "epoch": queries.epoch(),
        "sequence": sequence,
        "count": sum(map(len, lines.values())),
        "root": _root(roots),
        "types": types,
    }


def _root(lines: list[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def _signed(facts: dict[str, Any]) -> str:
    payload = json.dumps(facts, separators=(",", ":"))
    return f'{payload[:-1]},"jws":"{signing.sign(payload.encode())}"}}'
