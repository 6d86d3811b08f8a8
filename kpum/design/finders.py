"""The style sheet as one file: what ``@import`` names is put in its place while static files are collected.

No build step: whoever does not configure the finder serves the same parts as imports.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage

ENTRY = "kpum/css/kpum.css"
_FOLDER = Path(__file__).parent / "static" / "kpum" / "css"
_IMPORT = re.compile(r'^@import "(?P<part>[^"]+)" layer\((?P<layer>\w+)\);$', re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


def joined() -> str:
    """Return the style sheet with its parts, each in its layer."""

    def part(found: re.Match[str]) -> str:
        rules = (_FOLDER / found["part"]).read_text(encoding="utf-8")
        return f"@layer {found['layer']} {{\n{_COMMENT.sub('', rules)}}}"

    entry = _COMMENT.sub("", (_FOLDER / "kpum.css").read_text(encoding="utf-8"))
    return _IMPORT.sub(part, entry)


class JoinedStyleSheet(Storage):
    """A storage of one file, as old as the youngest of its parts."""

    def path(self, name: str) -> str:
        """Return where the file seems to lie; collectstatic only names it in its messages."""
        return str(_FOLDER / "kpum.css")

    def get_modified_time(self, name: str) -> datetime:
        youngest = max(part.stat().st_mtime for part in _FOLDER.rglob("*.css"))
        return datetime.fromtimestamp(youngest, tz=UTC)

    def _open(self, name: str, mode: str = "rb") -> File:
        return ContentFile(joined().encode(), name=name)


class StyleSheetFinder(BaseFinder):
    """Goes before Django's finders, whose ``kpum.css`` it replaces when files are collected."""

    def find(self, path: str, *_args: Any, **_options: Any) -> Any:
        """Find nothing: a development server serves the parts as they lie."""
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Offer the joined style sheet."""
        yield ENTRY, JoinedStyleSheet()
