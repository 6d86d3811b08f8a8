"""Tables that leave the admin as CSV or XLSX: every column, in words, and no cell that computes."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone, translation
from wagtail.admin.views.mixins import SpreadsheetExportMixin

#: With these a spreadsheet begins a formula, and with it perhaps a command.
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Excel refuses a file with these.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
#: Without it Excel takes Polish letters for something else.
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ExportColumn:
    """A column of an exported table: its name, its heading, and what a row says in it."""

    name: str
    heading: Any
    value: Callable[[Any], Any]


def safe_cell(value: Any) -> Any:
    """Return a cell that a spreadsheet shows and never computes.

    A text that would begin a formula gets an apostrophe before it (OWASP, CSV injection).
    """
    if isinstance(value, datetime):
        return value
    text = _UNPRINTABLE.sub("", "" if value is None else str(value))
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS_FORMULA) else text


class SafeSpreadsheetMixin(SpreadsheetExportMixin):
    """An admin list that some people may take away; times are Kraków's."""

    export_columns: tuple[ExportColumn, ...] = ()
    custom_value_preprocess: dict[Any, Any] = {}

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.list_export = [column.name for column in self.export_columns]
        self.export_headings = {column.name: column.heading for column in self.export_columns}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.is_export and not self.may_export():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer with the whole table, without ever holding it in memory, or show the list."""
        if self.is_export:
            return self.as_spreadsheet(self.get_queryset(), request.GET["export"])  # type: ignore[attr-defined]
        return super().get(request, *args, **kwargs)  # type: ignore[misc]

    def may_export(self) -> bool:
        """Return whether the person may take the table away; the list itself may be his to see."""
        raise NotImplementedError

    @property
    def show_export_buttons(self) -> bool:
        return self.may_export()

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        """Return the row's cells, already safe."""
        return OrderedDict(
            (column.name, safe_cell(column.value(item))) for column in self.export_columns
        )

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        if not isinstance(value, datetime):
            return value
        local = timezone.localtime(value)
        if export_format == self.FORMAT_XLSX:
            return local.replace(tzinfo=None)
        return local.isoformat(sep=" ", timespec="seconds")

    def stream_csv(self, queryset: Any) -> Iterator[bytes]:
        """Yield the file line by line, each in the language of who asked for it."""
        lines = super().stream_csv(queryset.iterator(chunk_size=1000))
        language = translation.get_language()
        yield _BYTE_ORDER_MARK
        while True:
            # The lines are made after the view has returned, when its language is no longer on.
            with translation.override(language):
                line = next(lines, None)
            if line is None:
                return
            yield line
