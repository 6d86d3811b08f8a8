"""Who may do what with an interface: grounds from powers, as the audit trail keeps them."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from kpum.integrations.enums import InterfaceState, Side
from kpum.integrations.errors import NotYoursToRegister
from kpum.integrations.models import DataInterface
from kpum.org import queries as org
from kpum.org.enums import Right, Role
from kpum.org.models import Unit
from kpum.org.powers import Ground, Place, Power, ground_for, ground_of_powers

_ANYWHERE = Place("")


def ground_to_propose(actor: Any, unit: Unit, system: str = "") -> Ground:
    """Return why the person may propose an interface of the unit.

    Raises:
        NotYoursToRegister: he neither leads the unit nor keeps the register.
    """
    if actor is None:
        return Ground(f"system: {system}")
    powers = org.powers_of(actor)
    ground = ground_for(powers, _ANYWHERE, Right.REGISTER_INTERFACE) or ground_for(
        powers, Place.of_unit(unit), Right.PROPOSE_INTERFACE
    )
    if ground is None:
        raise NotYoursToRegister(
            _("Interfaces of a unit are proposed by its head or by the registrar of interfaces.")
        )
    return ground


def ground_to_change(actor: Any, interface: DataInterface, system: str = "") -> Ground:
    """Return why the person may change the interface's fields: a head does while it is proposed.

    Raises:
        NotYoursToRegister: he may not.
    """
    if interface.standing is InterfaceState.PROPOSED:
        return ground_to_propose(actor, interface.owner_unit, system)
    return ground_to_register(actor, system)


def ground_to_register(actor: Any, system: str = "") -> Ground:
    """Return why the person may keep the register: move interfaces, keep clients, issue keys.

    Raises:
        NotYoursToRegister: he may not.
    """
    if actor is None:
        return Ground(f"system: {system}")
    ground = ground_for(org.powers_of(actor), _ANYWHERE, Right.REGISTER_INTERFACE)
    if ground is None:
        raise NotYoursToRegister(_("This is done by the registrar of interfaces."))
    return ground


def ground_to_decide(actor: Any, interface: DataInterface, side: Side) -> Ground:
    """Return why the person may agree, or refuse, on this side.

    Raises:
        NotYoursToRegister: the side is not his, or he wrote the terms himself.
    """
    ground = _ground_on(org.powers_of(actor), side)
    if ground is None:
        raise NotYoursToRegister(_("You do not agree to interfaces on this side."))
    if interface.terms_by_id == actor.pk:
        raise NotYoursToRegister(_("You wrote these terms yourself: somebody else agrees to them."))
    return ground


def sides_of(powers: list[Power]) -> list[Side]:
    """Return the sides on which these powers may decide: own ones first, then in another's name."""
    held = {power.role for power in powers}
    own = [side for side in Side if side.deciding_role in held]
    return own + [side for side in Side if side.in_name_role in held and side not in own]


def is_in_name(powers: list[Power], side: Side) -> bool:
    """Return whether these powers decide on the side only in the name of its own role (K-26)."""
    return not any(power.role is side.deciding_role for power in powers)


def _ground_on(powers: list[Power], side: Side) -> Ground | None:
    if deciding := _of_role(powers, side.deciding_role):
        return ground_of_powers(deciding)
    in_name = _of_role(powers, side.in_name_role) if side.in_name_role else []
    return _in_name(ground_of_powers(in_name), side) if in_name else None


def _of_role(powers: list[Power], role: Role) -> list[Power]:
    """Return the person's own powers of the role; those he exercises for others when he has none."""
    held = [
        power
        for power in powers
        if power.role is role and Right.AGREE_INTERFACE in power.role.rights
    ]
    return [power for power in held if not power.acting_for] or held


def _in_name(ground: Ground, side: Side) -> Ground:
    """Return the ground of one who decides in the name of the side's own role (K-26)."""
    names = [str(person) for person in org.holders(side.deciding_role)]
    # A chief editor's substitute acts for both: for the manager, and for the chief editor.
    told = [*(names or [str(side.deciding_role.label)]), ground.acting_for]
    return replace(ground, acting_for=", ".join(filter(None, told)))
