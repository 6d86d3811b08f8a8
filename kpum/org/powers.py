"""What a person may do somewhere: values made from mandates and substitutions in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kpum.org.enums import Right, Role, Scope

if TYPE_CHECKING:
    from kpum.org.models import Unit


@dataclass(frozen=True)
class Place:
    """Where something lies: the treebeard paths of its owning unit and, for a page, of the page."""

    unit_path: str
    page_path: str = ""

    @classmethod
    def of_unit(cls, unit: "Unit") -> "Place":
        """Return the place of what belongs to a unit and is no page."""
        return cls(unit.path)


@dataclass(frozen=True)
class Power:
    """One mandate in force, held or exercised for somebody else.

    Attributes:
        wording: the mandate as the audit trail quotes it.
        acting_for: the holder's name when a substitute exercises it; else empty.
    """

    role: Role
    wording: str
    unit_path: str = ""
    branch_path: str = ""
    acting_for: str = ""

    def reaches(self, place: Place) -> bool:
        """Return whether the power covers the place."""
        if self.role.scope is Scope.PORTAL:
            return True
        if self.role.scope is Scope.UNIT:
            return place.unit_path.startswith(self.unit_path)
        return place.page_path.startswith(self.branch_path)


@dataclass(frozen=True)
class Ground:
    """Why a person may do a thing, as the audit trail keeps it."""

    wording: str
    acting_for: str = ""


@dataclass(frozen=True)
class Reach:
    """Everything that some powers cover: the whole portal, or units and branch sites by their paths."""

    whole_portal: bool
    unit_paths: tuple[str, ...] = ()
    branch_paths: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.whole_portal or self.unit_paths or self.branch_paths)


def rights_over(powers: Iterable[Power], place: Place) -> frozenset[Right]:
    """Return what the powers allow at the place."""
    rights: set[Right] = set()
    for power in powers:
        if power.reaches(place):
            rights |= power.role.rights
    return frozenset(rights)


def reach_of(powers: Iterable[Power], rights: Iterable[Right]) -> Reach:
    """Return where any of the rights is held; nested reaches are collapsed, so they cost nothing."""
    wanted = set(rights)
    helpful = [power for power in powers if power.role.rights & wanted]
    if any(power.role.scope is Scope.PORTAL for power in helpful):
        return Reach(whole_portal=True)
    return Reach(
        whole_portal=False,
        unit_paths=_topmost(p.unit_path for p in helpful if p.role.scope is Scope.UNIT),
        branch_paths=_topmost(p.branch_path for p in helpful if p.role.scope is Scope.BRANCH),
    )


def ground_for(powers: Iterable[Power], place: Place, right: Right) -> Ground | None:
    """Return why the right is held at the place, or None when it is not.

    A person's own mandates go before those of somebody he substitutes.
    """
    holding = [p for p in powers if right in p.role.rights and p.reaches(place)]
    own = [power for power in holding if not power.acting_for]
    chosen = own or holding
    if not chosen:
        return None
    return ground_of_powers(chosen)


def ground_of_powers(powers: Iterable[Power]) -> Ground:
    """Put the powers into words; substitution is named in the wording, too."""
    powers = list(powers)
    names = dict.fromkeys(power.acting_for for power in powers if power.acting_for)
    return Ground("; ".join(_spelled(power) for power in powers), ", ".join(names))


def _spelled(power: Power) -> str:
    if not power.acting_for:
        return power.wording
    return _("%(mandate)s, acting for %(person)s") % {
        "mandate": power.wording,
        "person": power.acting_for,
    }


def _topmost(paths: Iterable[str]) -> tuple[str, ...]:
    top: list[str] = []
    for path in sorted(set(paths)):
        if not top or not path.startswith(top[-1]):
            top.append(path)
    return tuple(top)
