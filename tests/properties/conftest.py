"""The world of the machine that does random acts."""

import pytest
from wagtail.models import Locale, Page

from kpum.channels.actions import rebuild_marked
from kpum.pages.channel_models import PublicationChannel
from kpum.pages.channel_rules import forget_rules
from tests.factories.pages import publish
from tests.properties.machine import CHANNELS


@pytest.fixture
def portal(city):
    """The small city with a few public pages, half of it in English too; the channels are open."""
    PublicationChannel.objects.filter(code__in=CHANNELS).update(is_open=True)
    forget_rules()
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
