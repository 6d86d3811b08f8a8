"""Import of people's authorisations from SEZAM: all of it becomes so, or nothing (M-05, I-16, I-23)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kpum.audit.actions import record, subject_of
from kpum.core import clock, memo
from kpum.core.errors import Refused
from kpum.org import actions
from kpum.org.errors import BadExport, ChangeRefused, TooManyEndings
from kpum.org.models import Authorisation
from kpum.org.sezam_diff import (
    AuthorisationChanged,
    Change,
    MandateEndChanged,
    MandateEnded,
    MandateGranted,
    MandateTakenBack,
    PersonAdded,
    PersonChanged,
    compare,
)
from kpum.org.sezam_export import ExportFormat, read_export, reading_order, repetitions
from kpum.org.sezam_facts import Span
from kpum.org.sezam_held import Held, find_branches, held_now, span_of
from kpum.org.sezam_judge import judge, single_role_problems
from kpum.outbox.actions import enqueue

#: The share of SEZAM's mandates or people, in per cent, that a complete import may end by silence.
ABSENT_PERCENT = 10


@dataclass(frozen=True)
class SezamReport:
    """What an import changed, or, on a dry run, would change; and the lines that changed nothing."""

    changes: tuple[Change, ...]
    unchanged: int


@transaction.atomic
def import_mandates(
    *,
    data: bytes,
    origin: str,
    form: ExportFormat = ExportFormat.CSV,
    complete: bool = False,
    dry_run: bool = False,
) -> SezamReport:
    """Make people, authorisations and mandates say what SEZAM's export says, in one transaction.

    A person is found by his identifier in SEZAM, then by login, and made when unknown: with no
    password, so that he sets one by e-mail or comes by the office's own sign-in. What ends, ends
    this second. Silence ends nothing unless the export is complete, and then only what SEZAM gave.

    Args:
        data: the export as it came.
        origin: where it came from, for the audit trail (a file's name).
        form: a table or a list of objects.
        complete: end the mandates and authorisations of SEZAM that the export lacks.
        dry_run: find out everything, write nothing.

    Raises:
        BadExport: the file has faults; the error lists all of them.
        TooManyEndings: a complete export lacks more than ``ABSENT_PERCENT`` of what SEZAM gave.
        ChangeRefused: the portal refused a change that was found possible a moment ago.
    """
    # A second import, or a grant of a role that one person holds, waits here.
    actions.await_turn()
    now = clock.now()
    lines, problems = read_export(data, form)
    lines, branches, unknown = find_branches(lines)
    held = held_now(lines, branches, now)
    problems += [*unknown, *repetitions(lines), *judge(lines, held, now)]
    changes = compare(lines, held, now=now, complete=complete)
    problems += single_role_problems(changes, held)
    if problems:
        raise BadExport(sorted(problems, key=reading_order))
    _refuse_mass_ending(changes, held, now)
    if not dry_run:
        source = {"file": origin, "sha256": hashlib.sha256(data).hexdigest()}
        _Writer(held, now, f"SEZAM import {origin}", source).write(changes)
    touched = {change.line for change in changes}
    return SezamReport(tuple(changes), sum(line.line not in touched for line in lines))


def _refuse_mass_ending(changes: Sequence[Change], held: Held, now: datetime) -> None:
    in_force = [row for row in held.authorisations.values() if not span_of(row).over_at(now)]
    for absent, present in (
        (_absent(changes, MandateEnded, MandateTakenBack), sum(map(len, held.mandates.values()))),
        (_absent(changes, AuthorisationChanged), len(in_force)),
    ):
        if absent * 100 > present * ABSENT_PERCENT:
            raise TooManyEndings(ending=absent, existing=present, percent=ABSENT_PERCENT)


def _absent(changes: Sequence[Change], *kinds: type[Change]) -> int:
    return sum(change.line is None and isinstance(change, kinds) for change in changes)


class _Writer:
    """Makes the changes one by one, each with its row in the trail."""

    def __init__(self, held: Held, now: datetime, system: str, source: dict[str, str]) -> None:
        self.held = held
        self.now = now
        self.system = system
        self.source = source
        self.added: dict[str, Any] = {}

    def write(self, changes: Sequence[Change]) -> None:
        for change in changes:
            try:
                self._make(change)
            except (Refused, ValidationError) as error:
                raise ChangeRefused(line=change.line, name=change.name, why=error) from error
        memo.forget()

    def _make(self, change: Change) -> None:
        match change:
            case PersonAdded():
                self._add(change)
            case PersonChanged():
                self._change(change)
            case AuthorisationChanged():
                self._authorise(change)
            case MandateEnded(mandate=mandate):
                why = self._why(change)
                actions.end_mandate(
                    mandate=mandate, actor=None, reason=why, system=self.system, moment=self.now
                )
            case MandateTakenBack(mandate=mandate):
                why = self._why(change)
                actions.take_back_mandate(
                    mandate=mandate, actor=None, reason=why, system=self.system
                )
            case MandateEndChanged(mandate=mandate, span=span):
                actions.change_mandate_end(
                    mandate=mandate,
                    valid_to=span.end,
                    actor=None,
                    reason=mandate.basis,
                    system=self.system,
                )
            case MandateGranted():
                self._grant(change)
            case _:
                raise TypeError(change)

    def _why(self, change: Change) -> str:
        if change.line is None:
            return _("not in the complete export of SEZAM")
        return _("lapsed, withdrawn or replaced in SEZAM")

    def _add(self, change: PersonAdded) -> None:
        user = get_user_model()(**change.facts)
        user.set_unusable_password()
        user.save()
        self.added[change.sezam_id] = user
        self._tell("person.provisioned", user, after=_facts_told(change.facts))

    def _change(self, change: PersonChanged) -> None:
        for name, (_old, new) in change.differences.items():
            setattr(change.user, name, new)
        # Only these columns: whoever blocks the account meanwhile shall not be overwritten.
        change.user.save(update_fields=list(change.differences))
        self._tell(
            "person.changed",
            change.user,
            before=_facts_told({name: old for name, (old, _new) in change.differences.items()}),
            after=_facts_told({name: new for name, (_old, new) in change.differences.items()}),
        )

    def _authorise(self, change: AuthorisationChanged) -> None:
        before = _period_told(*change.old) if change.old else ""
        row = change.row or Authorisation(user=self._user(change), sezam_id=change.sezam_id)
        row.number = change.number
        row.valid_from, row.valid_to = change.span.begin, change.span.end
        row.save()
        after = _period_told(change.number, change.span)
        self._tell("authorisation.recorded", row.user, before=before, after=after)

    def _grant(self, change: MandateGranted) -> None:
        line = change.source
        actions.grant_mandate(
            user=self._user(change),
            role=line.role,
            unit=self.held.units[line.unit] if line.unit else None,
            branch=self.held.branches[line.branch] if line.branch else None,
            basis=line.authorisation,
            valid_from=change.span.begin,
            valid_to=change.span.end,
            system=self.system,
            by_sezam=True,
        )

    def _user(self, change: Change) -> Any:
        if change.sezam_id in self.added:
            return self.added[change.sezam_id]
        if isinstance(change, MandateGranted):
            return self.held.person_of(change.source)
        return getattr(change, "user", None)

    def _tell(self, action: str, user: Any, *, after: str, before: str = "") -> None:
        record(
            action=action,
            actor=None,
            subject=subject_of(user),
            label=str(user),
            authority=f"system: {self.system}",
            before=before,
            after=after,
            data=self.source,
        )
        enqueue(kind=action, subject=subject_of(user), payload={"user": str(user.pk)})


def _facts_told(facts: dict[str, str]) -> str:
    return "; ".join(f"{name}: {value or '–'}" for name, value in facts.items())


def _period_told(number: str, span: Span) -> str:
    end = f"{span.end:%Y-%m-%d %H:%M:%S%z}" if span.end else "…"
    return f"{number}: {span.begin:%Y-%m-%d %H:%M:%S%z} – {end}"
