"""Exports of units as INTEGRATOR writes them, for tests that say only what matters to them."""

import csv
import io
from typing import Any

HEADER = (
    "code,code_official,name,abbreviation,kind,parent_code,superior,former_names,"
    "valid_from,valid_to,source"
)
COLUMNS = HEADER.split(",")


def row(code: str, parent_code: str = "", **cells: str) -> dict[str, str]:
    """Return a sound row; ``cells`` replace what they name."""
    usual = {"code_official": "no", "name": f"Wydział {code}", "kind": "komorka"}
    return dict.fromkeys(COLUMNS, "") | usual | {"code": code, "parent_code": parent_code} | cells


def export(*rows: dict[str, str], columns: list[str] | None = None) -> bytes:
    """Return a CSV file; its first row of data is line 2."""
    text = io.StringIO(newline="")
    writer: Any = csv.DictWriter(
        text, columns or COLUMNS, extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
