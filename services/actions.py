"""Changes of the catalogue's dictionaries, of the register of acts and of the privacy notices.

``authority`` names the system mandate of a change that no person makes; without it the actor must hold
a mandate to keep the dictionaries.
"""

from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpum.audit.actions import record, subject_of
from kpum.core import clock
from kpum.core.errors import KpumError, Refused
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Ground, Place
from kpum.outbox.actions import enqueue
from kpum.pages import door
from kpum.pages.authority import Authority
from kpum.pages.enums import GoneReason
from kpum.pages.registry import projectors
from services.models import Grouping, LegalAct, PrivacyNotice, ServiceCardPage
from services.queries import cards_citing, titles_citing
from services.querysets import ServiceCardQuerySet

#: As many cards as a refusal names.
_NAMED = 3

G = TypeVar("G", bound=Grouping)


class NotYourDictionaries(Refused):
    """Only the portfolio manager, the chief editor and the portal's editors keep the dictionaries."""


@transaction.atomic
def save_grouping(*, model: type[G], values: dict[str, Any], actor: Any, authority: str = "") -> G:
    """Add or change a category or an event, by its slug; the cards that name it follow.

    Raises:
        NotYourDictionaries: no mandate for it.
        ValidationError: a value is not what its field wants.
    """
    ground = _ground(actor, authority)
    row = model._default_manager.filter(slug=values["slug"]).first() or model()
    _keep(row, values, f"{model._meta.model_name}.saved", actor, ground)
    _have_follow(ServiceCardPage.objects.live().grouped_by(row))
    return row


def _have_follow(cards: ServiceCardQuerySet) -> None:
    """Have the documents of these cards made anew."""
    ids = list(cards.order_by("pk").values_list("pk", flat=True))
    for projector in projectors():
        projector.pages_changed(ids, GoneReason.WITHDRAWN)


@transaction.atomic
def save_act(*, values: dict[str, Any], actor: Any, authority: str = "") -> LegalAct:
    """Add or change an act of the register, by its identifier; the cards that rest on it follow (D-47).

    Raises:
        NotYourDictionaries: no mandate for it.
        ValidationError: a value is not what its field wants.
    """
    ground = _ground(actor, authority)
    act = LegalAct.objects.filter(eli=values["eli"]).first() or LegalAct()
    before = act.changed_on
    is_new = act.pk is None
    _keep(act, values, "legal_act.saved", actor, ground)
    if not is_new and act.changed_on and act.changed_on != before:
        _announce(act)
    _have_follow(ServiceCardPage.objects.live().filter(pk__in=cards_citing(act.eli)))
    return act


@transaction.atomic
def note_act_change(*, eli: str, changed_on: date, change: str, actor: Any) -> LegalAct:
    """Write down that an act has changed: every card that rests on it is flagged, its unit written to (D-47).

    Args:
        eli: the act's identifier in the register.
        changed_on: since when it reads otherwise; no day to come, for nobody can check a card against that.
        change: what has changed, in words for those who check the cards.
        actor: a keeper of the dictionaries.

    Raises:
        NotYourDictionaries: no mandate for it.
        KpumError: the register has no such act.
        ValidationError: names the field.
    """
    ground = _ground(actor)
    act = LegalAct.objects.select_for_update().filter(eli=eli).first()
    if act is None:
        raise KpumError(_("The register has no act “%(eli)s”.") % {"eli": eli})
    if changed_on > clock.today():
        raise ValidationError({"changed_on": _("Note a change when it is in force, not before.")})
    if not change.strip():
        raise ValidationError({"change": _("Say what has changed.")})
    told = (act.changed_on, act.change)
    if told == (changed_on, change.strip()):
        return act
    values = {"changed_on": changed_on, "change": change.strip()}
    _keep(act, values, "legal_act.changed", actor, ground, before=_in_words(*told))
    _announce(act)
    _have_follow(ServiceCardPage.objects.live().filter(pk__in=cards_citing(act.eli)))
    return act


def _in_words(changed_on: date | None, change: str) -> str:
    return f"{changed_on}: {change}" if changed_on else ""


def _announce(act: LegalAct) -> None:
    """Have the units whose public cards rest on the act written to, once this is committed."""
    payload = {"eli": act.eli, "changed_on": str(act.changed_on), "change": act.change}
    enqueue(kind="legal_act.changed", subject=subject_of(act), payload=payload)


#: The trail's words for the registers that are no groupings.
_NAMES: dict[type[Any], str] = {LegalAct: "legal_act", PrivacyNotice: "privacy_notice"}


@transaction.atomic
def delete_entry(*, entry: Any, actor: Any) -> None:
    """Delete an act, a privacy notice, a category or an event that no card names, drafts included.

    Raises:
        NotYourDictionaries: no mandate for it.
        KpumError: cards name it; the first of them are in the message.
    """
    ground = _ground(actor)
    locked = type(entry)._default_manager.select_for_update().filter(pk=entry.pk).first()
    if locked is None:
        return
    titles = titles_citing(locked)
    if titles:
        named = ", ".join(f"“{title}”" for title in titles[:_NAMED])
        raise KpumError(
            _("“%(entry)s” cannot be deleted: %(count)s cards name it (%(cards)s).")
            % {"entry": locked, "count": len(titles), "cards": named}
        )
    name = _NAMES.get(type(locked), str(locked._meta.model_name))
    record(
        action=f"{name}.deleted",
        actor=actor,
        subject=subject_of(locked),
        label=str(locked),
        authority=ground.wording,
        acting_for=ground.acting_for,
    )
    with door.opened(Authority.of_mandate()):
        locked.delete()


def _ground(actor: Any, authority: str = "") -> Ground:
    """Return the system's mandate that was named, or the actor's own."""
    if authority:
        return Ground(authority)
    ground = org.ground_of(actor, Place(""), Right.KEEP_DICTIONARIES)
    if ground is None:
        raise NotYourDictionaries(_("You have no mandate to keep the dictionaries."))
    return ground


@transaction.atomic
def save_privacy_notice(
    *, values: dict[str, Any], actor: Any, authority: str = ""
) -> PrivacyNotice:
    """Add or change a privacy notice, by its slug; a change of its text is a new version (L-4).

    Raises:
        NotYourDictionaries: no mandate for it.
        ValidationError: a part is missing.
    """
    ground = _ground(actor, authority)
    notice = PrivacyNotice.objects.filter(slug=values["slug"]).first() or PrivacyNotice()
    before = [text for _heading, text in notice.parts()] if notice.pk else None
    for name, value in values.items():
        setattr(notice, name, value)
    if before is not None and before != [text for _heading, text in notice.parts()]:
        notice.version += 1
    _keep(notice, values, "privacy_notice.saved", actor, ground)
    _have_follow(ServiceCardPage.objects.live().filter(privacy_notice=notice))
    return notice


def _keep(
    row: Any, values: dict[str, Any], action: str, actor: Any, ground: Ground, before: str = ""
) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.full_clean()
    with door.opened(Authority.of_mandate()):
        row.save()
    record(
        action=action,
        actor=actor,
        subject=subject_of(row),
        label=str(row),
        authority=ground.wording,
        acting_for=ground.acting_for,
        before=before,
        after=_in_words(row.changed_on, row.change) if action == "legal_act.changed" else "",
    )
