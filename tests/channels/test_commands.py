"""The commands of the channels: a mirror for whoever has no program of his own, and the API's document."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kpum.channels.api import api

CHANNEL = "http://127.0.0.1:9/api/v1/channels/public"


def test_the_command_mirrors_a_channel_and_says_how_far_it_came(
    live_server, committed_city, tmp_path
):
    committed_city.published_card("SA-14", "Zameldowanie")
    told = StringIO()

    call_command(
        "follow_channel", f"{live_server.url}/api/v1/channels/public", tmp_path, stdout=told
    )

    files = list((tmp_path / "documents").glob("*.json"))
    titles = {json.loads(file.read_text(encoding="utf-8")).get("title") for file in files}
    assert "Zameldowanie" in titles
    assert told.getvalue().startswith(f"{len(files)} stored, 0 removed, cursor ")


def test_a_portal_that_cannot_be_reached_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("kpum.client.wire.Wire.pause", lambda wire, seconds: None)

    with pytest.raises(CommandError, match=r"127\.0\.0\.1:9.* cannot be reached"):
        call_command("follow_channel", CHANNEL, tmp_path)


def test_a_folder_of_another_channel_is_not_mixed_with_this_one(tmp_path):
    cursor = {"url": "https://example.org/api/v1/channels/bip", "cursor": 7}
    (tmp_path / "cursor.json").write_text(json.dumps(cursor), encoding="utf-8")

    with pytest.raises(CommandError, match=r"mirrors https://example\.org"):
        call_command("follow_channel", CHANNEL, tmp_path)


def test_the_apis_document_is_written_where_it_is_asked_for(tmp_path):
    file, told = Path(tmp_path / "openapi.json"), StringIO()

    call_command("export_openapi", file, stdout=told)

    written = json.loads(file.read_text(encoding="utf-8"))
    assert set(written["paths"]) == set(api.get_openapi_schema()["paths"])
    assert told.getvalue() == f"{file} written\n"
