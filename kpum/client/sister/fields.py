"""A document's fields as HTML: every one readable, known ones by their Polish names, all text escaped."""

import json
import re
from datetime import UTC, datetime, tzinfo
from html import escape
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kpum.client.sister import words
from kpum.client.sister.rich_text import clean

#: Shown at the head of the page and in its box of sources, not among the fields.
APART = {"id", "locale", "type", "title", "url", "owner_unit", "media"} | {
    "first_published_at",
    "last_published_at",
}
#: What names one of several things: shown above its other fields.
_HEADS = ("name", "title", "act", "description")
_DEEPEST = 6
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_DURATION_WORDS = (
    ("rok", "lata", "lat"),
    ("miesiąc", "miesiące", "miesięcy"),
    ("tydzień", "tygodnie", "tygodni"),
    ("dzień", "dni", "dni"),
)
_MONTHS = [
    "stycznia",
    "lutego",
    "marca",
    "kwietnia",
    "maja",
    "czerwca",
    "lipca",
    "sierpnia",
    "września",
    "października",
    "listopada",
    "grudnia",
]


def _polish_time() -> tzinfo:
    try:
        return ZoneInfo("Europe/Warsaw")
    except ZoneInfoNotFoundError:
        return UTC


_ZONE = _polish_time()


def moment(value: str | float) -> str:
    """Return a moment as Polish writes it; what is no moment as it came."""
    try:
        found = (
            datetime.fromtimestamp(value, tz=UTC)
            if isinstance(value, float)
            else datetime.fromisoformat(value)
        )
        local = found.astimezone(_ZONE) if found.tzinfo else found
    except (ValueError, OverflowError, OSError):
        return str(value)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H.%M}"


def sections(data: dict[str, Any]) -> str:
    """Return every field that holds something, in the order of reading."""
    names = [name for name in words.ORDER if name in data]
    names += [name for name in data if name not in names and name not in APART]
    if data.get("type") == "unit":
        names = [name for name in names if name != "name"]
    return "".join(_section(name, data[name]) for name in names)


def _section(name: str, value: Any) -> str:
    if _is_empty(value):
        return ""
    inner = _body(value) if name == "body" and isinstance(value, list) else _value(name, value, 0)
    return f"<section><h2>{_name(name)}</h2>{inner}</section>"


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _name(name: str) -> str:
    return escape(words.FIELDS.get(name, name.replace("_", " ").capitalize()))


def _value(name: str, value: Any, depth: int) -> str:
    if depth > _DEEPEST:
        return f"<code>{escape(json.dumps(value, ensure_ascii=False)[:1000])}</code>"
    if isinstance(value, dict):
        return _facts(value, depth)
    if isinstance(value, list):
        return _list(name, value, depth)
    if name == "html":
        return clean(str(value))
    return _paragraphs(_words(name, value))


def _facts(value: dict[str, Any], depth: int) -> str:
    if set(value) == {"slug", "name"}:
        return f"<p>{escape(str(value['name']))} <small>({escape(str(value['slug']))})</small></p>"
    head = next((name for name in _HEADS if isinstance(value.get(name), str)), None)
    rows = "".join(
        f"<div><dt>{_name(name)}</dt><dd>{_value(name, inner, depth + 1)}</dd></div>"
        for name, inner in value.items()
        if name != head and not _is_empty(inner)
    )
    named = f'<p class="head">{escape(value[head])}</p>' if head and value[head] else ""
    return named + (f"<dl>{rows}</dl>" if rows else "")


def _list(name: str, value: list[Any], depth: int) -> str:
    items = "".join(
        f"<li>{_value(name, item, depth + 1)}</li>" for item in value if not _is_empty(item)
    )
    plain = all(map(_is_word, value))
    return f'<ul class="{"tags" if plain else "rows"}">{items}</ul>'


def _is_word(item: Any) -> bool:
    """Return whether an item is one word: a text, a number, or an entry of a dictionary."""
    return set(item) == {"slug", "name"} if isinstance(item, dict) else not isinstance(item, list)


def _words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "tak" if value else "nie"
    text = str(value)
    if text in words.CODES.get(name, {}):
        return words.CODES[name][text]
    if name == "processing_duration":
        return duration(text)
    return text


def _paragraphs(text: str) -> str:
    if re.fullmatch(r"https?://\S+", text):
        return f'<p><a href="{escape(text)}" rel="noopener">{escape(text)}</a></p>'
    if re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", text):
        return f'<p><a href="mailto:{escape(text)}">{escape(text)}</a></p>'
    lines = [escape(line) for line in text.split("\n") if line.strip()]
    return f"<p>{'<br>'.join(lines)}</p>"


def duration(text: str) -> str:
    """Return an ISO 8601 duration of days, weeks, months and years in words."""
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        return text
    return ", ".join(
        words.counted(int(number), *forms)
        for number, forms in zip(found.groups(), _DURATION_WORDS, strict=True)
        if number
    )


def _body(parts: list[Any]) -> str:
    return "".join(_part(part) if isinstance(part, dict) else escape(str(part)) for part in parts)


def _part(part: dict[str, Any], *, level: int = 0) -> str:
    title, html = escape(str(part.get("title") or "")), clean(str(part.get("html") or ""))
    items = [item for item in part.get("items") or [] if isinstance(item, dict)]
    inner = html + _steps(items, level) + _unknown(part)
    heading = f"<h3>{title}</h3>" if title else ""
    if part.get("kind") == "notice":
        return f'<aside class="notice">{heading}{inner}</aside>'
    return heading + inner


def _steps(items: list[dict[str, Any]], level: int) -> str:
    if not items or level > _DEEPEST:
        return ""
    steps = "".join(f"<li>{_part(item, level=level + 1)}</li>" for item in items)
    return f"<ol>{steps}</ol>"


def _unknown(part: dict[str, Any]) -> str:
    rest = {
        name: value
        for name, value in part.items()
        if name not in {"kind", "title", "html", "items"} and not _is_empty(value)
    }
    return _facts(rest, 1) if rest else ""
