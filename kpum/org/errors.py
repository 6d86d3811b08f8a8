"""What grants and imports refuse, in sentences a person can act on."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpum.core.errors import KpumError, Refused


class NotYoursToGrant(Refused):
    """The person may not give or end this mandate."""


class NotYoursToSay(Refused):
    """The person does not answer for how citizens reach the unit."""


class SingleRoleTaken(Refused):
    """One person at a time holds the role (K-08, K-20)."""


@dataclass(frozen=True, order=True)
class Problem:
    """One fault of an export, where a person finds it: the line, and the column or the byte."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (str(self.line), self.column, self.message)))


class ImportRefused(KpumError):
    """The import was not carried out; nothing was written."""


class BadExport(ImportRefused):
    """The file has faults; all of them are in ``problems``, in the order of its lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            ngettext(
                "The export has %(count)s problem; nothing was written.",
                "The export has %(count)s problems; nothing was written.",
                len(self.problems),
            )
            % {"count": len(self.problems)}
        )


class TooManyClosures(ImportRefused):
    """A complete import lacks so many units that the export is more likely cut than true."""

    def __init__(self, *, closing: int, existing: int, percent: int) -> None:
        super().__init__(
            _(
                "The export lacks %(closing)s of %(existing)s open units. Above %(percent)s per"
                " cent a complete import is refused; nothing was written."
            )
            % {"closing": closing, "existing": existing, "percent": percent}
        )


class TooManyEndings(ImportRefused):
    """A complete import lacks so much of what SEZAM gave that the export is more likely cut than true."""

    def __init__(self, *, ending: int, existing: int, percent: int) -> None:
        super().__init__(
            _(
                "The export lacks %(ending)s of %(existing)s mandates or people of SEZAM. Above"
                " %(percent)s per cent a complete import is refused; nothing was written."
            )
            % {"ending": ending, "existing": existing, "percent": percent}
        )


class ChangeRefused(ImportRefused):
    """A change of an import was refused, so all of them were: something else changed meanwhile."""

    def __init__(self, *, line: int | None, name: str, why: Exception) -> None:
        reason = "; ".join(getattr(why, "messages", [str(why)]))
        super().__init__(
            _("Line %(line)s, %(name)s: %(why)s Nothing was written; import the file again.")
            % {"line": line or "–", "name": name, "why": reason}
        )
