"""What ``manage.py check`` tells whoever installs KPUM, and what it keeps silent about."""

import importlib.util
from types import SimpleNamespace

import pytest
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from kpum.core.conf import portal_settings


def complaints():
    return [message for message in checks.run_checks() if message.id.startswith("kpum.")]


def test_a_well_kept_installation_hears_nothing():
    assert complaints() == []


@pytest.mark.parametrize(
    ("changes", "identity", "named"),
    [
        ({"KPUM": {"PORTAL_NAMME": "x"}}, "kpum.E001", "PORTAL_NAMME"),
        ({"MIDDLEWARE": []}, "kpum.W002", "PageGateMiddleware"),
        (
            {"AUTHENTICATION_BACKENDS": ["django.contrib.auth.backends.ModelBackend"]},
            "kpum.W001",
            "MandateBackend",
        ),
    ],
)
def test_each_mistake_in_the_settings_is_named(settings, changes, identity, named):
    for name, value in changes.items():
        setattr(settings, name, value)

    found = [message for message in complaints() if message.id == identity]

    assert len(found) == 1
    assert named in found[0].msg + (found[0].hint or "")


@pytest.mark.parametrize("mark", [None, 'label = "search"'])
def test_a_package_of_the_host_that_hides_ours_is_named(monkeypatch, tmp_path, mark):
    if mark:
        (tmp_path / "apps.py").write_text(mark, encoding="utf-8")
    real = importlib.util.find_spec

    def find_spec(name, *rest):
        if name != "search":
            return real(name, *rest)
        return SimpleNamespace(submodule_search_locations=[str(tmp_path)]) if mark else None

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    (found,) = complaints()

    assert found.id == "kpum.E002"
    assert "“search”" in found.msg


def test_an_unknown_key_stops_the_portal_and_is_named(settings):
    settings.KPUM = {"OPEN_CHANELS": ("bip",), "HOTLINE": "1"}

    with pytest.raises(ImproperlyConfigured, match=r"unknown keys: OPEN_CHANELS$"):
        portal_settings()
    with pytest.raises(SystemCheckError, match="OPEN_CHANELS"):
        call_command("check")


def test_what_the_host_sets_replaces_the_default_and_the_rest_stays(settings):
    settings.KPUM = {"PORTAL_NAME": "Portal Wieliczki"}

    assert portal_settings().PORTAL_NAME == "Portal Wieliczki"
    assert portal_settings().OPEN_CHANNELS == ("public",)


def test_a_host_without_our_settings_gets_the_defaults(settings):
    del settings.KPUM

    assert portal_settings().PORTAL_NAME == "Krakowski Portal Usług Miejskich"
