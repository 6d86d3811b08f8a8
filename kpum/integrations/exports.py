"""The register in the shape in which it leaves the portal: the *ewidencja interfejsów* (I-06).

Described in ``docs/integrations/interface-register.md``, with a JSON Schema beside it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from kpum.core.conf import portal_settings
from kpum.integrations.enums import Verdict
from kpum.integrations.models import ApiClient, DataInterface, InterfaceAgreement

SHAPE = "kpum-interface-register/1"


def register_as_data(rows: Iterable[DataInterface], moment: datetime) -> dict[str, Any]:
    """Return the whole export; rows come from ``queries.register_rows``.

    Args:
        rows: the interfaces, with everything at hand.
        moment: when it is made.
    """
    return {
        "shape": SHAPE,
        "portal": portal_settings().PORTAL_NAME,
        "made_at": _moment(moment),
        "interfaces": [interface_as_data(row, moment) for row in rows],
    }


def interface_as_data(row: DataInterface, moment: datetime) -> dict[str, Any]:
    """Return one interface; no key, no hash, no name of who uses it but offices."""
    return {
        "code": row.code,
        "name": row.name,
        "direction": row.direction,
        "system": {
            "code": row.system.code,
            "name": row.system.name,
            "relation": row.system.relation,
        },
        "owner_unit": {"code": row.owner_unit.code, "name": row.owner_unit.name},
        "data_scope": row.data_scope,
        "protocol": row.protocol,
        "personal_data": row.personal_data,
        "legal_ground": row.legal_ground,
        "service_level": row.service_level,
        "contacts": {"technical": row.technical_contact, "business": row.business_contact},
        "channels": list(row.channels),
        "notes": row.notes,
        "state": row.state,
        "state_since": _moment(row.state_since),
        "state_reason": row.state_reason,
        "version": row.version,
        "created_at": _moment(row.created_at),
        "agreements": [_agreement(one) for one in row.agreements.all()],
        "clients": [_client(client, moment) for client in row.clients.all()],
    }


def agreements_in_words(row: DataInterface) -> str:
    """Return who has agreed to the terms as they stand, for a cell."""
    return "; ".join(
        f"{one.get_side_display()}: {one.person_name}, {one.at:%Y-%m-%d}"
        + (f" ({one.acting_for})" if one.acting_for else "")
        for one in row.agreements.all()
        if one.verdict == Verdict.AGREED and one.lapsed_at is None and one.version == row.version
    )


def _agreement(one: InterfaceAgreement) -> dict[str, Any]:
    return {
        "side": one.side,
        "verdict": one.verdict,
        "version": one.version,
        "person": one.person_name,
        "acting_for": one.acting_for,
        "comment": one.comment,
        "at": _moment(one.at),
        "lapsed_at": _moment(one.lapsed_at) if one.lapsed_at else None,
    }


def _client(client: ApiClient, moment: datetime) -> dict[str, Any]:
    in_force = [key for key in client.keys.all() if key.works_at(moment)]
    return {
        "code": client.code,
        "name": client.name,
        "contact": client.contact,
        "keys_in_force": len(in_force),
    }


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
