"""What a true copy holds, signed with a key that anybody can check; and the documents' schemas."""

import base64
import hashlib
import json
from io import StringIO

import jsonschema
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kpum.channels import kinds, manifests, signing
from kpum.channels.models import SignedManifest
from tests.factories.media import new_document, new_image, text_with
from tests.factories.pages import edit, publish

BASE = "/api/v1/channels/public"
KEYS = "/api/v1/signing-keys"


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def checked(manifest, keys):
    """Check the signature as a follower does; return what was signed."""
    header, payload, signature = manifest["jws"].split(".")
    kid = json.loads(decoded(header))["kid"]
    key = next(key for key in keys if key["kid"] == kid)
    Ed25519PublicKey.from_public_bytes(decoded(key["x"])).verify(
        decoded(signature), f"{header}.{payload}".encode()
    )
    return json.loads(decoded(payload))


def root_of(lines):
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def test_a_copy_from_the_feed_proves_itself_against_the_manifest(client, city):
    publish(city.card)
    held, page = {}, client.get(f"{BASE}/changes?limit=500").json()
    for change in page["changes"]:
        held.setdefault(change["type"], []).append(
            f"{change['id']} {change['locale']} {change['etag']}\n".encode()
        )

    manifest = client.get(f"{BASE}/manifest").json()

    types = {row["type"]: (row["count"], row["root"]) for row in manifest["types"]}
    assert manifest["sequence"] == page["next"]
    assert types == {kind: (len(lines), root_of(lines)) for kind, lines in held.items()}
    roots = [f"{kind} {count} {root}\n".encode() for kind, (count, root) in types.items()]
    assert (manifest["root"], manifest["count"]) == (root_of(roots), len(page["changes"]))
    payload = checked(manifest, client.get(KEYS).json()["keys"])
    assert payload | {"jws": manifest["jws"]} == manifest


def test_a_manifest_is_worked_out_once_for_each_sequence(client, city):
    publish(city.card)
    first = client.get(f"{BASE}/manifest")
    with CaptureQueriesContext(connection) as queries:
        again = client.get(f"{BASE}/manifest", headers={"If-None-Match": first["ETag"]})
        asked = len(queries)
    publish(edit(city.card, author=city.operator, summary="Nowa treść."))
    later = client.get(f"{BASE}/manifest")

    assert again.status_code == 304
    assert asked == 2
    assert later.json()["root"] != first.json()["root"]
    assert str(SignedManifest.objects.get()) == f"public {later.json()['sequence']}"


def test_a_replaced_key_is_still_found_and_the_new_one_signs(client, city, settings):
    before = client.get(f"{BASE}/manifest").json()
    old = client.get(KEYS).json()["keys"][0]
    settings.KPUM = {
        "SIGNING_KEY": signing.encode(b"7" * 32),
        "FORMER_SIGNING_KEYS": (old["x"],),
    }

    after = client.get(f"{BASE}/manifest").json()
    keys = client.get(KEYS).json()["keys"]

    assert [key["kid"] for key in keys][1] == old["kid"] != keys[0]["kid"]
    assert checked(before, keys) == checked(after, keys)
    assert before["jws"] != after["jws"]
    with pytest.raises(InvalidSignature):
        checked(
            before | {"jws": before["jws"].split(".", 1)[0] + "." + after["jws"].split(".", 1)[1]},
            keys,
        )


def test_a_new_secret_key_with_a_fallback_replaces_the_derived_key_with_overlap(
    client, db, settings
):
    old = client.get(KEYS).json()["keys"]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-of-the-tests-" * 3

    keys = client.get(KEYS).json()["keys"]

    assert [key["kid"] for key in keys[1:]] == [old[0]["kid"]]
    assert settings.SECRET_KEY not in client.get(KEYS).content.decode()


@pytest.mark.parametrize("key", ["za krótki", "AAAA", "ż" * 43])
def test_a_key_that_is_none_is_named(settings, key):
    settings.KPUM = {"SIGNING_KEY": key}

    with pytest.raises(SystemCheckError, match=r"E003.*SIGNING_KEY"):
        call_command("check", tags=["security"])
    with pytest.raises(ImproperlyConfigured, match="SIGNING_KEY"):
        signing.keys()


def test_an_empty_channel_has_a_manifest(client, db):
    manifest = client.get(f"{BASE}/manifest").json()

    assert (manifest["sequence"], manifest["count"], manifest["types"]) == (0, 0, [])
    assert manifest["root"] == hashlib.sha256(b"").hexdigest()
    assert manifests.facts_of("public")["root"] == manifest["root"]


def test_new_documents_still_fit_the_schemas_of_every_earlier_version(client, city, request):
    publish(city.card)
    publish(city.new_page("Z plikami", body=text_with(new_image(), new_document())))
    documents = [c["document"] for c in client.get(f"{BASE}/changes?limit=500").json()["changes"]]
    versions = sorted((request.config.rootpath / "docs/schemas").iterdir())

    assert {document["type"] for document in documents} == set(kinds.codes())
    for version in versions:
        for file in version.glob("*.json"):
            schema = json.loads(file.read_text(encoding="utf-8"))
            fitting = [document for document in documents if document["type"] == file.stem]
            assert fitting, file
            for document in fitting:
                jsonschema.validate(document, schema)
                jsonschema.validate(document | {"added_later": 1}, schema)
                with pytest.raises(jsonschema.ValidationError):
                    jsonschema.validate({k: v for k, v in document.items() if k != "url"}, schema)


def test_the_stored_schemas_of_this_version_are_those_that_are_sent(client, db, request, tmp_path):
    call_command("export_schemas", tmp_path, stdout=StringIO())
    stored = request.config.rootpath / f"docs/schemas/v{kinds.VERSION}"

    told = client.get("/api/v1/schemas").json()["schemas"]

    assert [row["type"] for row in told] == kinds.codes()
    for row in told:
        kept = (stored / f"{row['type']}.json").read_text(encoding="utf-8")
        written = tmp_path / f"v{kinds.VERSION}" / f"{row['type']}.json"
        sent = client.get(row["url"].removeprefix("http://testserver"))
        assert sent.content.decode() == kept == written.read_text(encoding="utf-8"), row["type"]
    assert client.get("/api/v1/schemas/gazeta").json()["type"] == "urn:kpum:problem:unknown-type"
