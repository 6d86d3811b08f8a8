"""Tags about units: their addresses in the directory, and their tree."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context

from kpum.org.models import Unit
from kpum.portal.models import UnitDirectoryPage

register = template.Library()

#: Where a request keeps the directory's address once it is known.
_KNOWN = "kpum_unit_directory"


def _directory(context: Context) -> UnitDirectoryPage | None:
    page, request = context.get("page"), context.get("request")
    if isinstance(page, UnitDirectoryPage):
        return page
    if not hasattr(request, _KNOWN):
        found = UnitDirectoryPage.objects.live().first()
        if request is None:
            return found
        setattr(request, _KNOWN, found)
    return getattr(request, _KNOWN)


@register.simple_tag(takes_context=True)
def unit_directory_url(context: Context) -> str:
    """Return the address of the directory of units; empty when none is published."""
    directory = _directory(context)
    return (directory.get_url(context.get("request")) or "") if directory else ""


@register.simple_tag(takes_context=True)
def unit_url(context: Context, unit: Unit) -> str:
    """Return the public address of a unit: one query a request, however many units are asked for."""
    directory, start = _directory(context), unit_directory_url(context)
    if directory is None or not start:
        return ""
    return start + directory.reverse_subpage("unit", args=[unit.slug])


@register.filter
def as_tree(units: Iterable[Unit]) -> list[dict[str, Any]]:
    """Return units as a tree of ``unit`` and ``below``; one whose parent is missing moves up."""
    top: list[dict[str, Any]] = []
    by_path: dict[str, dict[str, Any]] = {}
    for unit in sorted(units, key=lambda unit: unit.path):
        node = {"unit": unit, "below": []}
        by_path[unit.path] = node
        parent = by_path.get(unit.path[: -unit.steplen])
        (parent["below"] if parent else top).append(node)
    return top
