"""What each cell of a unit export may hold, and the value it stands for."""

import re
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from kpum.org.enums import KIND_WORDS
from kpum.org.export_cells import BadCell, day, fitting

_CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
_YES_NO = {"yes": True, "tak": True, "no": False, "nie": False}
_FORMER_NAME_MARKS = re.compile("[;|]")
#: As long as the columns of ``Unit`` and ``FormerName``; a test holds them equal.
LIMITS = {
    "code": 20,
    "name": 255,
    "abbreviation": 40,
    "superior": 200,
    "former_names": 255,
    "source": 255,
}


def _code(text: str) -> str:
    # Small letters are refused because the code is also the unit's address, in small letters.
    if not _CODE.fullmatch(text):
        raise BadCell(
            _("“%(text)s” is no code: capital letters and digits, in groups joined by hyphens.")
            % {"text": text}
        )
    return _short("code", text)


def _name(text: str) -> str:
    if not text:
        raise BadCell(_("The name is missing."))
    return _short("name", text)


def _kind(text: str) -> str:
    if (kind := KIND_WORDS.get(text)) is None:
        raise BadCell(
            _("“%(text)s” is no kind of unit; the kinds are: %(kinds)s.")
            % {"text": text, "kinds": ", ".join(KIND_WORDS)}
        )
    return kind.value


def _yes_no(text: str) -> bool:
    if (answer := _YES_NO.get(text.lower())) is None:
        raise BadCell(_("“%(text)s” is neither “yes” nor “no”.") % {"text": text})
    return answer


def _former_names(text: str) -> tuple[str, ...]:
    names = {name.strip() for name in _FORMER_NAME_MARKS.split(text)} - {""}
    return tuple(sorted(_short("former_names", name) for name in names))


def _short(column: str, text: str) -> str:
    return fitting(text, LIMITS[column])


def _text(column: str) -> Callable[[str], str]:
    return lambda text: _short(column, text)


#: The columns of an export and how their cells are read. The parent's code is judged in the tree.
READERS: dict[str, Callable[[str], Any]] = {
    "code": _code,
    "code_official": _yes_no,
    "name": _name,
    "abbreviation": _text("abbreviation"),
    "kind": _kind,
    "parent_code": str,
    "superior": _text("superior"),
    "former_names": _former_names,
    "valid_from": day,
    "valid_to": day,
    "source": _text("source"),
}
