"""An operator is told when each process grants the whole limit by itself."""

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from kpum.settings import env

URL = "KPUM_CACHE_URL"


def told(*, deploy):
    found = run_checks(include_deployment_checks=deploy)
    return [one.id for one in found if one.id == "kpum.W003"]


@pytest.mark.parametrize("url", [None, "redis://cache.example.org:6379/0"])
def test_a_cache_of_each_process_is_named_where_an_installation_is_judged(
    settings, monkeypatch, url
):
    if url:
        monkeypatch.setenv(URL, url)
    settings.CACHES = {"default": env.cache(URL)}

    assert told(deploy=True) == ([] if url else ["kpum.W003"])
    assert told(deploy=False) == []


def test_a_cache_that_we_do_not_know_is_refused_by_name(monkeypatch):
    monkeypatch.setenv(URL, "memcached://localhost")

    with pytest.raises(ImproperlyConfigured, match=URL):
        env.cache(URL)
