"""Mandates, substitutions and internal orders: each act checks who may, and is in the trail.

``None`` for the acting person means the system: an import, the demo, a migration. Changes of units
come from INTEGRATOR: see ``unit_import``.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpum.audit.actions import record, subject_of
from kpum.core import clock, memo
from kpum.org import queries, registry
from kpum.org.enums import APPOINTED_BY_HEAD, Duty, Right, Role
from kpum.org.errors import NotYoursToGrant, NotYoursToSay, SingleRoleTaken
from kpum.org.models import InternalOrder, Mandate, OrderDuty, Substitution, Unit
from kpum.org.powers import Ground, Place
from kpum.org.registry import project_unit
from kpum.outbox.actions import enqueue

#: The fields that say how citizens reach a unit.
CONTACT_FIELDS = frozenset(
    {"address", "phone", "email", "ade_address", "opening_hours", "contact_is_demo"}
)
_BY_SYSTEM = Ground("system")


@transaction.atomic
def grant_mandate(  # noqa: PLR0913 - a mandate is its facts
    *,
    user: Any,
    role: Role,
    unit: Unit | None = None,
    branch: Any = None,
    basis: str,
    granted_by: Any = None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    replacing: bool = False,
    system: str = "",
    by_sezam: bool = False,
) -> Mandate:
    """Give a person a role (M-20); a head appoints his unit's coordinators and operators (K-20).

    Args:
        user: who gets it.
        role: what he becomes.
        unit: for a role held for a unit.
        branch: for a role held for a branch site, the site's first page.
        basis: the act or the number of the authorisation.
        granted_by: who gives it; None for the system.
        valid_from: now, unless given.
        valid_to: the first second without it; never, unless given.
        replacing: end the present holder's mandate of a role that one person holds, at the same second.
        system: which part of the system gives it, for the trail, when no person does.
        by_sezam: an import of SEZAM gives it, and may change or end it later.

    Raises:
        NotYoursToGrant: the person may not give this role here, or not to himself.
        SingleRoleTaken: another person holds the role in that time.
        ValidationError: names the field.
    """
    begin = valid_from or clock.now()
    ground = _ground_to_grant(granted_by, role, unit, branch, system)
    if granted_by is not None and granted_by.pk == user.pk:
        raise NotYoursToGrant(_("Nobody gives a mandate to himself."))
    if role.is_single:
        _make_room(role, branch, begin, valid_to, granted_by, replacing=replacing)
    mandate = Mandate.objects.create(
        user=user,
        role=role,
        unit=unit,
        branch=branch,
        basis=basis,
        granted_by=granted_by,
        valid_from=begin,
        valid_to=valid_to,
        by_sezam=by_sezam,
    )
    memo.forget()
    record(
        action="mandate.granted",
        actor=granted_by,
        acting_for=ground.acting_for,
        subject=subject_of(mandate),
        label=str(mandate),
        authority=f"{basis}; {ground.wording}",
        after=_period(mandate),
        data={"role": role.value, "unit": unit.code if unit else None, "user": str(user.pk)},
    )
    enqueue(kind="mandate.granted", subject=subject_of(mandate), payload={"mandate": mandate.pk})
    return mandate


@transaction.atomic
def end_mandate(
    *,
    mandate: Mandate,
    actor: Any,
    reason: str,
    system: str = "",
    moment: datetime | None = None,
) -> Mandate:
    """End a mandate this second.

    Args:
        mandate: what ends.
        actor: who ends it; None for the system.
        reason: why, in words for the trail.
        system: which part of the system, for the trail.
        moment: the one second of an import that has begun; a mandate given in it follows without a gap.

    Raises:
        NotYoursToGrant: the person may not end this mandate.
        SingleRoleTaken: the chief editor's ends only by handing over (K-08).
        ValidationError: the mandate has not begun yet or has ended already: there is nothing to end.
    """
    mandate = _locked(mandate)
    role = Role(mandate.role)
    ground = _ground_to_grant(actor, role, mandate.unit, mandate.branch, system)
    if role is Role.EDITOR_IN_CHIEF and actor is not None:
        raise SingleRoleTaken(_needs_successor())
    return _end(mandate, moment or clock.now(), actor, reason, ground)


def _end(
    mandate: Mandate, moment: datetime, actor: Any, reason: str, ground: Ground = _BY_SYSTEM
) -> Mandate:
    if mandate.valid_to is not None and mandate.valid_to <= moment:
        # Writing a later end would say that he had the right in between.
        raise ValidationError(_("The mandate has ended already."))
    before = _period(mandate)
    mandate.valid_to = moment
    mandate.save()
    _tell_of_mandate("mandate.ended", mandate, actor, reason, ground, before, _period(mandate))
    return mandate


def _tell_of_mandate(  # noqa: PLR0913, PLR0917 - what the trail and the outbox are told
    action: str, mandate: Mandate, actor: Any, reason: str, ground: Ground, before: str, after: str
) -> None:
    memo.forget()
    record(
        action=action,
        actor=actor,
        acting_for=ground.acting_for,
        subject=subject_of(mandate),
        label=str(mandate),
        authority=f"{reason}; {ground.wording}",
        before=before,
        after=after,
    )
    enqueue(kind=action, subject=subject_of(mandate), payload={"mandate": mandate.pk})


def _needs_successor() -> str:
    return _("The portal always has a chief editor: appoint the next one, who replaces this one.")


@transaction.atomic
def change_mandate_end(
    *, mandate: Mandate, valid_to: datetime | None, actor: Any, reason: str, system: str = ""
) -> Mandate:
    """Give a mandate that has not ended another end, sooner or later, but never in the past.

    Args:
        mandate: what is changed.
        valid_to: the first second without it; None for no end.
        actor: who changes it; None for the system.
        reason: why, in words for the trail.
        system: which part of the system, for the trail.

    Raises:
        NotYoursToGrant: the person may not give this mandate, or it is his own.
        SingleRoleTaken: another person holds the role in the added time; or the chief editor's would
            end without a successor (K-08).
        ValidationError: the mandate has ended already, or would have ended before now.
    """
    mandate = _locked(mandate)
    role, before, now = Role(mandate.role), mandate.valid_to, clock.now()
    ground = _ground_to_grant(actor, role, mandate.unit, mandate.branch, system)
    if actor is not None and actor.pk == mandate.user_id:
        raise NotYoursToGrant(_("Nobody gives a mandate to himself."))
    if before is not None and before <= now:
        raise ValidationError(_("The mandate has ended already."))
    if valid_to is not None and valid_to <= now:
        raise ValidationError({"valid_to": _("The new end lies in the past.")})
    if role is Role.EDITOR_IN_CHIEF and actor is not None:
        raise SingleRoleTaken(_needs_successor())
    if role.is_single and before is not None and (valid_to is None or valid_to > before):
        _make_room(role, mandate.branch, before, valid_to, actor, replacing=False)
    told = _period(mandate)
    mandate.valid_to = valid_to
    mandate.save()
    _tell_of_mandate("mandate.changed", mandate, actor, reason, ground, told, _period(mandate))
    return mandate


@transaction.atomic
def take_back_mandate(*, mandate: Mandate, actor: Any, reason: str, system: str = "") -> None:
    """Take back a mandate that has not begun, with the substitutions that hang on it.

    Raises:
        NotYoursToGrant: the person may not.
        ValidationError: it has begun; it can only end.
    """
    mandate = _locked(mandate)
    ground = _ground_to_grant(actor, Role(mandate.role), mandate.unit, mandate.branch, system)
    if mandate.valid_from < clock.now():
        raise ValidationError(_("The mandate has begun already: end it instead."))
    after = _("taken back before it began")
    _tell_of_mandate("mandate.taken_back", mandate, actor, reason, ground, _period(mandate), after)
    mandate.substitutions.all().delete()
    mandate.delete()


def _locked(mandate: Mandate) -> Mandate:
    return Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)


@transaction.atomic
def name_substitute(
    *,
    mandate: Mandate,
    substitute: Any,
    reason: str,
    valid_from: datetime,
    valid_to: datetime,
    named_by: Any = None,
) -> Substitution:
    """Have somebody act for the holder of a mandate in a period (K-14).

    The holder names his substitute himself, or whoever may give the mandate does.

    Raises:
        NotYoursToGrant: the person may not name a substitute here, or names himself.
        ValidationError: names the field.
    """
    if named_by is not None and named_by.pk == substitute.pk:
        raise NotYoursToGrant(_("Nobody names himself a substitute."))
    ground = _ground_to_substitute(named_by, mandate)
    substitution = Substitution.objects.create(
        mandate=mandate,
        substitute=substitute,
        reason=reason,
        valid_from=valid_from,
        valid_to=valid_to,
        named_by=named_by,
    )
    memo.forget()
    record(
        action="substitution.named",
        actor=named_by,
        acting_for=ground.acting_for,
        subject=subject_of(substitution),
        label=str(substitution),
        authority=ground.wording,
        after=_period(substitution),
        data={"reason": reason, "mandate": mandate.pk},
    )
    return substitution


@transaction.atomic
def end_substitution(*, substitution: Substitution, actor: Any, reason: str) -> Substitution:
    """End a substitution this second, or take back one that has not begun.

    Raises:
        NotYoursToGrant: the person may not.
        ValidationError: it has ended already.
    """
    ground = _ground_to_substitute(actor, substitution.mandate)
    now = clock.now()
    if substitution.valid_to is not None and substitution.valid_to <= now:
        raise ValidationError(_("The substitution has ended already."))
    before = _period(substitution)
    subject, label = subject_of(substitution), str(substitution)
    if substitution.valid_from >= now:
        substitution.delete()
        after = _("taken back before it began")
    else:
        substitution.valid_to = now
        substitution.save()
        after = _period(substitution)
    memo.forget()
    record(
        action="substitution.ended",
        actor=actor,
        acting_for=ground.acting_for,
        subject=subject,
        label=label,
        authority=f"{reason}; {ground.wording}",
        before=before,
        after=after,
    )
    return substitution


@transaction.atomic
def issue_order(
    *, order: InternalOrder, duties: Iterable[tuple[Any, Duty, str]], issued_by: Any
) -> InternalOrder:
    """Store a head's internal order with the people it names (K-22, M-13).

    Args:
        order: a new order, or one whose facts are corrected.
        duties: person, duty, and extent in words, for each.
        issued_by: the head; None for the system.

    Raises:
        NotYoursToGrant: the person does not lead the unit.
        ValidationError: names the field.
    """
    ground = _ground_to_issue(issued_by, order.unit)
    before = ""
    if stored := InternalOrder.objects.select_related("unit").filter(pk=order.pk).first():
        # Nobody takes another unit's order to himself by naming his own unit in it.
        _ground_to_issue(issued_by, stored.unit)
        before = _order_in_words(stored)
    order.issued_by = issued_by
    order.full_clean()
    order.save()
    order.duties.all().delete()
    for person, duty, extent in duties:
        row = OrderDuty(order=order, person=person, duty=duty, extent=extent)
        row.full_clean()
        row.save()
    record(
        action="order.issued",
        actor=issued_by,
        acting_for=ground.acting_for,
        subject=subject_of(order),
        label=str(order),
        authority=ground.wording,
        before=before,
        after=_order_in_words(order),
    )
    return order


def _ground_to_issue(actor: Any, unit: Unit) -> Ground:
    if actor is None:
        return _BY_SYSTEM
    ground = queries.ground_of(actor, Place.of_unit(unit), Right.APPOINT)
    if ground is None:
        raise NotYoursToGrant(_("Internal orders are issued by the head of the unit."))
    return ground


def _order_in_words(order: InternalOrder) -> str:
    """Return an order's facts and whom it names, for the trail."""
    end = f"{order.valid_to:%Y-%m-%d}" if order.valid_to else "…"
    facts = (
        f"{order}, {order.issued_on:%Y-%m-%d}, {order.subject}, {order.valid_from:%Y-%m-%d} – {end}"
    )
    file = [f"{order.file}"] if order.file else []
    duties = [
        f"{row} ({row.extent})" if row.extent else f"{row}"
        for row in order.duties.select_related("person").order_by("pk")
    ]
    return "; ".join([facts, *file, *duties])


def _ground_to_grant(
    actor: Any, role: Role, unit: Unit | None, branch: Any, system: str = ""
) -> Ground:
    """Return why the person, or this part of the system, may give or end this mandate.

    Raises:
        NotYoursToGrant: he may not.
    """
    if actor is None:
        return Ground(f"system: {system}") if system else _BY_SYSTEM
    anywhere = Place("")
    ground = queries.ground_of(actor, anywhere, Right.GRANT)
    if ground is None and actor.is_superuser and actor.is_active:
        ground = Ground("superuser")
    if ground is None and role in APPOINTED_BY_HEAD:
        place = Place.of_unit(unit) if unit else registry.place_of_page(branch) if branch else None
        ground = queries.ground_of(actor, place, Right.APPOINT) if place else None
    if ground is None:
        raise NotYoursToGrant(_("You may not give or end this mandate."))
    return ground


def _ground_to_substitute(actor: Any, mandate: Mandate) -> Ground:
    if actor is not None and actor.pk == mandate.user_id and mandate.holds_at(clock.now()):
        return Ground(mandate.wording)
    return _ground_to_grant(actor, Role(mandate.role), mandate.unit, mandate.branch)


def _make_room(
    role: Role,
    branch: Any,
    begin: datetime,
    end: datetime | None,
    actor: Any,
    *,
    replacing: bool,
) -> None:
    """See that one person holds the role in that time, ending the present mandate when asked to."""
    await_turn()
    held = Mandate.objects.filter(role=role, branch=branch).overlapping(begin, end)
    for mandate in held:
        if not replacing or mandate.valid_from >= begin:
            raise SingleRoleTaken(
                _("In that time this role is held by %(person)s.") % {"person": mandate.user}
            )
        _end(mandate, begin, actor, _("handed over"))


def await_turn() -> None:
    """Wait until no other transaction gives a role that one person holds, or imports mandates."""
    Unit.objects.select_for_update().order_by("path").first()


def _period(row: Any) -> str:
    """Return a period in words for the trail."""
    end = f"{row.valid_to:%Y-%m-%d %H:%M:%S%z}" if row.valid_to else "…"
    return f"{row.valid_from:%Y-%m-%d %H:%M:%S%z} – {end}"


@transaction.atomic
def set_contact(*, unit: Unit, actor: Any, contact: dict[str, Any], authority: str = "") -> Unit:
    """Change how citizens reach a unit; ``contact`` maps names of contact fields to values.

    Args:
        unit: whose contact it is.
        actor: who changes it; None for the system.
        contact: contact fields with their values; nothing happens when all are as they were.
        authority: which part of the system it is, or what a person adds to his mandate.

    Raises:
        NotYoursToSay: the person does not answer for the unit's contact.
        ValidationError: a value is not what its field wants.
        KeyError: a name is not a contact field.
    """
    for name in contact:
        if name not in CONTACT_FIELDS:
            raise KeyError(name)
    ground = _ground_to_set_contact(actor, unit, authority)
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    changed = [name for name, value in contact.items() if getattr(unit, name) != value]
    if not changed:
        return unit
    before = _contact_in_words(unit, changed)
    for name in changed:
        setattr(unit, name, contact[name])
    unit.full_clean(exclude=["path", "depth", "numchild"])
    unit.save(update_fields=changed)
    record(
        action="unit.contact_changed",
        actor=actor,
        acting_for=ground.acting_for,
        subject=subject_of(unit),
        label=unit.name,
        authority=ground.wording,
        before=before,
        after=_contact_in_words(unit, changed),
        data={"fields": sorted(changed)},
    )
    enqueue(kind="unit.contact_changed", subject=subject_of(unit), payload={"code": unit.code})
    project_unit(unit)
    return unit


def _ground_to_set_contact(actor: Any, unit: Unit, authority: str) -> Ground:
    if actor is None:
        return Ground(authority or _BY_SYSTEM.wording)
    ground = queries.ground_of(actor, Place.of_unit(unit), Right.SET_CONTACT)
    if ground is None:
        raise NotYoursToSay(_("You may not say how citizens reach this unit."))
    return replace(ground, wording="; ".join(filter(None, (authority, ground.wording))))


def _contact_in_words(unit: Unit, names: Iterable[str]) -> str:
    """Return some of the unit's contact for the trail, each value under its name."""
    words = {True: _("yes"), False: _("no"), "": "–"}
    said = []
    for name in names:
        field: Any = unit._meta.get_field(name)
        value = getattr(unit, name)
        said.append(f"{field.verbose_name}: {words.get(value, value)}")
    return "; ".join(said)
