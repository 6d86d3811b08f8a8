"""The page that tells a programmer of a sister portal how to follow a channel."""

import pytest

from kpum.channels.api import api
from kpum.pages.enums import Channel

DOCS = "/api/v1/docs"


def test_every_operation_of_the_api_is_described(client, city):
    text = client.get(DOCS).content.decode()

    for path, methods in api.get_openapi_schema()["paths"].items():
        assert path in text
        for operation in methods.values():
            assert operation["summary"] in text


def test_every_channel_is_named_by_its_code(client, city):
    text = client.get(DOCS).content.decode()

    for channel in Channel:
        assert channel.value in text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_is_only_read(client, city, method):
    assert getattr(client, method)(DOCS).status_code == 405
