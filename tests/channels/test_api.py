"""The API's manners: open channels, problems with stable types, conditional requests."""

import json
from uuid import uuid4

import jsonschema
import pytest

from kpum.channels.api import api
from kpum.channels.documents import _BUILDERS
from kpum.channels.models import FeedHead
from kpum.pages.queries import portal_page_models
from tests.factories.pages import publish

BASE = "/api/v1/channels"


@pytest.mark.parametrize("channel", ["bip", "mpi", "si-umk", "kck"])
def test_a_channel_that_is_not_open_wants_a_key(client, db, channel):
    response = client.get(f"{BASE}/{channel}/changes")

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:kpum:problem:key-needed"


def test_an_unknown_channel_is_a_problem_of_its_own(client, db):
    response = client.get(f"{BASE}/gazeta/changes")

    assert (response.status_code, response.json()["type"]) == (
        404,
        "urn:kpum:problem:unknown-channel",
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"after": "x"}, "after"),
        ({"after": -1}, "after"),
        ({"after": 2**63}, "after"),
        ({"limit": 0}, "limit"),
        ({"limit": 501}, "limit"),
        ({"limit": "dużo"}, "limit"),
    ],
)
def test_bad_input_names_its_field(client, db, query, field):
    response = client.get(f"{BASE}/public/changes", query)

    problem = response.json()
    assert (response.status_code, problem["type"]) == (422, "urn:kpum:problem:invalid-input")
    assert field in problem["errors"][0]["field"]


def test_a_cursor_beyond_the_last_change_is_told_to_start_again(client, city):
    response = client.get(f"{BASE}/public/changes", {"after": 10**6})

    assert (response.status_code, response.json()["type"]) == (409, "urn:kpum:problem:cursor-ahead")


def test_every_page_of_changes_names_the_epoch_of_its_numbers(client, city):
    told = client.get(f"{BASE}/public/changes", {"limit": 1}).json()["epoch"]

    assert len(told) == 32
    FeedHead.objects.update(epoch="another")
    assert client.get(f"{BASE}/public/changes").json()["epoch"] == "another"


def test_an_unchanged_page_of_the_feed_is_not_sent_twice(client, city):
    first = client.get(f"{BASE}/public/changes")

    again = client.get(f"{BASE}/public/changes", headers={"If-None-Match": first["ETag"]})
    publish(city.card)
    later = client.get(f"{BASE}/public/changes", headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert later.status_code == 200


def test_one_document_is_read_by_its_id_and_says_when_it_is_gone(client, city):
    card = publish(city.card)
    url = f"{BASE}/public/documents/{card.translation_key}"

    found = client.get(url)
    unchanged = client.get(url, headers={"If-None-Match": found["ETag"]})
    unknown = client.get(f"{BASE}/public/documents/{uuid4()}")

    assert found.json()["code"] == "SA-14"
    assert unchanged.status_code == 304
    assert unknown.status_code == 404


def test_the_feed_conforms_to_the_published_schema(client, city):
    publish(city.card)
    schema = client.get("/api/v1/openapi.json").json()
    document = {"$ref": "#/components/schemas/ChangesPage", "components": schema["components"]}

    jsonschema.validate(client.get(f"{BASE}/public/changes", {"limit": 500}).json(), document)


def test_every_page_type_has_a_document():
    for model in portal_page_models():
        assert any(issubclass(model, known) for known in _BUILDERS), model


def test_the_openapi_document_is_the_stored_one(request):
    stored = json.loads(
        (request.config.rootpath / "docs/openapi-v1.json").read_text(encoding="utf-8")
    )

    assert json.loads(json.dumps(api.get_openapi_schema(), default=str)) == stored


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_api_only_reads(client, db, method):
    assert getattr(client, method)(f"{BASE}/public/changes").status_code == 405
