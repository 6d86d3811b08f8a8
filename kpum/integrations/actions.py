"""Interfaces and outside systems: proposed, consulted, agreed, put to work, stopped, retired (K-19).

``None`` for the acting person means the system, which ``system`` names: the demo, an import. It never
agrees: an agreement is a person's.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from kpum.audit.actions import record, subject_of
from kpum.core import clock
from kpum.integrations import powers, queries, terms
from kpum.integrations.enums import MOVES, InterfaceState, Side, Verdict
from kpum.integrations.errors import AgreementsWouldLapse, TermsIncomplete, WrongState
from kpum.integrations.models import DataInterface, InterfaceAgreement, OutsideSystem
from kpum.org.powers import Ground
from kpum.outbox.actions import enqueue

#: States that say nothing without a reason.
NEEDS_REASON = frozenset({InterfaceState.SUSPENDED, InterfaceState.RETIRED})
_ACTS = {
    InterfaceState.CONSULTED: "interface.consulted",
    InterfaceState.LIVE: "interface.live",
    InterfaceState.SUSPENDED: "interface.suspended",
    InterfaceState.RETIRED: "interface.retired",
}


@transaction.atomic
def save_system(*, system: OutsideSystem, actor: Any, by_system: str = "") -> OutsideSystem:
    """Store an outside system of the register, new or corrected.

    Raises:
        NotYoursToRegister: the person does not keep the register.
        ValidationError: names the field.
    """
    ground = powers.ground_to_register(actor, by_system)
    stored = OutsideSystem.objects.filter(pk=system.pk).first()
    system.full_clean()
    system.save()
    record(
        action="outsidesystem.saved",
        actor=actor,
        acting_for=ground.acting_for,
        subject=subject_of(system),
        label=system.name,
        authority=ground.wording,
        before=_system_in_words(stored) if stored else "",
        after=_system_in_words(system),
    )
    return system


def _system_in_words(system: OutsideSystem) -> str:
    facts = (system.code, system.name, system.get_relation_display(), system.described_in)
    return "; ".join(str(fact) for fact in (*facts, system.description) if fact)


@transaction.atomic
def propose_interface(*, interface: DataInterface, actor: Any, system: str = "") -> DataInterface:
    """Store a new interface as proposed: a head for his unit, the registrar for any (K-19).

    Args:
        interface: not stored yet; its state and version are set here.
        actor: who proposes; None for the system.
        system: which part of the system, for the trail.

    Raises:
        NotYoursToRegister: the person may not propose for this unit.
        ValidationError: names the field.
    """
    ground = powers.ground_to_propose(actor, interface.owner_unit, system)
    interface.state = InterfaceState.PROPOSED
    interface.state_since = interface.created_at = clock.now()
    interface.version, interface.terms_by = 1, actor
    interface.full_clean()
    interface.save(force_insert=True)
    after = terms.in_words(interface, (*terms.FACTS, *terms.TERMS))
    _tell("interface.proposed", interface, actor, ground, after=after)
    return interface


@transaction.atomic
def change_interface(
    *,
    interface: DataInterface,
    actor: Any,
    changes: Mapping[str, Any],
    may_lapse: bool = False,
    system: str = "",
) -> DataInterface:
    """Change fields of an interface; a change of the terms takes it back to consultation.

    Args:
        interface: what is changed.
        actor: who changes it; None for the system.
        changes: names of fields, of the terms or of the other facts, with their new values.
        may_lapse: the person was told that the agreements lapse, and wants it so.
        system: which part of the system, for the trail.

    Raises:
        NotYoursToRegister: the person may not change it, or not give it to that unit.
        WrongState: it is retired.
        AgreementsWouldLapse: the terms change, and ``may_lapse`` was not said.
        ValidationError: names the field.
        KeyError: a name is no field of the terms or facts.
    """
    for name in changes:
        if name not in (*terms.TERMS, *terms.FACTS):
            raise KeyError(name)
    interface = _locked(interface)
    ground = powers.ground_to_change(actor, interface, system)
    if interface.standing is InterfaceState.RETIRED:
        raise WrongState(_("A retired interface is not changed: propose a new one."))
    changed = [name for name, value in changes.items() if getattr(interface, name) != value]
    if not changed:
        return interface
    before = terms.in_words(interface, changed)
    for name in changed:
        setattr(interface, name, changes[name])
    if "owner_unit" in changed:
        powers.ground_to_change(actor, interface, system)
    interface.full_clean()
    new_terms = [name for name in terms.TERMS if name in changed]
    if new_terms:
        _change_terms(interface, actor, new_terms, may_lapse=may_lapse)
    interface.save()
    after = terms.in_words(interface, changed)
    _tell("interface.changed", interface, actor, ground, before=before, after=after)
    return interface


def _change_terms(
    interface: DataInterface, actor: Any, names: list[str], *, may_lapse: bool
) -> None:
    standing = interface.standing
    has_agreements = queries.agreements_in_force(interface).exists()
    if not may_lapse and (has_agreements or goes_back(standing)):
        told = [terms.label_of(name) for name in names]
        raise AgreementsWouldLapse(_lapse_warning(told), told)
    _lapse(interface)
    interface.version += 1
    interface.terms_by = actor
    if goes_back(standing):
        _stand(interface, InterfaceState.CONSULTED, _("The terms were changed."))


def goes_back(state: InterfaceState) -> bool:
    """Return whether a change of the terms takes an interface in this state back to consultation."""
    return state in {InterfaceState.AGREED, InterfaceState.LIVE, InterfaceState.SUSPENDED}


def _lapse_warning(changed: list[str]) -> str:
    return _(
        "This changes what was agreed (%(terms)s): the agreements lapse, the interface goes back to"
        " consultation, and its keys do not work until it is agreed and live again."
    ) % {"terms": get_text_list(changed, _("and"))}


@transaction.atomic
def move_interface(
    *, interface: DataInterface, to: InterfaceState, actor: Any, reason: str = "", system: str = ""
) -> DataInterface:
    """Move an interface to consultation, to work, to a stop or to its end.

    Args:
        interface: what is moved.
        to: consulted, live, suspended or retired; agreed and proposed come from decisions.
        actor: the registrar; None for the system.
        reason: why; needed to suspend and to retire, and told to who looks.
        system: which part of the system, for the trail.

    Raises:
        NotYoursToRegister: the person does not keep the register.
        WrongState: it does not stand where this can be done, or lacks an agreement.
        TermsIncomplete: something is missing that the state needs; names it.
        ValidationError: the reason is missing.
    """
    interface = _locked(interface)
    ground = powers.ground_to_register(actor, system)
    was = interface.standing
    if was not in MOVES.get(to, frozenset()):
        raise WrongState(
            _("From the state “%(was)s” an interface does not come to “%(to)s”.")
            % {"was": was.label, "to": to.label}
        )
    if to in NEEDS_REASON and not reason.strip():
        raise ValidationError({"reason": _("Say why: it stays with the interface.")})
    if missing := terms.missing_for(interface, to):
        raise TermsIncomplete(
            _("Before this, fill in: %(fields)s.")
            % {"fields": get_text_list([terms.label_of(name) for name in missing], _("and"))}
        )
    if to is InterfaceState.LIVE and queries.sides_missing(interface):
        raise WrongState(_("An interface goes live only with both agreements in force (K-19)."))
    _stand(interface, to, reason.strip())
    interface.save()
    _tell_of_move(_ACTS[to], interface, was, actor, ground)
    return interface


@transaction.atomic
def agree_to_interface(
    *, interface: DataInterface, side: Side, actor: Any, version: int, comment: str = ""
) -> InterfaceAgreement:
    """Agree to the terms on one side; with both agreements the interface is agreed (K-19).

    The chief editor may agree in the portfolio manager's name, and the record says so (K-26).

    Args:
        interface: what is agreed to.
        side: for whom the person speaks.
        actor: who agrees.
        version: the version of the terms that the person has read.
        comment: what he adds.

    Raises:
        NotYoursToRegister: the side is not the person's, or he wrote the terms himself.
        WrongState: it is not under consultation, the terms have changed, or the side has agreed.
    """
    interface = _locked(interface)
    ground = powers.ground_to_decide(actor, interface, side)
    _expect_open(interface, version)
    if side not in queries.sides_missing(interface):
        raise WrongState(_("This side has agreed already."))
    agreement = _keep(interface, side, Verdict.AGREED, actor, ground, comment)
    after = f"{side.label}: {agreement.terms}"
    _tell("interface.agreement_given", interface, actor, ground, after=after)
    if not queries.sides_missing(interface):
        was = interface.standing
        _stand(interface, InterfaceState.AGREED)
        interface.save()
        _tell_of_move("interface.agreed", interface, was, actor, ground)
    return agreement


@transaction.atomic
def refuse_interface(
    *, interface: DataInterface, side: Side, actor: Any, version: int, reason: str
) -> InterfaceAgreement:
    """Refuse the terms on one side, with reasons: the interface is a proposal again.

    Raises:
        NotYoursToRegister: the side is not the person's, or he wrote the terms himself.
        WrongState: it is not under consultation, or the terms have changed.
        ValidationError: the reasons are missing.
    """
    interface = _locked(interface)
    ground = powers.ground_to_decide(actor, interface, side)
    _expect_open(interface, version)
    if not reason.strip():
        raise ValidationError(
            {"comment": _("Say why you refuse: the proposer must know what to change.")}
        )
    refusal = _keep(interface, side, Verdict.REFUSED, actor, ground, reason.strip())
    was = interface.standing
    _lapse(interface)
    _stand(interface, InterfaceState.PROPOSED, f"{side.label}: {reason.strip()}")
    interface.save()
    _tell_of_move("interface.refused", interface, was, actor, ground)
    return refusal


def _locked(interface: DataInterface) -> DataInterface:
    rows = DataInterface.objects.select_for_update(of=("self",))
    return rows.select_related("system", "owner_unit").get(pk=interface.pk)


def _expect_open(interface: DataInterface, version: int) -> None:
    if interface.standing is not InterfaceState.CONSULTED:
        raise WrongState(_("Only an interface under consultation is agreed to or refused."))
    if interface.version != version:
        raise WrongState(_("The terms have changed since you read them: read them again."))


def _keep(
    interface: DataInterface,
    side: Side,
    verdict: Verdict,
    actor: Any,
    ground: Ground,
    comment: str,
) -> InterfaceAgreement:
    return InterfaceAgreement.objects.create(
        interface=interface,
        side=side,
        verdict=verdict,
        version=interface.version,
        terms=terms.in_words(interface, terms.TERMS),
        person_name=str(actor),
        acting_for=ground.acting_for[:300],
        authority=ground.wording,
        comment=comment,
        at=clock.now(),
    )


def _lapse(interface: DataInterface) -> None:
    queries.agreements_in_force(interface).update(lapsed_at=clock.now())


def _stand(interface: DataInterface, state: InterfaceState, reason: str = "") -> None:
    interface.state = state
    interface.state_since = clock.now()
    interface.state_reason = reason


def _tell_of_move(
    action: str, interface: DataInterface, was: InterfaceState, actor: Any, ground: Ground
) -> None:
    now = str(interface.standing.label)
    after = f"{now} ({interface.state_reason})" if interface.state_reason else now
    _tell(action, interface, actor, ground, before=str(was.label), after=after)


def _tell(
    action: str,
    interface: DataInterface,
    actor: Any,
    ground: Ground,
    *,
    before: str = "",
    after: str = "",
) -> None:
    record(
        action=action,
        actor=actor,
        acting_for=ground.acting_for,
        subject=subject_of(interface),
        label=str(interface),
        authority=ground.wording,
        before=before,
        after=after,
        data={"state": interface.state, "version": interface.version},
    )
    enqueue(
        kind=action,
        subject=subject_of(interface),
        payload={"code": interface.code, "state": interface.state},
    )
