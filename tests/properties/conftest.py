"""The world of the machine that does random acts."""

import pytest
from wagtail.models import Locale, Page

from kpum.channels.actions import rebuild_marked
from tests.factories.pages import publish
from tests.properties.machine import CHANNELS


@pytest.fixture
def portal(city, settings):
    """The small city with a few public pages, half of it in English too; every channel is open."""
    settings.KPUM = {"OPEN_CHANNELS": CHANNELS}
    english = Locale.objects.get_or_create(language_code="en")[0]
    for page in (city.home, city.catalogue, city.folder):
        publish(Page.objects.get(pk=page.pk).specific.copy_for_translation(english))
    parent = publish(city.new_page("Rodzic", targets=["public", "bip"]))
    publish(city.new_page("Dziecko", parent=parent))
    card = city.published_card()
    publish(Page.objects.get(pk=card.pk).specific.copy_for_translation(english))
    publish(city.new_page("U sąsiadów", parent=city.other_folder))
    rebuild_marked()
    return city
