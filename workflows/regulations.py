"""Issuing and accepting the publishing regulation, and whether a unit may publish under it (K-09, K-10)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kpum.audit.actions import record, subject_of
from kpum.core import clock
from kpum.core.errors import Refused
from kpum.org import queries as org
from kpum.org.enums import Right, UnitKind
from kpum.org.models import Unit
from kpum.org.powers import Ground, Place
from kpum.outbox.actions import enqueue
from workflows.regulation_models import PublishingRegulation, RegulationAcceptance, digest_of

#: Admitted to publish only after they accepted; cells of the city office are bound without it.
ADMITTED_BY_ACCEPTANCE = frozenset(
    {UnitKind.UNIT, UnitKind.MUNICIPAL_LEGAL_PERSON, UnitKind.OTHER_ENTITY}
)


class NotAccepted(Refused):
    """The unit has not accepted the regulation in force."""


class NotYoursToAccept(Refused):
    """The person may not represent the unit, or may not issue the regulation."""


def in_force(day: date | None = None) -> QuerySet[PublishingRegulation]:
    """Return the versions in force on the day (today), the newest first."""
    day = day or clock.today()
    return PublishingRegulation.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day
    )


def entity_that_accepts(unit: Unit) -> Unit | None:
    """Return the unit whose acceptance admits this one: itself or one above; None in the city office."""
    chain = [*unit.get_ancestors(), unit]
    return next((one for one in chain if one.kind in ADMITTED_BY_ACCEPTANCE), None)


def acceptance_for(unit: Unit) -> RegulationAcceptance | None:
    """Return the acceptance of a version in force that admits the unit, if there is one."""
    entity = entity_that_accepts(unit)
    rows = RegulationAcceptance.objects.filter(unit=entity, regulation__in=in_force())
    return rows.select_related("regulation", "unit", "person").order_by("-accepted_at").first()


def require_acceptance(unit: Unit) -> None:
    """Raise unless the unit is admitted to publish.

    Nothing is demanded while no regulation is in force, and never of the cells of the city office.

    Raises:
        NotAccepted: the unit must accept first (K-10).
    """
    entity = entity_that_accepts(unit)
    if entity is None or not in_force().exists() or acceptance_for(unit) is not None:
        return
    raise NotAccepted(
        _(
            "%(unit)s has not accepted the publishing regulation yet: a person who represents it does so."
        )
        % {"unit": entity.name}
    )


@transaction.atomic
def issue_regulation(*, regulation: PublishingRegulation, actor: Any) -> PublishingRegulation:
    """Put a version of the regulation into force (K-09); None as actor is the system.

    Raises:
        NotYoursToAccept: only the chief editor issues it.
        ValidationError: names the field.
    """
    ground: Ground | None = Ground("system")
    if actor is not None:
        ground = org.ground_of(actor, Place(""), Right.RESTRUCTURE)
    if ground is None:
        raise NotYoursToAccept(_("The regulation is put into force by the chief editor."))
    regulation.full_clean()
    regulation.save()
    record(
        action="regulation.issued",
        actor=actor,
        acting_for=ground.acting_for,
        subject=subject_of(regulation),
        label=str(regulation),
        authority=f"{regulation.legal_basis}; {ground.wording}",
        after=f"{regulation.valid_from} – {regulation.valid_to or '…'}",
    )
    return regulation


@transaction.atomic
def accept_regulation(
    *, unit: Unit, regulation: PublishingRegulation, person: Any, function: str
) -> RegulationAcceptance:
    """Accept the regulation for a unit, in documentary form (K-10, K-11).

    Args:
        unit: the unit that binds itself.
        regulation: a version in force.
        person: who represents the unit, by a mandate in force.
        function: as what he represents it.

    Raises:
        NotYoursToAccept: the person does not represent the unit.
        ValidationError: not in force, accepted already, or no function given.
    """
    ground = org.ground_of(person, Place.of_unit(unit), Right.ACCEPT_REGULATION)
    if ground is None:
        raise NotYoursToAccept(
            _("You have no mandate to represent %(unit)s.") % {"unit": unit.name}
        )
    if not in_force().filter(pk=regulation.pk).exists():
        raise ValidationError({"regulation": _("This version is not in force.")})
    if RegulationAcceptance.objects.filter(unit=unit, regulation=regulation).exists():
        raise ValidationError({"regulation": _("This version has been accepted already.")})
    acceptance = RegulationAcceptance(
        unit=unit,
        regulation=regulation,
        person=person,
        function=function.strip(),
        accepted_at=clock.now(),
        statement=statement_of(unit, regulation, person, function.strip()),
    )
    acceptance.clean_fields(exclude=["digest"])
    acceptance.save()
    record(
        action="regulation.accepted",
        actor=person,
        acting_for=ground.acting_for,
        subject=subject_of(acceptance),
        label=str(acceptance),
        authority=ground.wording,
        after=acceptance.digest,
    )
    enqueue(kind="regulation.accepted", subject=subject_of(acceptance), payload={"unit": unit.code})
    return acceptance


def statement_of(unit: Unit, regulation: PublishingRegulation, person: Any, function: str) -> str:
    """Return the words of the acceptance, with the digest of what is accepted."""
    return _(
        "On behalf of %(unit)s (%(code)s) I accept the publishing regulation “%(title)s”, version "
        "%(version)s (SHA-256 of its text: %(digest)s). %(person)s, %(function)s, %(moment)s."
    ) % {
        "unit": unit.name,
        "code": unit.code,
        "title": regulation.title,
        "version": regulation.version,
        "digest": digest_of(regulation.text),
        "person": person,
        "function": function,
        "moment": f"{clock.now():%Y-%m-%d %H:%M:%S %Z}",
    }
