"""Import of service cards: rows of a file become drafts, all of them or none (ADR 0017)."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kpum.audit.actions import SystemAct, record_all
from kpum.pages.authority import Authority, SystemMandate
from services import card_csv, card_json, card_xlsx
from services.card_context import Context
from services.card_files import MAX_BYTES, BadFile, CardFile, Fault, FileForm, RawCard, unreadable
from services.card_judge import Fate, JudgedCard, judge, read_rows
from services.card_traces import Draft
from services.card_writing import Progress, write_drafts

#: The mandate every import acts under; the audit trail names it.
AUTHORITY = Authority.of_system(SystemMandate.IMPORT)
READERS: dict[FileForm, Callable[[bytes], CardFile]] = {
    FileForm.CSV: card_csv.read,
    FileForm.XLSX: card_xlsx.read,
    FileForm.JSON: card_json.read,
}
WRITERS: dict[FileForm, Any] = {
    FileForm.CSV: card_csv.write,
    FileForm.XLSX: card_xlsx.write,
    FileForm.JSON: card_json.write,
}


@dataclass(frozen=True)
class RowReport:
    """What became of one row, or would.

    Attributes:
        changes: the columns that changed; of a new card, all that the file gives.
    """

    line: int
    code: str
    title: str
    fate: Fate
    changes: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class ImportReport:
    """What an import did, row by row, and, where rows were bad, a file of these."""

    rows: tuple[RowReport, ...]
    rejected: bytes

    def count(self, fate: Fate) -> int:
        """Return how many rows had this fate."""
        return sum(row.fate is fate for row in self.rows)


class BadRows(BadFile):
    """Some rows are bad, and bad rows were not to be skipped; ``report`` tells of all of them."""

    def __init__(self, report: ImportReport) -> None:
        self.report = report
        super().__init__([fault for row in report.rows for fault in row.faults])


@transaction.atomic
def import_cards(
    *,
    data: bytes,
    form: FileForm,
    origin: str,
    dry_run: bool = False,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Make drafts of the cards say what the file says; never anything public (I-29, I-30).

    A card is found by its code, and must lie with the unit that the row names. A row that says
    what the card's draft or its public text says already changes nothing. What the file has no
    column for stays as it is.

    Args:
        data: the file as it came.
        form: a table, a workbook or JSON.
        origin: where it came from, for the audit trail (a file's name).
        dry_run: find out everything, write nothing.
        skip_bad: write the good rows; the report holds a file of the others, with reasons.
        progress: called with the number of cards written and of all of them.

    Raises:
        BadFile: no row of the file can be judged; the error lists what is wrong with it.
        BadRows: rows are bad and ``skip_bad`` was not asked for; the error lists all faults.
    """
    file = read_file(data, form)
    cards = read_rows(file.cards)
    context = Context.read(card.row for card in cards)
    judge(cards, context)
    report = _report(cards, file, form)
    if report.count(Fate.BAD) and not skip_bad:
        raise BadRows(report)
    if not dry_run:
        good = [card for card in cards if card.fate in {Fate.NEW, Fate.CHANGED}]
        drafts = write_drafts(good, context, progress) if good else []
        _tell(drafts, {"file": origin, "sha256": hashlib.sha256(data).hexdigest()})
    return report


def read_file(data: bytes, form: FileForm) -> CardFile:
    """Return the rows of a file as they came.

    Raises:
        BadFile: no row can be judged.
    """
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise unreadable(_("The file is larger than %(limit)s MB: divide it.") % {"limit": limit})
    return READERS[form](data)


def _report(cards: Sequence[JudgedCard], file: CardFile, form: FileForm) -> ImportReport:
    rows = tuple(
        RowReport(
            line=card.raw.line,
            code=card.row.get("code") or card.raw.code,
            title=card.title,
            fate=card.fate,
            changes=tuple(card.changes) if card.fate is not Fate.BAD else (),
            faults=tuple(sorted(card.raw.faults)),
        )
        for card in cards
    )
    bad = [card.raw for card in cards if card.fate is Fate.BAD]
    return ImportReport(rows, rejected_rows(bad, file, form) if bad else b"")


def rejected_rows(bad: Sequence[RawCard], file: CardFile, form: FileForm) -> bytes:
    """Return a file of the rows as they came, each with the reasons why it was not taken."""
    names = (*file.names, "reason") if form is FileForm.CSV else file.names
    written: bytes = WRITERS[form]([raw.as_given() for raw in bad], names)
    return written


def _tell(drafts: Sequence[Draft], source: dict[str, str]) -> None:
    acts = []
    for draft in drafts:
        before = _("no such card") if draft.is_new else _("an earlier draft")
        data = {
            "code": draft.card.code,
            "revision": draft.revision_id,
            "changes": sorted(draft.judged.changes),
            **source,
        }
        acts.append(
            SystemAct(
                subject=f"page:{draft.card.pk}",
                label=draft.card.title,
                before=before,
                after=_("draft “%(title)s”") % {"title": draft.card.title},
                data=data,
            )
        )
    record_all(action="page.imported", authority=AUTHORITY.wording, acts=acts)
