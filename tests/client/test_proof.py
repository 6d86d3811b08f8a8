"""A copy proves itself against the signed manifest; what differs is named, and mended when asked."""

import json
from contextlib import closing, contextmanager

import pytest

from kpum.client import ChannelClient, ProofError, open_mirror, verify
from kpum.client.folder import FolderMirror
from kpum.client.follow import catch_up
from kpum.client.proof import MENDED_ONE_BY_ONE
from kpum.client.records import Change
from tests.client.copies import held
from tests.client.portal import URL, Portal, id_of, problem


@contextmanager
def kept(target):
    with closing(open_mirror(target)) as mirror, mirror.lock():
        yield mirror


def spoil(mirror, *changes):
    mirror.apply(changes, mirror.state())


def document(number, title, kind="page"):
    body = json.dumps({"id": id_of(number), "locale": "pl", "type": kind, "title": title}).encode()
    return Change(1, id_of(number), "pl", kind, etag="0" * 64, body=body)


def test_a_true_copy_is_proven_and_the_proof_is_kept_beside_it(portal, client, target):
    for number in range(7):
        portal.publish(number, f"Strona {number}")
    portal.remove(2)

    with kept(target) as mirror:
        proof = verify(mirror, client)

        assert (proof.holds, proof.differences, proof.manifest.count) == (True, [], 6)
        assert {**mirror.state().proof, "at": 0} == {
            "at": 0,
            "sequence": 8,
            "count": 6,
            "root": portal.manifest()["root"],
            "holds": True,
        }


def test_each_difference_is_named_and_repair_mends_exactly_these(portal, client, target):
    for number in range(6):
        portal.publish(number, f"Strona {number}", type="page" if number < 5 else "unit")
    with kept(target) as mirror:
        catch_up(client, mirror)
        mirror.forget([(id_of(0), "pl")])
        spoil(mirror, document(1, "Podmienione"), document(8, "Skądinąd"))

        proof = verify(mirror, client)
        assert [str(row) for row in proof.differences] == [
            f"missing: page {id_of(0)} pl",
            f"changed: page {id_of(1)} pl",
            f"extra: page {id_of(8)} pl",
        ]
        assert (proof.holds, proof.types) == (False, ["page"])
        assert not mirror.state().proof["holds"]

        portal.asked.clear()
        proof = verify(mirror, client, repair=True)
        assert proof.holds
        assert len(proof.differences) == 3
    single = [asked.path for asked in portal.asked if "/documents/" in asked.path]
    assert sorted(path[-36:] for path in single) == [id_of(0), id_of(1)]
    assert held(target) == portal.truth()


def test_a_feed_set_back_and_overtaken_is_found_by_the_manifest(portal, client, target):
    """The portal says nothing (no epoch), and its numbers have passed our cursor."""
    portal.epoch = None
    portal.publish(0, "A")
    backup = portal.backup()
    for number in (1, 2, 3):
        portal.publish(number, "Utracone")
    with kept(target) as mirror:
        catch_up(client, mirror)
        portal.restore(backup)
        for number in (4, 5, 2, 6, 7, 8):
            portal.publish(number, "Po powrocie")

        catch_up(client, mirror)
        assert held(target) != portal.truth()
        proof = verify(mirror, client, repair=True)

    assert {(row.id[:8], row.what) for row in proof.differences} == {
        ("00000001", "extra"),
        ("00000002", "changed"),
        ("00000003", "extra"),
        ("00000004", "missing"),
        ("00000005", "missing"),
    }
    assert held(target) == portal.truth()


def test_a_spoilt_file_is_found_even_when_it_is_no_json(portal, client, tmp_path):
    portal.publish(0, "A")
    with kept(str(tmp_path)) as mirror:
        catch_up(client, mirror)
        (tmp_path / "documents" / f"{id_of(0)}.pl.json").write_bytes(b"\xff{")

        proof = verify(mirror, client, repair=True)

    assert [row.what for row in proof.differences] == ["changed"]
    assert held(str(tmp_path)) == portal.truth()


def test_many_differences_are_read_anew_at_once(portal, client, tmp_path):
    portal.page = 100
    for number in range(MENDED_ONE_BY_ONE + 1):
        portal.publish(number, "A")
    mirror = FolderMirror(tmp_path)
    with mirror.lock():
        catch_up(client, mirror)
        for file in (tmp_path / "documents").iterdir():
            file.unlink()
        portal.asked.clear()

        assert verify(mirror, client, repair=True).holds

    assert not [asked for asked in portal.asked if "/documents/" in asked.path]
    assert held(str(tmp_path)) == portal.truth()


def test_a_document_that_leaves_while_it_is_mended_is_no_error(portal, client, tmp_path):
    portal.publish(0, "A")
    portal.publish(1, "B")
    mirror = FolderMirror(tmp_path)
    catch_up(client, mirror)
    mirror.forget([(id_of(0), "pl")])

    def leaves(asked, answer):
        if "/documents/" not in asked.path:
            return answer
        portal.fault = None
        portal.remove(0)
        return problem(410, "document-gone", "withdrawn")

    portal.fault = leaves
    assert verify(mirror, client, repair=True).holds
    assert held(str(tmp_path)) == portal.truth()


def test_a_change_between_manifest_and_feed_is_followed_and_not_an_alarm(portal, client, tmp_path):
    portal.publish(0, "A")
    busy = iter(range(1, 4))

    def meanwhile(asked, answer):
        if asked.path.endswith("/manifest") and (number := next(busy, None)):
            portal.publish(number, "Właśnie teraz")
        return answer

    portal.fault = meanwhile
    assert verify(FolderMirror(tmp_path), client).manifest.count == 4


def test_a_manifest_that_stays_behind_is_no_proof(portal, client, tmp_path):
    portal.publish(0, "A")
    old = portal.manifest()
    portal.publish(1, "B")
    portal.fault = lambda asked, answer: (
        portal._json(old) if asked.path.endswith("/manifest") else answer
    )

    with pytest.raises(ProofError, match="stays behind"):
        verify(FolderMirror(tmp_path), client)


def changed(portal, **facts):
    """A manifest that says something else under the true signature."""
    return portal.manifest() | facts


def signed(portal, facts=None, **header):
    told = {name: value for name, value in portal.manifest().items() if name != "jws"}
    told |= facts or {}
    return told | {"jws": portal.sign(told, **header)}


LIES = {
    "other count": (lambda p: changed(p, count=7), "something else than what is signed"),
    "no signature": (lambda p: changed(p, jws=""), "not signed"),
    "two parts": (lambda p: changed(p, jws="a.b"), "not signed"),
    "no base64": (lambda p: changed(p, jws="!.b.c"), "cannot be read"),
    "no JSON": (lambda p: changed(p, jws="YQ.YQ.YQ"), "cannot be read"),
    "alg none": (lambda p: signed(p, alg="none"), "only EdDSA"),
    "alg HS256": (lambda p: signed(p, alg="HS256"), "only EdDSA"),
    "crit": (lambda p: signed(p, crit=["b64"]), "only EdDSA"),
    "unknown key": (lambda p: signed(p, kid="2031"), "not among the trusted"),
    "key of another kind": (lambda p: signed(p, kid="other"), "not among the trusted"),
    "other channel": (lambda p: signed(p, {"channel": "bip"}), "of the channel bip"),
    "wrong sum": (lambda p: signed(p, {"count": 7}), "contradicts itself"),
    "wrong root": (lambda p: signed(p, {"root": "0" * 64}), "contradicts itself"),
    "payload no manifest": (
        lambda p: p.manifest() | {"jws": p.sign({"channel": "public"})},
        "cannot be read",
    ),
}


@pytest.mark.parametrize(("lie", "said"), LIES.values(), ids=LIES.keys())
def test_a_manifest_that_cannot_be_trusted_proves_nothing(portal, client, tmp_path, lie, said):
    portal.publish(0, "A")
    told = lie(portal)
    portal.fault = lambda asked, answer: (
        portal._json(told) if asked.path.endswith("/manifest") else answer
    )

    with pytest.raises(ProofError, match=said):
        verify(FolderMirror(tmp_path), client)


def test_a_pinned_key_is_believed_and_not_the_portals_own_answer(portal, client, tmp_path):
    portal.publish(0, "A")
    stranger = Portal()

    assert verify(FolderMirror(tmp_path), client, keys=portal.signing_keys()).holds
    with pytest.raises(ProofError, match="signature is wrong"):
        verify(FolderMirror(tmp_path), client, keys=stranger.signing_keys())
    short = {"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": portal.kid, "x": "YQ"}]}
    with pytest.raises(ProofError, match="not a key of Ed25519"):
        verify(FolderMirror(tmp_path), client, keys=short)


def test_without_cryptography_a_proof_says_what_it_needs(portal, client, tmp_path, monkeypatch):
    portal.publish(0, "A")
    monkeypatch.setitem(__import__("sys").modules, "cryptography.exceptions", None)

    with pytest.raises(ProofError, match="package cryptography"):
        verify(FolderMirror(tmp_path), client)


def test_a_feed_and_a_manifest_that_disagree_are_told_to_the_operator(portal, manners, tmp_path):
    portal.publish(0, "A")
    honest = Portal()
    honest.key, honest.head = portal.key, portal.head
    honest.publish(0, "Inaczej")
    honest.head = portal.head
    portal.fault = lambda asked, answer: (
        honest._json(honest.manifest()) if asked.path.endswith("/manifest") else answer
    )

    with (
        ChannelClient(URL, manners=manners, transport=portal.transport) as client,
        pytest.raises(ProofError, match=r"disagree about service_card.*operator"),
    ):
        verify(FolderMirror(tmp_path), client, repair=True)
