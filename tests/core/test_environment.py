"""The environment of the settings: odd values are refused, and the refusal names the variable."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from kpum.settings import env

URL = "KPUM_DATABASE_URL"


@pytest.mark.parametrize("read", [env.text, env.words, env.path, env.database])
def test_a_variable_that_must_be_set_is_named(monkeypatch, read):
    monkeypatch.setenv(URL, "  ")

    with pytest.raises(ImproperlyConfigured, match=URL):
        read(URL)


def test_a_variable_nobody_documented_is_refused():
    with pytest.raises(ImproperlyConfigured, match="KPUM_SURPRISE"):
        env.text("KPUM_SURPRISE", "x")


@pytest.mark.parametrize("url", ["mysql://root@localhost/kpum", "kpum.sqlite3", "://"])
def test_a_database_that_we_do_not_know_is_refused_by_name(monkeypatch, url):
    monkeypatch.setenv(URL, url)

    with pytest.raises(ImproperlyConfigured, match=URL):
        env.database(URL)


def test_a_postgresql_address_is_taken_apart(monkeypatch):
    monkeypatch.setenv(URL, "postgresql://kpum:t%40jne@db.example.org:5433/portal")

    found = env.database(URL)

    parts = {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    assert parts == {
        "NAME": "portal", "USER": "kpum", "PASSWORD": "t@jne", "HOST": "db.example.org", "PORT": "5433",
    }  # fmt: skip


def test_a_socket_is_named_in_the_query(monkeypatch):
    monkeypatch.setenv(URL, "postgresql:///portal?host=/run/postgresql&connect_timeout")

    found = env.database(URL)

    assert (found["NAME"], found["HOST"], found["PORT"]) == ("portal", "/run/postgresql", "")


def test_a_file_is_a_database_with_one_writer_at_a_time(monkeypatch):
    monkeypatch.setenv(URL, "sqlite:///srv/moje%20dane/kpum.sqlite3")

    found = env.database(URL)

    assert found["NAME"] == "/srv/moje dane/kpum.sqlite3"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_words_are_separated_by_commas(monkeypatch):
    monkeypatch.setenv("KPUM_ALLOWED_HOSTS", " portal.example.org, ,www.example.org,")

    assert env.words("KPUM_ALLOWED_HOSTS") == ["portal.example.org", "www.example.org"]


def test_a_path_is_made_absolute(monkeypatch):
    monkeypatch.setenv("KPUM_VAR", "~/kpum/../dane")

    assert env.path("KPUM_VAR") == Path.home() / "dane"
    assert env.path("KPUM_MEDIA_ROOT", Path("/srv/media")) == Path("/srv/media")
