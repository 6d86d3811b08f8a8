"""The copy of the small city that tests work in is the city itself."""

import pytest
from wagtail.models import Page

from tests import snapshot
from tests.cast import lay_out_city

pytestmark = pytest.mark.django_db


def test_a_laid_out_city_holds_the_rows_of_a_built_one():
    first = lay_out_city()
    rows = snapshot._dump()

    again = lay_out_city()

    assert snapshot._dump() == rows
    assert again.home == first.home
    assert again.person("chief").get_full_name() == "Jadwiga Naczelna"


def test_what_a_test_changed_is_gone_from_the_next_city():
    home = lay_out_city().home
    Page.objects.filter(pk=home.pk).update(title="Zmieniony")

    lay_out_city()

    assert Page.objects.get(pk=home.pk).title == "Portal"
