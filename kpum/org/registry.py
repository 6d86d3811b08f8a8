"""Projectors of units: the upper rooms that keep a copy of a unit register here, in ``ready()``."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpum.org.models import Unit

Projector = Callable[["Unit"], None]
_projectors: list[Projector] = []


def register_unit_projector(projector: Projector) -> None:
    """Have ``projector`` called inside the transaction of every change of a unit."""
    if projector in _projectors:
        raise ValueError(f"{projector.__qualname__} is registered already")
    _projectors.append(projector)


def project_unit(unit: "Unit") -> None:
    """Tell every projector that the unit changed."""
    for projector in _projectors:
        projector(unit)
