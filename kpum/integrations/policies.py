"""What Wagtail's lists and menus ask about the register; the actions ask again and decide.

The register is read by who keeps it, who agrees, and who oversees the portal; a head reads the
interfaces of his units.
"""

from typing import Any

from django.db.models import Q

from kpum.integrations import powers
from kpum.integrations.enums import InterfaceState
from kpum.integrations.models import ApiClient, ApiKey, DataInterface, OutsideSystem
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.models import Unit
from kpum.org.policies import PowersPolicy
from kpum.org.powers import Place, reach_of, rights_over

_READ_ALL = {Right.REGISTER_INTERFACE, Right.AGREE_INTERFACE, Right.OVERSEE}


def reads_register(user: Any) -> bool:
    """Return whether the person reads, and may take away, the whole register."""
    return reach_of(org.powers_in_request(user), _READ_ALL).whole_portal


def keeps_register(user: Any) -> bool:
    """Return whether the person keeps the register."""
    return bool(reach_of(org.powers_in_request(user), {Right.REGISTER_INTERFACE}))


def proposes(user: Any) -> bool:
    """Return whether the person may propose an interface for some unit."""
    wanted = {Right.REGISTER_INTERFACE, Right.PROPOSE_INTERFACE}
    return bool(reach_of(org.powers_in_request(user), wanted))


def units_to_propose_for(user: Any) -> Q:
    """Return the condition on units for those whose interfaces the person may propose."""
    if keeps_register(user):
        return Q()
    reach = reach_of(org.powers_in_request(user), {Right.PROPOSE_INTERFACE})
    return org.units_in_reach(reach)


def seen_interfaces(user: Any) -> Q:
    """Return the condition on interfaces for those that the person may see."""
    if reads_register(user):
        return Q()
    units = Unit.objects.filter(units_to_propose_for(user)).order_by()
    return Q(owner_unit__in=units.values("pk"))


class InterfacePolicy(PowersPolicy):
    """Who proposes, changes, moves, agrees, sees and exports."""

    def _may(self, user: Any, action: str) -> bool:
        if action == "export":
            return reads_register(user)
        if action == "add":
            return proposes(user)
        return action == "view" and (reads_register(user) or proposes(user))

    def _may_here(self, user: Any, action: str, instance: DataInterface) -> bool:
        match action:
            case "change":
                return instance.state != InterfaceState.RETIRED and self._may_write(user, instance)
            case "move" | "add_client":
                return instance.state != InterfaceState.RETIRED and keeps_register(user)
            case "decide":
                return self._may_decide(user, instance)
            case "view":
                return self._may_see(user, instance)
            case _:
                return False

    @staticmethod
    def _may_write(user: Any, interface: DataInterface) -> bool:
        if keeps_register(user):
            return True
        rights = rights_over(org.powers_in_request(user), Place.of_unit(interface.owner_unit))
        return interface.state == InterfaceState.PROPOSED and Right.PROPOSE_INTERFACE in rights

    @staticmethod
    def _may_see(user: Any, interface: DataInterface) -> bool:
        rights = rights_over(org.powers_in_request(user), Place.of_unit(interface.owner_unit))
        return bool(rights & (_READ_ALL | {Right.PROPOSE_INTERFACE}))

    @staticmethod
    def _may_decide(user: Any, interface: DataInterface) -> bool:
        open_ = interface.state == InterfaceState.CONSULTED
        return open_ and bool(powers.sides_of(org.powers_in_request(user)))

    def _seen(self, user: Any) -> Q:
        return seen_interfaces(user)


class _KeptPolicy(PowersPolicy):
    """What the registrar alone keeps; ``interface`` leads from a row to its interface."""

    interface = ""

    def _may(self, user: Any, action: str) -> bool:
        if action == "view":
            return reads_register(user) or proposes(user)
        return action == "add" and keeps_register(user)

    def _may_here(self, user: Any, action: str, _instance: Any) -> bool:
        return action == "change" and keeps_register(user)

    def _seen(self, user: Any) -> Q:
        if reads_register(user):
            return Q()
        interfaces = DataInterface.objects.filter(seen_interfaces(user)).order_by()
        return Q(**{f"{self.interface}__in": interfaces.values("pk")})


class ClientPolicy(_KeptPolicy):
    """Clients are kept by the registrar, and seen with their interface."""

    model: type[ApiClient]
    interface = "interface"


class KeyPolicy(_KeptPolicy):
    """Keys, too."""

    model: type[ApiKey]
    interface = "client__interface"


class SystemPolicy(PowersPolicy):
    """Outside systems are kept by the registrar, and known to whoever sees interfaces."""

    model: type[OutsideSystem]

    def _may(self, user: Any, action: str) -> bool:
        if action == "view":
            return reads_register(user) or proposes(user)
        return action == "add" and keeps_register(user)

    def _may_here(self, user: Any, action: str, _instance: Any) -> bool:
        return action == "change" and keeps_register(user)

    def _seen(self, user: Any) -> Q:
        return Q() if self._may(user, "view") else Q(pk__in=[])
