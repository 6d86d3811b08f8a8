"""A channel is switched off and on while others publish: neither act misses the other."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from wagtail.models import Page

from kpum.channels.leaving import follow_marked
from kpum.channels.models import PublishedDocument
from tests.factories.channels import set_rules
from tests.factories.pages import edit, publish

ROUNDS = 3
pytestmark = pytest.mark.django_db(transaction=True)


def publish_again(page):
    for number in range(ROUNDS):
        edit(page, lead=f"Wersja {number}.")
        publish(Page.objects.get(pk=page.pk).specific)
    connections.close_all()


def switch(city, last):
    for number in range(ROUNDS):
        set_rules(city, "mpi", is_active=bool(number % 2))
    set_rules(city, "mpi", is_active=last)
    connections.close_all()


def test_what_is_published_meanwhile_is_in_the_channel_exactly_when_it_is_on(committed_city):
    city = committed_city
    pages = [city.new_page(f"Strona {n}", targets=["public", "mpi"]) for n in range(3)]
    for last in (False, True):
        with ThreadPoolExecutor(len(pages) + 1) as pool:
            running = [pool.submit(switch, city, last)]
            running += [pool.submit(publish_again, page) for page in pages]
            for done in running:
                done.result()
        follow_marked()

        live = PublishedDocument.objects.filter(channel="mpi", gone_reason="").exclude(kind="unit")
        held = set(live.values_list("document_id", flat=True))
        assert held == ({page.translation_key for page in pages} if last else set())
