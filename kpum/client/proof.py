"""Proving a copy against the signed manifest, and mending what differs."""

import hashlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from kpum.client import signatures
from kpum.client.channel import ChannelClient
from kpum.client.errors import DocumentGone, ProofError, UnknownDocument
from kpum.client.follow import Report, begin_again, catch_up, state_for
from kpum.client.mirror import Key, Mirror
from kpum.client.records import Change, Document, Manifest, TypeRoot

#: Documents that are fetched one by one; beyond, everything is read anew.
MENDED_ONE_BY_ONE = 200
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Difference:
    """A document in which the copy is not what the channel is."""

    id: str
    locale: str
    type: str
    what: Literal["missing", "changed", "extra"]

    def __str__(self) -> str:
        return f"{self.what}: {self.type} {self.id} {self.locale}"


@dataclass
class Proof:
    """What the copy holds, beside what the manifest says."""

    manifest: Manifest
    #: The types whose count or root differ.
    types: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    #: What was followed on the way, and since when the copy was read anew.
    followed: Report = field(default_factory=Report)

    @property
    def holds(self) -> bool:
        """Return whether the copy is exactly what the manifest says."""
        return not self.types


def roots_of(rows: Iterable[tuple[str, str, str, str]]) -> tuple[TypeRoot, ...]:
    """Return the root of each type from rows of type, id, locale and etag (ADR 0012)."""
    lines: dict[str, list[bytes]] = {}
    for kind, document_id, locale, etag in rows:
        lines.setdefault(kind, []).append(f"{document_id} {locale} {etag}\n".encode())
    return tuple(
        TypeRoot(kind, len(found), hashlib.sha256(b"".join(sorted(found))).hexdigest())
        for kind, found in sorted(lines.items())
    )


def root_of(types: Iterable[TypeRoot]) -> str:
    """Return the root of the whole from those of its types."""
    lines = sorted(f"{row.type} {row.count} {row.root}\n".encode() for row in types)
    return hashlib.sha256(b"".join(lines)).hexdigest()


def verify(
    mirror: Mirror,
    client: ChannelClient,
    *,
    keys: dict[str, Any] | None = None,
    repair: bool = False,
) -> Proof:
    """Prove a copy whose lock is held; it is brought up to date on the way.

    Args:
        mirror: the copy.
        client: of its channel.
        keys: the portal's signing keys, from a source you trust; fetched from the portal when not given.
        repair: fetch what differs, and prove again. What fetching one by one does not mend is read anew.

    Raises:
        ProofError: the manifest cannot be trusted or contradicts itself, or the copy cannot be mended.
        ChannelError: as when following.
    """
    proof = _prove_once(mirror, client, keys)
    if repair and not proof.holds:
        mended = proof.differences
        if 0 < len(mended) <= MENDED_ONE_BY_ONE:
            _mend(mirror, client, mended)
            proof = _prove_once(mirror, client, keys)
        if not proof.holds:
            begin_again(mirror, state_for(client, mirror))
            proof = _prove_once(mirror, client, keys)
        if not proof.holds:
            raise ProofError(
                f"The channel's feed and its manifest disagree about {', '.join(proof.types)}, also when"
                " everything is read anew. Tell the portal's operator."
            )
        proof.differences = mended
    _note(mirror, client, proof)
    return proof


def _prove_once(mirror: Mirror, client: ChannelClient, keys: dict[str, Any] | None) -> Proof:
    manifest, report = _manifest_of_now(mirror, client, keys)
    held = {
        (stored.id, stored.locale): (
            str(stored.data.get("type", "?")),
            hashlib.sha256(stored.body).hexdigest(),
        )
        for stored in mirror.documents()
    }
    own = {
        row.type: row for row in roots_of((kind, *key, etag) for key, (kind, etag) in held.items())
    }
    told = {row.type: row for row in manifest.types}
    differing = sorted(kind for kind in own.keys() | told.keys() if own.get(kind) != told.get(kind))
    proof = Proof(manifest, differing, followed=report)
    if differing:
        proof.differences = _differences(client, held, state_for(client, mirror).cursor)
    return proof


def _manifest_of_now(
    mirror: Mirror, client: ChannelClient, keys: dict[str, Any] | None
) -> tuple[Manifest, Report]:
    """Follow until the copy stands where a manifest stands.

    The manifest is asked for first. When the feed then ends and the last change is not beyond it, the copy
    must hold exactly what it says: between the two nothing happened in this channel.
    """
    trusted = keys if keys is not None else client.signing_keys()
    report = Report()
    for _round in range(_ROUNDS):
        manifest = _checked(client, signatures.proven(client.manifest(), trusted))
        report = _joined(report, catch_up(client, mirror))
        state = state_for(client, mirror)
        same_life = None in {manifest.epoch, state.epoch} or manifest.epoch == state.epoch
        if same_life and state.cursor <= manifest.sequence:
            return manifest, report
        client.pause(1)
    raise ProofError(
        "The manifest stays behind the feed: the channel changes too fast, or something between keeps an old"
        " manifest. Try again later."
    )


def _checked(client: ChannelClient, manifest: Manifest) -> Manifest:
    if manifest.channel != client.code:
        raise ProofError(f"The manifest is of the channel {manifest.channel}, not {client.code}.")
    counted = sum(row.count for row in manifest.types)
    if (manifest.count, manifest.root) != (counted, root_of(manifest.types)):
        raise ProofError("The manifest contradicts itself. Tell the portal's operator.")
    return manifest


def _differences(
    client: ChannelClient, held: dict[Key, tuple[str, str]], cursor: int
) -> list[Difference]:
    """Name every document that differs, by the channel's own list."""
    live = {
        change.key: change
        for change in client.changes(0, ids=1)
        if not change.is_gone and change.sequence <= cursor
    }
    found = [
        Difference(*key, change.type, "missing" if key not in held else "changed")
        for key, change in live.items()
        if key not in held or held[key][1] != change.etag
    ]
    extra = [Difference(*key, held[key][0], "extra") for key in held.keys() - live.keys()]
    return sorted(found + extra, key=lambda row: (row.type, row.id, row.locale))


def _mend(mirror: Mirror, client: ChannelClient, differences: list[Difference]) -> None:
    state = state_for(client, mirror)
    changes, unknown = [], []
    for row in differences:
        found = None if row.what == "extra" else _document(client, row)
        if found is None:
            unknown.append((row.id, row.locale))
        else:
            head = (state.cursor, found.id, found.locale, found.type)
            changes.append(Change(*head, etag=found.etag, body=found.body))
    mirror.forget(unknown)
    mirror.apply(changes, state)


def _document(client: ChannelClient, row: Difference) -> Document | None:
    try:
        return client.document(row.id, row.locale)
    except (DocumentGone, UnknownDocument):
        return None


def _joined(first: Report, second: Report) -> Report:
    return Report(
        first.stored + second.stored,
        first.removed + second.removed,
        second.cursor,
        first.began_again or second.began_again,
    )


def _note(mirror: Mirror, client: ChannelClient, proof: Proof) -> None:
    """Keep the outcome beside the cursor, for whoever looks at the copy."""
    told = {
        "at": time.time(),
        "sequence": proof.manifest.sequence,
        "count": proof.manifest.count,
        "root": proof.manifest.root,
        "holds": proof.holds,
    }
    mirror.apply([], replace(state_for(client, mirror), proof=told))
