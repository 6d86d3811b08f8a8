"""Outside systems and interfaces in several states, each brought there by those who may (K-19)."""

from typing import Any

from kpum.demo import content
from kpum.demo.builders.org import holder
from kpum.integrations import actions, clients
from kpum.integrations.enums import InterfaceState, Side
from kpum.integrations.models import ApiClient, DataInterface, OutsideSystem
from kpum.org.enums import Role
from kpum.org.models import Unit

#: How far each state lies on the way; a suspended interface has been live.
_WAY = (
    InterfaceState.PROPOSED, InterfaceState.CONSULTED, InterfaceState.AGREED, InterfaceState.LIVE,
    InterfaceState.SUSPENDED,
)  # fmt: skip
_FACTS = (
    "code", "name", "direction", "channels", "data_scope", "protocol", "service_level",
    "technical_contact", "business_contact", "notes",
)  # fmt: skip


def build_register() -> None:
    """Fill the interface register; nobody gets a key here."""
    data = content.table("interfaces")
    for row in data["system"]:
        actions.save_system(system=OutsideSystem(**row), actor=None, by_system="demo")
    for row in data["interface"]:
        _build(row)


def _build(row: dict[str, Any]) -> None:
    interface = actions.propose_interface(
        interface=DataInterface(
            **{name: row[name] for name in _FACTS},
            system=OutsideSystem.objects.get(code=row["system"]),
            owner_unit=Unit.objects.get(code=row["unit"]),
        ),
        actor=holder(Role.UNIT_HEAD, row["unit"]),
    )
    registrar = holder(Role.INTERFACE_REGISTRAR)
    for state in _WAY[1 : _WAY.index(InterfaceState(row["state"])) + 1]:
        if state is InterfaceState.AGREED:
            _agree(interface)
        else:
            reason = row["reason"] if state is InterfaceState.SUSPENDED else ""
            actions.move_interface(interface=interface, to=state, actor=registrar, reason=reason)
    if "client" in row:
        client = ApiClient(interface=interface, **row["client"])
        clients.add_client(client=client, actor=registrar)


def _agree(interface: DataInterface) -> None:
    for side, role in (
        (Side.PORTFOLIO_MANAGER, Role.SERVICE_PORTFOLIO_MANAGER),
        (Side.CHIEF_EDITOR, Role.EDITOR_IN_CHIEF),
    ):
        actions.agree_to_interface(
            interface=interface, side=side, actor=holder(role), version=interface.version
        )
