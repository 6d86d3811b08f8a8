"""What the channels' rules say, as values: asked by the editor's form, the door and the read model."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from time import monotonic

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from kpum.org.powers import Place, Power
from kpum.pages.channel_models import PublicationChannel

#: For so many seconds a process keeps the rules that its requests are answered by.
MAX_AGE = 2.0
#: What a channel's list of types calls the documents of units.
UNIT = "kpum_org.unit"


@dataclass(frozen=True)
class Demand:
    """What must be filled in before a text of a type (empty: of any) may go to the channel."""

    type: str
    needs: str
    says: str


@dataclass(frozen=True)
class Rule:
    """One channel's rules; empty sets mean no limit."""

    code: str
    name: str
    is_open: bool
    is_active: bool
    types: frozenset[str]
    unit_paths: tuple[str, ...]
    roles: frozenset[str]
    demands: tuple[Demand, ...]

    @classmethod
    def of(
        cls, code: str, *, is_active: bool, types: Iterable[str], unit_paths: Iterable[str]
    ) -> "Rule":
        """Return a rule that is only thought of, to ask what it would take."""
        found = frozenset(types), tuple(sorted(unit_paths))
        return cls(code, code, False, is_active, *found, frozenset(), ())  # noqa: FBT003

    @property
    def is_bare(self) -> bool:
        """Return whether the channel takes everything, without a question."""
        return self.is_active and not (self.types or self.unit_paths or self.demands)

    def takes(self, kind: str, unit_path: str | None) -> bool:
        """Return whether documents of this type and unit may be in the channel now.

        Args:
            kind: the model's label, such as ``kpum_services.servicecardpage``; ``UNIT`` for units.
            unit_path: the owning unit's path; None where it is not known yet, which no limit bars.
        """
        if not self.is_active or (self.types and kind not in self.types):
            return False
        if not self.unit_paths or unit_path is None:
            return True
        return any(unit_path.startswith(path) for path in self.unit_paths)

    def may_send(self, powers: Iterable[Power], place: Place) -> bool:
        """Return whether somebody with these powers may send pages that lie there to the channel."""
        if not self.roles:
            return True
        return any(power.role.value in self.roles and power.reaches(place) for power in powers)

    def pages(self) -> Q:
        """Return the condition on ``Page`` for what the channel takes, whoever wants it there."""
        if not self.is_active:
            return Q(pk__in=[])
        condition = Q()
        if self.types:
            condition &= Q(content_type__in=_content_types(self.types))
        if self.unit_paths:
            within = Q()
            for path in self.unit_paths:
                within |= Q(stewardship__owner_unit__path__startswith=path)
            condition &= within
        return condition


def _content_types(labels: Iterable[str]) -> list[int]:
    """Return the ids of the types that are installed; a label of another version is passed over."""
    found = []
    for label in sorted(labels):
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            continue
        found.append(ContentType.objects.get_for_model(model).pk)
    return found


_COLUMNS = (
    "code", "name", "is_open", "is_active", "accepted_types", "sending_roles", "demands",
    "accepted_units__path",
)  # fmt: skip


def rules() -> dict[str, Rule]:
    """Return code → rule as the database has it now: one query, for acts that write."""
    found: dict[str, Rule] = {}
    rows = PublicationChannel.objects.order_by("pk", "accepted_units__path").values_list(*_COLUMNS)
    for code, name, is_open, is_active, types, roles, demands, unit_path in rows:
        before = found[code].unit_paths if code in found else ()
        found[code] = Rule(
            code=code,
            name=name,
            is_open=is_open,
            is_active=is_active,
            types=frozenset(types),
            unit_paths=(*before, unit_path) if unit_path else before,
            roles=frozenset(roles),
            demands=tuple(Demand(**demand) for demand in demands),
        )
    return found


_kept: tuple[float, dict[str, Rule]] | None = None


def kept_rules() -> Mapping[str, Rule]:
    """Return the rules as this process read them at most ``MAX_AGE`` seconds ago.

    For readers, who ask at every request: the API's anonymous answers would otherwise cost a query
    more each. The process that changes a channel forgets them at once (``forget_rules``), any other
    learns of it within that time, without a cache that all of them share. What is *in* a channel
    never depends on this: the read model asks ``rules`` under the feed's lock.
    """
    global _kept  # noqa: PLW0603 - the memory of a process
    now = monotonic()
    if _kept is None or not 0 <= now - _kept[0] < MAX_AGE:
        _kept = (now, rules())
    return _kept[1]


def forget_rules() -> None:
    """Have the next reader of this process ask the database."""
    global _kept  # noqa: PLW0603 - the memory of a process
    _kept = None


def channel_codes() -> frozenset[str]:
    """Return the codes of all channels, those switched off included; at most ``MAX_AGE`` old."""
    return frozenset(kept_rules())


def open_channel_codes() -> frozenset[str]:
    """Return the codes of the channels that want no key; at most ``MAX_AGE`` old."""
    return frozenset(code for code, rule in kept_rules().items() if rule.is_open)


def channel_names() -> dict[str, str]:
    """Return code → name of all channels, in their order."""
    return {code: rule.name for code, rule in kept_rules().items()}


def taking(kind: str, unit_path: str | None) -> set[str]:
    """Return the channels that take documents of this type and unit now: one query, asked anew."""
    return {code for code, rule in rules().items() if rule.takes(kind, unit_path)}
