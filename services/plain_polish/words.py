"""Polish text taken apart into sentences and words, each with its place in the text.

What counts as a word and where a sentence ends:

* A full stop ends a sentence when a capital letter or a figure follows, unless an abbreviation
  (``art.``), an initial (``J. Dietla``) or the number of a list item stands before it. After an
  abbreviation that may close a sentence (``2026 r.``, ``itd.``) only a capital letter counts.
* A blank line, a list item, a line after a colon or a semicolon and a line that begins with a
  capital letter each begin a new sentence: the reader rests there. Any other line goes on.
* Words are runs of letters and figures. A dot, a hyphen or an apostrophe inside belongs to the
  word (``m.in``, ``e-usługa``, ``gov.pl``, ``8.30``), as does a comma or a colon before a figure.
  Dashes and slashes part words; figures that stand together (``1 000``, ``12 616 55 55``) are one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# After these a sentence goes on, whatever follows.
_INNER_WORDS = (
    "al art bip bł bulw dot dr ds dz dz.u dz.urz hab im in inż jw kl ks lek lic lit lok m m.in m.st"
    " mgr mjr n.p.m nb nr nt np ob ok os pl pkt płk por pos pow poz prof pt red rozdz rozp rys s sp"
    " spr str sygn ś.p św t tab tel tj tzn tzw u.s.c ul ur ust vs wg woj wyd ww wz zał zam zob"
)
_INNER = frozenset(_INNER_WORDS.split())
# These may close one.
_CLOSING_WORDS = (
    "br cdn czw etc godz gr i.in itd itp k.c k.p k.p.a k.p.c k.r.o min n.e nast niedz o.o p.n.e pn"
    " r sek sob śr tys ub w wt zł zm zw"
)
_CLOSING = frozenset(_CLOSING_WORDS.split())
_OPENING_MARKS = "\"'„‚“«»([–—-"
_MARKER = re.compile(
    r"[ \t\u00a0]*(?:[-–—•·*▪◦‣●○■□✓✔]|\(?\d{1,2}\)|\d{1,2}\.|[^\W\d_]\)|[IVX]{1,5}[.)])[ \t\u00a0]+"
)
_STOP = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_LINE = re.compile(r"[^\r\n\u2028\u2029]+")
_LAST_TOKEN = re.compile(r"[^\s\"'„‚“«»()\[\]–—]+$")
_WORD = re.compile(
    r"(?:https?://|www\.)\S*[^\W_]"
    r"|\d+(?:[ \u00a0\u202f]\d+)+(?!\w)"
    r"|[^\W_]+(?:(?:[.'’&+@_\-\u2011]|[,:](?=\d)|(?<=\d)/(?=\d))[^\W_]+)*"
)
_WINDOW = 40


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written; ``text[start:end]`` of the whole text is the word."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that has at least one word; places are those of the whole text."""

    start: int
    end: int
    words: tuple[Word, ...]


def sentences(text: str) -> tuple[Sentence, ...]:
    """Return the sentences of any text, in order; none for a text without words. Never raises."""
    found = []
    for start, end in _blocks(text):
        for first, last in _split(text, start, end):
            words = tuple(_words(text, first, last))
            if words:
                found.append(Sentence(words[0].start, last, words))
    return tuple(found)


def _words(text: str, start: int, end: int) -> Iterator[Word]:
    for match in _WORD.finditer(text, start, end):
        yield Word(match.group(), match.start(), match.end())


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches that no sentence crosses: paragraphs, lines of a list."""
    begin: int | None = None
    end = 0
    for line in _LINE.finditer(text):
        if begin is not None and _is_new(text, end, line):
            yield begin, end
            begin = None
        if line.group().strip():
            begin = line.start() if begin is None else begin
            end = line.end()
    if begin is not None:
        yield begin, end


def _is_new(text: str, end: int, line: re.Match[str]) -> bool:
    """Return whether the line begins anew after what ended at ``end``."""
    words = line.group().lstrip()
    gap = text[end : line.start()].replace("\r\n", "\n")
    return (
        not words
        or len(gap) > 1
        or text[end - 1] in ":;"
        or _MARKER.match(line.group()) is not None
        or words.lstrip(_OPENING_MARKS)[:1].isupper()
    )


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = _after_marker(text, start, end)
    for stop in _STOP.finditer(text, start, end):
        if stop.end() > begin and _ends(text, begin, stop, end):
            yield begin, stop.end()
            begin = _after_marker(text, stop.end(), end)
    yield begin, end


def _after_marker(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    marker = _MARKER.match(text, start, end)
    return marker.end() if marker else start


def _ends(text: str, begin: int, stop: re.Match[str], end: int) -> bool:
    """Return whether the stop closes the sentence that began at ``begin``."""
    follows = text[stop.end() : min(end, stop.end() + _WINDOW)].lstrip().lstrip(_OPENING_MARKS)
    after = follows.lstrip()[:1]
    if not after:
        return True
    if not (after.isupper() or after.isdigit()):
        return False
    if stop.group() != ".":
        return True
    return _may_end(_token_before(text, begin, stop.start()), after)


def _token_before(text: str, begin: int, place: int) -> str:
    match = _LAST_TOKEN.search(text[max(begin, place - _WINDOW) : place])
    return match.group() if match else ""


def _may_end(token: str, after: str) -> bool:
    if len(token) == 1 and token.isupper():
        return False
    token = token.lower()
    if token in _CLOSING:
        return after.isupper()
    return token not in _INNER
