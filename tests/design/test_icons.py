"""The pictograms: one for every choice and every use, and nothing in them but lines."""

import re

import pytest

from kpum.design.icons import drawings
from services.enums import Icon
from tests.architecture import house

USE = re.compile(r"""{% icon ["'](?P<name>[^"']+)["'] %}""")


@pytest.mark.parametrize("choice", Icon.values)
def test_every_choice_has_a_drawing(choice):
    assert choice in drawings()


def test_every_icon_that_a_template_names_is_drawn():
    used = {
        name
        for file in (house.ROOT / "templates/kpum").rglob("*.html")
        for name in USE.findall(file.read_text(encoding="utf-8"))
    }

    assert used
    assert used - set(drawings()) == set()


@pytest.mark.parametrize("name", sorted(drawings()))
def test_a_drawing_is_only_lines_in_the_colour_of_the_text(name):
    svg = drawings()[name]

    assert svg.startswith("<svg ")
    assert 'stroke="currentColor"' in svg
    assert not re.search(r"<script|style=|#[0-9a-f]{3}|href|<text|\bid=", svg)
