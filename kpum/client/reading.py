"""Reading answers strictly, keeping the exact text of each document: its hash can then be proven."""

import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

from kpum.client.errors import GarbledAnswer
from kpum.client.records import Change, Document, Manifest, MediaFacts, Page, Successor, TypeRoot

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_WORD = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SPACE = re.compile(r"[ \t\r\n]*")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


class _Scanner:
    """Walks a JSON text and knows where each value begins and ends."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def _peek(self) -> str:
        found = _SPACE.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._text[self._at : self._at + 1]

    def _take(self, allowed: str) -> str:
        found = self._peek()
        if not found or found not in allowed:
            raise GarbledAnswer(f"The answer is no whole JSON: no “{allowed}” at {self._at}.")
        self._at += 1
        return found

    def value(self) -> tuple[Any, str]:
        """Return the next value, and its text."""
        self._peek()
        start = self._at
        try:
            value, self._at = _DECODER.raw_decode(self._text, start)
        except (ValueError, RecursionError) as error:
            raise GarbledAnswer(f"The answer is no whole JSON at {start}.") from error
        return value, self._text[start : self._at]

    def members(self) -> Iterator[str]:
        """Yield each name of an object; the caller takes its value before the next."""
        self._take("{")
        if self._peek() == "}":
            self._take("}")
            return
        while True:
            name, _text = self.value()
            self._take(":")
            yield str(name)
            if self._take(",}") == "}":
                return

    def items(self) -> Iterator[None]:
        """Stop before each item of a list; the caller takes it before the next."""
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            yield
            if self._take(",]") == "]":
                return

    def end(self) -> None:
        """Refuse anything behind the last value."""
        if self._peek():
            raise GarbledAnswer(f"The answer goes on behind its end, at {self._at}.")


def text_of(body: bytes) -> str:
    """Return the answer's text; every answer of the API is UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise GarbledAnswer("The answer is not UTF-8.") from error


def value_of(body: bytes) -> Any:
    """Return an answer that is one JSON value."""
    scanner = _Scanner(text_of(body))
    value, _text = scanner.value()
    scanner.end()
    return value


def object_of(body: bytes) -> dict[str, Any]:
    """Return an answer that is one JSON object."""
    value = value_of(body)
    if not isinstance(value, dict):
        raise GarbledAnswer("The answer is no JSON object.")
    return value


def page_of_json(body: bytes, after: int) -> Page:
    """Return a page of the feed.

    Raises:
        GarbledAnswer: it is no feed, is cut, answers another cursor, or bytes and hashes disagree.
    """
    scanner = _Scanner(text_of(body))
    facts: dict[str, Any] = {}
    changes: list[Change] = []
    for name in scanner.members():
        if name == "changes":
            changes = [_change(scanner) for _item in scanner.items()]
            facts[name] = True
        else:
            facts[name], _text = scanner.value()
    scanner.end()
    if "changes" not in facts:
        raise GarbledAnswer("The answer is not a changes feed.")
    return _page(facts, changes, after)


def page_of_lines(body: bytes, after: int) -> Page:
    """Return a page of the feed that came as NDJSON: a change a line, the cursor in the last.

    Raises:
        GarbledAnswer: as for JSON; without its last line the page is cut.
    """
    lines = [line for line in text_of(body).split("\n") if line.strip()]
    if not lines:
        raise GarbledAnswer("The answer is not a changes feed: it is empty.")
    changes = []
    for line in lines[:-1]:
        scanner = _Scanner(line)
        changes.append(_change(scanner))
        scanner.end()
    return _page(object_of(lines[-1].encode()), changes, after)


def _page(facts: dict[str, Any], changes: list[Change], after: int) -> Page:
    following: Any = facts.get("next")
    more, epoch = facts.get("more"), facts.get("epoch")
    if not _is_number(following) or not isinstance(more, bool):
        raise GarbledAnswer("The answer is not a changes feed: “next” or “more” is missing.")
    if facts.get("after", after) != after:
        raise GarbledAnswer(f"The answer is for the cursor {facts['after']}, not {after}.")
    sequences = [after, *(change.sequence for change in changes)]
    if any(later <= earlier for earlier, later in itertools.pairwise(sequences)):
        raise GarbledAnswer(f"The changes after {after} are not in their order.")
    if following < sequences[-1] or (more and following == after):
        raise GarbledAnswer(f"The cursor {following} does not lead on from {sequences[-1]}.")
    return Page(
        tuple(changes),
        following,
        more,
        epoch=epoch if isinstance(epoch, str) else None,
        channel=facts.get("channel"),
    )


def _change(scanner: _Scanner) -> Change:
    facts: dict[str, Any] = {}
    text = ""
    for name in scanner.members():
        facts[name], raw = scanner.value()
        if name == "document":
            text = raw
    return _live(facts, text) if facts.get("status") == "live" else _gone(facts)


def _live(facts: dict[str, Any], text: str) -> Change:
    key = _key(facts)
    if not text:
        return Change(*key, etag=_matching(facts, "etag", _SHA256))
    document = facts["document"]
    if not isinstance(document, dict) or any(
        document.get(name) != facts[name] for name in ("id", "locale", "type")
    ):
        raise GarbledAnswer(f"The change {key[0]} holds another document than it says.")
    return Change(*key, etag=_matching(facts, "etag", _SHA256), body=_proven(facts["etag"], text))


def _gone(facts: dict[str, Any]) -> Change:
    if facts.get("status") != "gone":
        raise GarbledAnswer("A change is neither live nor gone.")
    reason = _matching(facts, "reason", _WORD)
    return Change(*_key(facts), reason=reason, successor=successor_of(facts.get("successor")))


def _proven(etag: str, text: str) -> bytes:
    body = text.encode()
    if hashlib.sha256(body).hexdigest() != etag:
        raise GarbledAnswer("The bytes of a document are not those of its etag.")
    return body


def _key(facts: dict[str, Any]) -> tuple[int, str, str, str]:
    if not _is_number(facts.get("sequence")):
        raise GarbledAnswer("A change has no sequence number.")
    return (
        facts["sequence"],
        _matching(facts, "id", _ID),
        _matching(facts, "locale", _LOCALE),
        _matching(facts, "type", _WORD),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _matching(facts: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = facts.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise GarbledAnswer(f"The portal sent an odd {name}: {str(value)[:80]!r}.")
    return value


def successor_of(value: Any) -> Successor | None:
    """Return where to go instead, if the portal says so in a form we know."""
    if not isinstance(value, dict):
        return None
    url = str(value.get("url") or "")
    if not url.startswith(("https://", "http://")):
        url = ""
    return Successor(_matching(value, "id", _ID), _matching(value, "locale", _LOCALE), url)


def document_of(body: bytes, etag: str = "") -> Document:
    """Return a single document from its exact bytes, proven against its etag when there is one."""
    fields = object_of(body)
    head = {
        name: _matching(fields, name, pattern)
        for name, pattern in (("id", _ID), ("locale", _LOCALE), ("type", _WORD))
    }
    digest = hashlib.sha256(body).hexdigest()
    if _SHA256.fullmatch(etag) and etag != digest:
        raise GarbledAnswer("The bytes of a document are not those of its etag.")
    return Document(**head, etag=digest, body=body)


def media_of(facts: Any) -> MediaFacts:
    """Return the facts of a picture or file; what names no bytes is refused."""
    if not isinstance(facts, dict) or not _is_number(facts.get("size")):
        raise GarbledAnswer("The facts of a file are not whole.")
    words = {
        name: str(facts.get(name) or "") for name in ("content_type", "title", "alt", "kind", "url")
    }
    return MediaFacts(
        id=_matching(facts, "id", _ID),
        sha256=_matching(facts, "sha256", _SHA256),
        size=facts["size"],
        **words,
    )


def manifest_of(facts: dict[str, Any]) -> Manifest:
    """Return a manifest from its fields; the signature is proven elsewhere."""
    rows = facts.get("types")
    numbers = (facts.get("sequence"), facts.get("count"))
    if not isinstance(rows, list) or not all(map(_is_number, numbers)):
        raise GarbledAnswer("The answer is no manifest.")
    epoch = facts.get("epoch")
    return Manifest(
        channel=_matching(facts, "channel", _WORD),
        sequence=facts["sequence"],
        count=facts["count"],
        root=_matching(facts, "root", _SHA256),
        types=tuple(_type_root(row) for row in rows),
        epoch=epoch if isinstance(epoch, str) else None,
        jws=str(facts.get("jws") or ""),
    )


def _type_root(row: Any) -> TypeRoot:
    if not isinstance(row, dict) or not _is_number(row.get("count")):
        raise GarbledAnswer("The answer is no manifest.")
    return TypeRoot(_matching(row, "type", _WORD), row["count"], _matching(row, "root", _SHA256))
