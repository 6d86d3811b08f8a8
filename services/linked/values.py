"""Values of documents in the forms that linked data wants: plain text, XSD durations, languages."""

import html
import re
from dataclasses import dataclass
from typing import Any

_PERIOD = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?(?P<time>T.+)?", re.ASCII
)
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"</(?:p|li|ul|ol|h\d)>|<br\s*/?>", re.IGNORECASE)
_BLANKS = re.compile(r"[^\S\n]+")
_WEEK = 7


@dataclass(frozen=True)
class Territory:
    """Where the city's services hold: its name and its IRI."""

    name: str
    iri: str


def xsd_duration(period: str) -> str:
    """Return an ISO 8601 duration as XSD 1.1 (3.3.6) takes it: without weeks; empty when it is none."""
    found = _PERIOD.fullmatch(period)
    if not found or period == "P":
        return ""
    days = int(found["D"] or 0) + _WEEK * int(found["W"] or 0)
    parts = [f"{found[unit]}{unit}" for unit in ("Y", "M") if found[unit]]
    if found["D"] or found["W"]:
        parts.append(f"{days}D")
    return "P" + "".join(parts) + (found["time"] or "")


def plain_text(markup: str) -> str:
    """Return running text without its markup, a line for each paragraph and point."""
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup)))
    lines = (_BLANKS.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def lines(*texts: str) -> str:
    """Return the texts that say something, one under the other."""
    return "\n".join(text.strip() for text in texts if text and text.strip())


def labelled(label: str, value: str | int | None) -> str:
    """Return a value behind its label; nothing when there is none."""
    return "" if value in ("", None) else f"{label}: {value}"


def without_blanks(node: dict[str, Any]) -> dict[str, Any]:
    """Return a node without the properties that say nothing."""
    return {name: value for name, value in node.items() if value not in ("", None, [], {})}
