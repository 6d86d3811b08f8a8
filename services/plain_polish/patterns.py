"""The small language in which ``officialese.toml`` writes what to look for.

A pattern is words with spaces between; each stands for one word of the text, in any case of letters:

=============  ========================================================================
``celem``      this word
``uiszcz*``    a word that begins so; ``*`` is any number of letters, also inside and before
``win{ien,na}``  one of the endings; an empty one too: ``{,a,em}``
``pisemn:adj``  an ending of the class that the file's table ``[endings]`` names
``a|b``        either
``_``          any one word
``(_)``        a word that may be missing; never the first
``!jest``      at the end: the next word is not this; at the beginning: the word before is not
``!..jest``    at the end: not further on in the sentence either
=============  ========================================================================

Only white space parts the words of a match, so it never crosses a comma or a full stop.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_GAP = r"(?:[^\S\r\n]+(?:\r?\n[^\S\r\n]*)?|\r?\n[^\S\r\n]*)"
_PIECE = re.compile(r"(?P<any>\*)|\{(?P<endings>[^{}]*)\}|:(?P<name>\w+)|(?P<letters>[^*{}:]+)")
_BEFORE = re.compile(r"([\w.]+)[^\S\r\n]+$")
_FURTHER = r"[^.!?\r\n]*(?<!\w)"
_WINDOW = 60

Endings = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern made ready to look with."""

    regex: re.Pattern[str]
    not_after: re.Pattern[str] | None
    #: For each word letters of which one group is in it; an empty one says nothing.
    signs: tuple[tuple[str, ...], ...]

    def may_be_in(self, lowered: str) -> bool:
        """Return whether a look at a text, given in small letters, is worth its while."""
        return all(any(sign in lowered for sign in word) for word in self.signs)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where it is in the text, from the beginning on, without overlaps."""
        for match in self.regex.finditer(text):
            if not self._is_barred(text, match.start()):
                yield match.span()

    def _is_barred(self, text: str, start: int) -> bool:
        if self.not_after is None:
            return False
        before = _BEFORE.search(text[max(0, start - _WINDOW) : start])
        return before is not None and self.not_after.fullmatch(before.group(1)) is not None


def compile_pattern(source: str, endings: Endings) -> Pattern:
    """Return the pattern written in ``source``.

    Raises:
        ValueError: it has no word, begins with an optional one, or names an unknown class.
    """
    parts = source.split()
    leading = [part for part in parts[:1] if part.startswith("!")]
    rest = parts[len(leading) :]
    words = [part for part in rest if not part.startswith("!")]
    if not words or words[0].startswith("("):
        raise ValueError(f"“{source}” does not begin with a word")
    body = _word(words[0], endings) + "".join(_next(part, endings) for part in words[1:])
    ahead = "".join(_not_next(part, endings) for part in rest if part.startswith("!"))
    before = re.compile(_word(leading[0][1:], endings), re.IGNORECASE) if leading else None
    regex = re.compile(rf"(?<!\w){body}(?!\w){ahead}", re.IGNORECASE)
    signs = tuple(_signs(word) for word in words if not word.startswith("("))
    return Pattern(regex, before, signs)


def _signs(word: str) -> tuple[str, ...]:
    pieces = [_PIECE.finditer(choice) for choice in word.replace("_", "*").split("|")]
    return tuple(max((found["letters"] or "" for found in one), key=len).lower() for one in pieces)


def _next(part: str, endings: Endings) -> str:
    if part.startswith("("):
        return f"(?:{_GAP}{_word(part.strip('()'), endings)}(?!\\w))?"
    return _GAP + _word(part, endings)


def _not_next(part: str, endings: Endings) -> str:
    further = part.startswith("!..")
    word = _word(part.lstrip("!."), endings)
    return f"(?!{_FURTHER if further else _GAP}{word}(?!\\w))"


def _word(part: str, endings: Endings) -> str:
    if part == "_":
        return r"\w+(?:[.,]\w+)*"
    return "(?:" + "|".join(_one(choice, endings) for choice in part.split("|")) + ")"


def _one(choice: str, endings: Endings) -> str:
    return "".join(_piece(match, endings) for match in _PIECE.finditer(choice))


def _piece(match: re.Match[str], endings: Endings) -> str:
    if match["any"]:
        return r"\w*"
    if match["letters"]:
        return re.escape(match["letters"])
    if match["name"] is None:
        return _either(match["endings"].split(","))
    if match["name"] not in endings:
        raise ValueError(f"“{match['name']}” is no class of endings")
    return _either(endings[match["name"]])


def _either(choices: list[str] | tuple[str, ...]) -> str:
    longest_first = sorted(choices, key=len, reverse=True)
    return "(?:" + "|".join(re.escape(choice) for choice in longest_first) + ")"
