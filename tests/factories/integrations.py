"""Interfaces as a test needs them: in any state, with a client and a key, by the real actions."""

from typing import Any

from kpum.core import clock
from kpum.integrations import clients, terms
from kpum.integrations.enums import InterfaceState, Relation, Side, Verb, Verdict
from kpum.integrations.models import (
    ApiClient,
    ApiKey,
    DataInterface,
    InterfaceAgreement,
    OutsideSystem,
)
from kpum.org.models import Unit

ALL_VERBS = list(Verb)


def outside_system(code: str = "bip", name: str = "BIP MK") -> OutsideSystem:
    """Return the system, made when it is not there."""
    found, _made = OutsideSystem.objects.get_or_create(
        code=code, defaults={"name": name, "relation": Relation.FED}
    )
    return found


def terms_of(unit: Unit, **changes: Any) -> dict[str, Any]:
    """Return complete facts of an interface."""
    return {
        "name": "Karty usług dla BIP",
        "direction": "out",
        "system": outside_system(),
        "owner_unit": unit,
        "data_scope": "Opublikowane karty usług z metadanymi.",
        "protocol": "HTTPS, REST/JSON",
        "personal_data": False,
        "legal_ground": "",
        "service_level": "Odpowiedź w dni robocze do 4 godzin.",
        "technical_contact": "IT-01-2, interfejsy@example.org",
        "business_contact": "Redakcja BIP, bip@example.org",
        "channels": ["bip"],
        "notes": "",
    } | changes


def interface(
    unit: Unit,
    state: InterfaceState = InterfaceState.LIVE,
    code: str = "bip-karty",
    **changes: Any,
) -> DataInterface:
    """Store an interface that stands in the state, with the agreements that the state rests on."""
    now = clock.now()
    row = DataInterface.objects.create(
        code=code, state=state, state_since=now, created_at=now, **terms_of(unit, **changes)
    )
    if state in {InterfaceState.AGREED, InterfaceState.LIVE, InterfaceState.SUSPENDED}:
        for side in Side:
            agreement(row, side)
    return row


def agreement(row: DataInterface, side: Side) -> InterfaceAgreement:
    """Store one side's agreement to the terms as they stand."""
    return InterfaceAgreement.objects.create(
        interface=row,
        side=side,
        verdict=Verdict.AGREED,
        version=row.version,
        terms=terms.in_words(row, terms.TERMS),
        person_name="Jadwiga Naczelna",
        at=clock.now(),
    )


def client_of(row: DataInterface, code: str = "bip-eksport", **changes: Any) -> ApiClient:
    """Store a client of the interface."""
    facts = {"name": "Import kart do BIP", "contact": "Redakcja BIP"} | changes
    return clients.add_client(
        client=ApiClient(interface=row, code=code, **facts), actor=None, system="tests"
    )


def issued(client: ApiClient, **changes: Any) -> clients.IssuedKey:
    """Issue a key over everything that the client's interface has."""
    scope = {"channels": client.interface.channels, "verbs": ALL_VERBS} | changes
    return clients.issue_key(client=client, actor=None, system="tests", **scope)


def key_in(unit: Unit, state: InterfaceState, **changes: Any) -> tuple[ApiKey, str]:
    """Return a key, and its text, of an interface that has come into the state since."""
    row = interface(unit, **changes)
    made = issued(client_of(row))
    DataInterface.objects.filter(pk=row.pk).update(state=state)
    return made.key, made.text


def bearer(text: str) -> dict[str, str]:
    """Return the header that sends a key, for the test client."""
    return {"HTTP_AUTHORIZATION": f"Bearer {text}"}
