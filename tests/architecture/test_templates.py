"""Templates escape the import linter: what they take from whom, and nothing inline in any of them."""

import re
from pathlib import Path

import pytest

from tests.architecture import house

TEMPLATES = house.ROOT / "templates"
OURS = TEMPLATES / "kpum"
#: What every template may take, whatever its room.
SHARED = "shared"
REFERENCE = re.compile(r"""{%-?\s*(?:extends|include)\s+["'](?P<name>[^"']+)["']""")
INLINE = {
    "an inline style": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    # Data for machines (schema.org) is no script: a browser does not run it.
    "a script without src": re.compile(
        r"""<script\b(?![^>]*(?:\ssrc\s*=|type=["']application/(?:ld\+)?json["']))""", re.IGNORECASE
    ),
}


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def owner(name: str) -> str | None:
    """Return the room that owns ``kpum/<room>/…``, SHARED, or nothing for a stranger's template."""
    parts = name.split("/")
    if parts[0] != "kpum":
        return None
    if len(parts) == 2 or parts[1] == "components":
        return SHARED
    return next(
        (room for room in (f"kpum.{parts[1]}", parts[1]) if room in house.storeys()), parts[1]
    )


def takes_from_above(name: str, source: str) -> list[str]:
    """Return the templates taken from a room that is not the taker's own or a lower one."""
    taker = owner(name)
    if taker is None:
        return []
    return [
        taken["name"]
        for taken in REFERENCE.finditer(source)
        if is_above(taker, owner(taken["name"]))
    ]


def is_above(taker: str, giver: str | None) -> bool:
    if giver in {None, SHARED, taker}:
        return False
    if taker == SHARED:
        return True
    return house.storeys()[str(giver)] >= house.storeys()[taker]


def inline_things(source: str) -> list[str]:
    return [thing for thing, pattern in INLINE.items() if pattern.search(source)]


def test_every_folder_of_templates_belongs_to_a_room():
    owners = {owner(file.relative_to(TEMPLATES).as_posix()) for file in OURS.rglob("*.html")}

    assert owners - {SHARED} - set(house.storeys()) == set()


def test_no_template_takes_from_a_room_above():
    wrong = {}
    for file in templates():
        name = file.relative_to(TEMPLATES).as_posix()
        if taken := takes_from_above(name, file.read_text(encoding="utf-8")):
            wrong[name] = taken

    assert wrong == {}


def test_no_template_of_ours_has_anything_inline():
    wrong = {
        house.name(file): found
        for file in sorted(OURS.rglob("*.html"))
        if (found := inline_things(file.read_text(encoding="utf-8")))
    }

    assert wrong == {}


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("kpum/portal/home.html", '{% include "kpum/services/card.html" %}'),
        ("kpum/base.html", "{% include 'kpum/portal/menu.html' with open=True %}"),
        ("kpum/components/button.html", '{% extends "kpum/portal/home.html" %}'),
    ],
)
def test_taking_from_above_is_seen(name, source):
    assert takes_from_above(name, source)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("kpum/services/card.html", '{% extends "kpum/portal/page.html" %}'),
        (
            "kpum/portal/home.html",
            '{% extends "kpum/base.html" %}{% include "kpum/components/a.html" %}',
        ),
        ("kpum/portal/home.html", '{% include "kpum/portal/menu.html" %}{% include template %}'),
        ("wagtailadmin/base.html", '{% extends "wagtailadmin/skeleton.html" %}'),
    ],
)
def test_taking_from_below_is_right(name, source):
    assert not takes_from_above(name, source)


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color: red">',
        "<p\n  class='a' STYLE = 'color:red'>",
        '<button onclick="go()">',
        "<body data-a='b' onload=go()>",
        "<script>go()</script>",
        '<script type="module">go()</script>',
        "<style>p { color: red }</style>",
    ],
)
def test_anything_inline_is_seen(source):
    assert inline_things(source)


@pytest.mark.parametrize(
    "source",
    [
        '<script type="module" src="{% static "kpum/menu.js" %}"></script>',
        '<script type="application/ld+json">{"@type": "GovernmentService"}</script>',
        '<a href="?on=1" data-style="calm" class="once">',
        "<p>style = calm, on demand = yes</p>",
    ],
)
def test_what_is_not_inline_passes(source):
    assert not inline_things(source)
