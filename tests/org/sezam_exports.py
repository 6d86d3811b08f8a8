"""Exports of authorisations as SEZAM writes them, for tests that say only what matters to them."""

import csv
import io
import json
from typing import Any

COLUMNS = [
    "sezam_id",
    "login",
    "first_name",
    "last_name",
    "email",
    "function",
    "authorisation",
    "role",
    "unit",
    "branch",
    "valid_from",
    "valid_to",
]
_PEOPLE = {
    "S-1": ("zofia", "Zofia", "Kruk"),
    "S-2": ("adam", "Adam", "Gil"),
    "S-3": ("maria", "Maria", "Czyż"),
}


def line(sezam_id: str = "S-1", role: str = "unit_operator", **cells: str) -> dict[str, str]:
    """Return a sound line; ``cells`` replace what they name."""
    login, first, last = _PEOPLE.get(sezam_id, (sezam_id.lower(), "Jan", sezam_id))
    usual = {
        "sezam_id": sezam_id,
        "login": login,
        "first_name": first,
        "last_name": last,
        "email": f"{login}@example.org",
        "function": "inspektor",
        "authorisation": "upoważnienie 7/2026",
        "role": role,
        "unit": "SA" if role.startswith("unit_") else "",
        "valid_from": "2026-01-01",
    }
    return dict.fromkeys(COLUMNS, "") | usual | cells


def table(*lines: dict[str, str], columns: list[str] | None = None) -> bytes:
    """Return a CSV file; its first line of data is line 2."""
    text = io.StringIO(newline="")
    writer: Any = csv.DictWriter(
        text, columns or COLUMNS, extrasaction="ignore", lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def listing(*lines: dict[str, Any]) -> bytes:
    """Return a JSON file; its first object stands on line 2, each on a line of its own."""
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in lines)
    return f"[\n{rows}\n]".encode()
