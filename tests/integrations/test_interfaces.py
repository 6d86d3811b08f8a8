"""An interface from its proposal to its end: two agreements, no short cut, every step told (K-19)."""

import itertools

import pytest
from django.core.exceptions import ValidationError

from kpum.audit.models import AuditEntry
from kpum.integrations import actions, queries, terms
from kpum.integrations.enums import MOVES, InterfaceState, Relation, Side, Verdict
from kpum.integrations.errors import (
    AgreementsWouldLapse,
    NotYoursToRegister,
    TermsIncomplete,
    WrongState,
)
from kpum.integrations.models import DataInterface, InterfaceAgreement, OutsideSystem
from kpum.org.actions import end_mandate, grant_mandate, name_substitute
from kpum.org.enums import Role
from kpum.org.models import Mandate, Unit
from kpum.outbox.models import OutboxEvent
from tests.factories import integrations as make

pytestmark = pytest.mark.django_db
S = InterfaceState


def proposal(unit, **changes):
    return DataInterface(code="bip-karty", **make.terms_of(unit, **changes))


def agree(row, side, actor, **kwargs):
    row.refresh_from_db()
    args = {"interface": row, "side": side, "actor": actor, "version": row.version}
    return actions.agree_to_interface(**(args | kwargs))


def last():
    return AuditEntry.objects.order_by("-pk").first()


def state(row):
    row.refresh_from_db()
    return row.standing


def test_the_whole_way_from_proposal_to_the_end_is_in_the_trail(unit, people):
    registrar = people["registrar"]
    row = actions.propose_interface(interface=proposal(unit), actor=people["head"])
    actions.move_interface(interface=row, to=S.CONSULTED, actor=registrar)
    agree(row, Side.PORTFOLIO_MANAGER, people["manager"])
    assert state(row) is S.CONSULTED
    with pytest.raises(WrongState):
        actions.move_interface(interface=row, to=S.LIVE, actor=registrar)
    agree(row, Side.CHIEF_EDITOR, people["chief"], comment="Zgoda.")
    assert state(row) is S.AGREED
    for to in (S.LIVE, S.SUSPENDED, S.LIVE, S.RETIRED):
        actions.move_interface(interface=row, to=to, actor=registrar, reason="przegląd")
        assert state(row) is to

    entries = AuditEntry.objects.filter(subject=f"datainterface:{row.pk}").order_by("pk")
    told = [(entry.action.split(".")[1], entry.before) for entry in entries]
    assert told == [
        ("proposed", ""), ("consulted", "proposed"), ("agreement_given", ""),
        ("agreement_given", ""), ("agreed", "under consultation"), ("live", "agreed"),
        ("suspended", "live"), ("live", "suspended"), ("retired", "live"),
    ]  # fmt: skip
    assert entries.get(action="interface.suspended").after == "suspended (przegląd)"
    assert "Rita" in entries.get(action="interface.suspended").actor_name
    assert OutboxEvent.objects.filter(subject=f"datainterface:{row.pk}").count() == len(told)


def test_from_each_state_only_the_drawn_moves_lead_on(unit, people):
    made = {}
    for was in S:
        made[was] = make.interface(unit, was, code=f"i-{was.value}")
    allowed = set()
    for was, to in itertools.product(S, S):
        row = made[was]
        try:
            actions.move_interface(interface=row, to=to, actor=people["registrar"], reason="x")
        except WrongState:
            assert state(row) is was
            continue
        allowed.add((was, to))
        DataInterface.objects.filter(pk=row.pk).update(state=was)

    assert allowed == {(was, to) for to, sources in MOVES.items() for was in sources}
    assert allowed >= {(S.LIVE, S.SUSPENDED), (S.SUSPENDED, S.LIVE)}
    assert (S.CONSULTED, S.LIVE) not in allowed


def test_it_goes_live_only_with_both_agreements_in_force_whatever_its_row_says(unit, people):
    row = make.interface(unit, S.CONSULTED)
    make.agreement(row, Side.CHIEF_EDITOR)
    DataInterface.objects.update(state=S.AGREED)

    with pytest.raises(WrongState, match="both agreements"):
        actions.move_interface(interface=row, to=S.LIVE, actor=people["registrar"])


def test_what_the_next_state_lacks_is_named(unit, people):
    row = make.interface(unit, S.PROPOSED, service_level="", business_contact=" ")

    with pytest.raises(TermsIncomplete, match="Service level and Business contact"):
        actions.move_interface(interface=row, to=S.CONSULTED, actor=people["registrar"])
    with pytest.raises(ValidationError, match="Say why"):
        actions.move_interface(interface=row, to=S.RETIRED, actor=people["registrar"])
    assert terms.missing_for(row, S.RETIRED) == []


def test_personal_data_need_a_legal_ground_and_channels_must_exist(unit, people):
    for changes, field in (
        ({"personal_data": True, "legal_ground": " "}, "legal_ground"),
        ({"channels": ["nowhere"]}, "channels"),
        ({"channels": "bip"}, "channels"),
    ):
        with pytest.raises(ValidationError) as refused:
            actions.propose_interface(interface=proposal(unit, **changes), actor=people["head"])
        assert list(refused.value.message_dict) == [field]


# --- agreements ---


def test_the_chief_editor_may_agree_in_the_managers_name_and_the_record_says_so(unit, people):
    row = make.interface(unit, S.CONSULTED)
    agree(row, Side.CHIEF_EDITOR, people["chief"])

    given = agree(row, Side.PORTFOLIO_MANAGER, people["chief"])

    assert given.acting_for == "Paweł Teka"
    assert AuditEntry.objects.get(action="interface.agreed").acting_for == "Paweł Teka"
    assert InterfaceAgreement.objects.get(side=Side.CHIEF_EDITOR).acting_for == ""
    assert state(row) is S.AGREED


def test_where_nobody_holds_the_managers_office_the_office_itself_is_named(unit, people):
    end_mandate(mandate=Mandate.objects.get(user=people["manager"]), actor=None, reason="koniec")
    row = make.interface(unit, S.CONSULTED)

    assert agree(row, Side.PORTFOLIO_MANAGER, people["chief"]).acting_for == (
        "service portfolio manager"
    )


def test_a_substitute_agrees_for_whom_he_stands_in(unit, people):
    from datetime import timedelta

    from kpum.core import clock

    now = clock.now()
    name_substitute(
        mandate=Mandate.objects.get(user=people["chief"]), substitute=people["operator"],
        reason="urlop", valid_from=now, valid_to=now + timedelta(days=1),
    )  # fmt: skip
    row = make.interface(unit, S.CONSULTED)

    assert agree(row, Side.CHIEF_EDITOR, people["operator"]).acting_for == "Jadwiga Naczelna"
    in_name = agree(row, Side.PORTFOLIO_MANAGER, people["operator"])
    assert in_name.acting_for == "Paweł Teka, Jadwiga Naczelna"


def test_the_manager_does_not_agree_for_the_chief_editor_nor_anybody_else_for_either(unit, people):
    row = make.interface(unit, S.CONSULTED)
    wrong = [("manager", Side.CHIEF_EDITOR)]
    wrong += [(p, s) for p in ("registrar", "head", "auditor", "operator") for s in Side]
    for part, side in wrong:
        with pytest.raises(NotYoursToRegister):
            agree(row, side, people[part])
        with pytest.raises(NotYoursToRegister):
            actions.refuse_interface(
                interface=row, side=side, actor=people[part], version=1, reason="x"
            )


def test_nobody_agrees_to_terms_he_wrote_himself(unit, people):
    both = people["manager"]
    grant_mandate(user=both, role=Role.UNIT_HEAD, unit=unit, basis="b")
    row = actions.propose_interface(interface=proposal(unit), actor=both)
    actions.move_interface(interface=row, to=S.CONSULTED, actor=people["registrar"])

    with pytest.raises(NotYoursToRegister, match="yourself"):
        agree(row, Side.PORTFOLIO_MANAGER, both)


def test_agreeing_is_to_the_terms_one_has_read_once_and_while_they_are_consulted(unit, people):
    row = make.interface(unit, S.CONSULTED)
    with pytest.raises(WrongState, match="read them again"):
        agree(row, Side.CHIEF_EDITOR, people["chief"], version=row.version + 1)
    agree(row, Side.CHIEF_EDITOR, people["chief"])
    with pytest.raises(WrongState, match="already"):
        agree(row, Side.CHIEF_EDITOR, people["chief"])
    for was in set(S) - {S.CONSULTED}:
        DataInterface.objects.update(state=was)
        with pytest.raises(WrongState, match="under consultation"):
            agree(row, Side.PORTFOLIO_MANAGER, people["manager"])


def test_a_refusal_has_reasons_and_makes_it_a_proposal_again(unit, people):
    row = make.interface(unit, S.CONSULTED)
    agree(row, Side.CHIEF_EDITOR, people["chief"])
    args = {
        "interface": row,
        "side": Side.PORTFOLIO_MANAGER,
        "actor": people["manager"],
        "version": 1,
    }
    with pytest.raises(ValidationError):
        actions.refuse_interface(**args, reason=" ")

    actions.refuse_interface(**args, reason="Zakres jest za szeroki.")

    assert state(row) is S.PROPOSED
    assert row.state_reason == "service portfolio manager: Zakres jest za szeroki."
    assert not queries.agreements_in_force(row).exists()
    kept = InterfaceAgreement.objects.filter(interface=row)
    assert [one.verdict for one in kept] == [Verdict.AGREED, Verdict.REFUSED]


# --- changes ---


def test_a_change_of_what_was_agreed_takes_it_back_to_consultation_after_a_warning(unit, people):
    other = Unit.objects.get(code="ZZM")
    values = {
        "direction": "both", "system": make.outside_system("mpi", "MPI"), "owner_unit": other,
        "data_scope": "Więcej", "protocol": "FTP", "channels": ["bip", "mpi"],
        "legal_ground": "art. 6", "service_level": "dobę", "personal_data": True,
    }  # fmt: skip
    assert set(values) == set(terms.TERMS)
    for number, (name, value) in enumerate(values.items()):
        row = make.interface(
            unit,
            S.LIVE,
            code=f"i-{number}",
            legal_ground="podstawa" if name == "personal_data" else "",
        )
        args = {"interface": row, "actor": people["registrar"], "changes": {name: value}}
        with pytest.raises(AgreementsWouldLapse) as warned:
            actions.change_interface(**args)
        assert warned.value.changed == (terms.label_of(name),)
        assert state(row) is S.LIVE

        actions.change_interface(**args, may_lapse=True)

        assert state(row) is S.CONSULTED, name
        assert queries.sides_missing(row) == list(Side)
        assert row.version == 2
        assert InterfaceAgreement.objects.filter(interface=row, lapsed_at=None).count() == 0


def test_other_facts_change_without_ado(unit, people):
    row = make.interface(unit)
    changes = dict.fromkeys(terms.FACTS, "Inaczej")

    actions.change_interface(interface=row, actor=people["registrar"], changes=changes)

    assert (state(row), row.version, row.notes) == (S.LIVE, 1, "Inaczej")
    assert "Notes: –" in last().before
    count = AuditEntry.objects.count()
    actions.change_interface(interface=row, actor=people["registrar"], changes=changes)
    assert AuditEntry.objects.count() == count


def test_under_consultation_a_change_waits_for_a_word_only_when_somebody_has_agreed(unit, people):
    row = make.interface(unit, S.CONSULTED)
    args = {"interface": row, "actor": people["registrar"]}
    actions.change_interface(**args, changes={"protocol": "SFTP"})
    agree(row, Side.CHIEF_EDITOR, people["chief"])

    with pytest.raises(AgreementsWouldLapse):
        actions.change_interface(**args, changes={"protocol": "FTP"})
    assert state(row) is S.CONSULTED
    with pytest.raises(KeyError):
        actions.change_interface(**args, changes={"state": "live"})


def test_a_head_writes_the_terms_of_his_units_proposals_only(unit, people):
    row = make.interface(unit, S.PROPOSED)
    change = {"changes": {"protocol": "SFTP"}}
    actions.change_interface(interface=row, actor=people["head"], **change)
    with pytest.raises(NotYoursToRegister):
        actions.change_interface(interface=row, actor=people["stranger"], changes={"notes": "x"})
    # Not even to give it away to a unit that is not his.
    with pytest.raises(NotYoursToRegister):
        actions.change_interface(
            interface=row,
            actor=people["head"],
            changes={"owner_unit": Unit.objects.get(code="ZZM")},
        )
    DataInterface.objects.update(state=S.CONSULTED)
    with pytest.raises(NotYoursToRegister):
        actions.change_interface(interface=row, actor=people["head"], changes={"notes": "x"})


def test_a_retired_interface_stays_as_it_was(unit, people):
    row = make.interface(unit, S.RETIRED)

    with pytest.raises(WrongState):
        actions.change_interface(interface=row, actor=people["registrar"], changes={"notes": "x"})


def test_a_unit_without_a_mandate_over_it_is_nobodys_to_propose_for(unit, people):
    for part in ("stranger", "chief", "manager", "auditor", "operator"):
        with pytest.raises(NotYoursToRegister):
            actions.propose_interface(interface=proposal(unit), actor=people[part])
    row = actions.propose_interface(interface=proposal(unit), actor=None, system="demo")
    assert last().authority == "system: demo"
    for part in ("head", "chief", "manager", "auditor"):
        with pytest.raises(NotYoursToRegister):
            actions.move_interface(interface=row, to=S.CONSULTED, actor=people[part])


def test_who_waits_for_whom_is_known_without_a_query_a_row(unit, people, django_assert_num_queries):
    row = make.interface(unit, S.CONSULTED)
    make.agreement(row, Side.CHIEF_EDITOR)
    make.interface(unit, S.PROPOSED, code="inny")
    assert queries.waiting_on([Side.CHIEF_EDITOR]) == []
    for number in range(9):
        make.interface(unit, S.CONSULTED, code=f"i-{number}")
    with django_assert_num_queries(2):
        waiting = queries.waiting_on([Side.PORTFOLIO_MANAGER])

    assert len(waiting) == 10
    assert waiting[0] == row


def test_outside_systems_are_kept_by_the_registrar(people):
    system = OutsideSystem(code="ezd", name="EZD PUW", relation=Relation.CONTEXT)
    with pytest.raises(NotYoursToRegister):
        actions.save_system(system=system, actor=people["chief"])
    actions.save_system(system=system, actor=people["registrar"])
    system.name = "EZD"
    actions.save_system(system=system, actor=people["registrar"])

    assert (last().before, last().after) == (
        "ezd; EZD PUW; recorded only",
        "ezd; EZD; recorded only",
    )
    with pytest.raises(ValidationError):
        actions.save_system(
            system=OutsideSystem(code="Ż Ó", name="x", relation="fed"), actor=people["registrar"]
        )
