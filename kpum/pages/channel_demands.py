"""Whether a text has what its channels demand: the formal check's question, and the door's (D-41, C.1)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpum.org import queries as org
from kpum.org.models import Unit
from kpum.pages.channel_rules import Demand, Rule, kept_rules
from kpum.pages.testers import owner_path_of

Problems = dict[str, list[str]]


@dataclass(frozen=True)
class Requirement:
    """Something a channel may demand that is no field: its code, its name, and when it is met."""

    code: str
    label: Promise | str
    is_met: Callable[[Any, str | None], bool]


_requirements: dict[str, Requirement] = {}


def register_requirement(requirement: Requirement) -> None:
    """Let channels demand it of a text and the path of its unit; a second one of the code is refused."""
    if requirement.code in _requirements:
        raise ValueError(f"{requirement.code} is registered already")
    _requirements[requirement.code] = requirement


def requirements() -> dict[str, Requirement]:
    """Return what may be demanded besides fields, by its code."""
    return dict(_requirements)


def somebody_answers(_text: Any, unit_path: str | None) -> bool:
    """Return whether somebody leads the owning unit: he answers for what BIP is given (C.1, B-1)."""
    return unit_path is None or bool(org.heads_of(Unit(path=unit_path)))


RESPONSIBLE = Requirement(
    "responsible", gettext_lazy("somebody who answers for it (the unit's head)"), somebody_answers
)


def unit_path_of(text: Any, parent: Any = None) -> str | None:
    """Return the path of the unit whose the text is or, not saved yet, will be; None when unknown."""
    if getattr(text, "unit_id", None):
        return str(text.unit.path)
    return owner_path_of(text) if text.pk else parent and owner_path_of(parent)


def look_at_channels(text: Any, parent: Any = None) -> Problems:
    """Return what bars the text from the channels it names: field → messages.

    A channel that does not take the text bars it only as a new wish: one that took it when it was
    published last, and was narrowed or switched off since, simply is not sent it.
    """
    problems = lacking(text, parent)
    refused = _refused(text, parent)
    if not refused:
        return problems
    placed = apps.get_model("kpum_pages", "Placement")._default_manager.filter(page=text.pk)
    present = set(placed.values_list("channel", flat=True))
    for code, message in refused.items():
        if code not in present:
            problems.setdefault("targets", []).append(message)
    return problems


def _refused(text: Any, parent: Any) -> dict[str, str]:
    rules = kept_rules()
    unknown = _("There is no channel “%(code)s”.")
    refused = {code: unknown % {"code": code} for code in text.targets if code not in rules}
    for rule in _wanted(text):
        if not rule.is_bare and not rule.takes(text._meta.label_lower, unit_path_of(text, parent)):
            refused[rule.code] = _("“%(channel)s” does not take this page: %(why)s") % {
                "channel": rule.name,
                "why": _why(rule, text),
            }
    return refused


def _why(rule: Rule, text: Any) -> str:
    if not rule.is_active:
        return _("the channel is switched off.")
    if rule.types and text._meta.label_lower not in rule.types:
        return _("it does not take pages of this kind.")
    return _("it does not take pages of this unit.")


def lacking(text: Any, parent: Any = None) -> Problems:
    """Return what the channels that take the text miss in it: field → messages, each with its channel."""
    problems: Problems = {}
    for rule in _wanted(text):
        if not rule.demands:
            continue
        kind, path = text._meta.label_lower, unit_path_of(text, parent)
        if not rule.takes(kind, path):
            continue
        for demand in rule.demands:
            if demand.type in {"", kind} and not _is_met(demand, text, path):
                field = "targets" if demand.needs in _requirements else demand.needs
                problems.setdefault(field, []).append(f"{rule.name}: {demand.says}")
    return problems


def _wanted(text: Any) -> Iterable[Rule]:
    return [rule for code, rule in kept_rules().items() if code in text.targets]


def _is_met(demand: Demand, text: Any, unit_path: str | None) -> bool:
    if demand.needs in _requirements:
        return _requirements[demand.needs].is_met(text, unit_path)
    # A field that the type lacks, in this version of the portal, can be filled in by nobody.
    return not hasattr(text, demand.needs) or _is_filled(getattr(text, demand.needs))


def _is_filled(value: Any) -> bool:
    if hasattr(value, "exists"):
        return bool(value.exists())
    if isinstance(value, str):
        return bool(value.strip())
    return value is not None and (not hasattr(value, "__len__") or len(value) > 0)
